import { honoApp } from './hono-app.ts';

type Fetch = ReturnType<typeof honoApp>['fetch'];
let app: ReturnType<typeof honoApp> | null = null;
const worker: { fetch(...given: Parameters<Fetch>): ReturnType<Fetch> } = {
  fetch: (...given) => {
    // A worker draws no randomness before its first request.
    app ??= honoApp();
    return app.fetch(...given);
  },
};
// biome-ignore lint/style/noDefaultExport: what a worker is
export default worker;
