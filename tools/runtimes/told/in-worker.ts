import { story } from './story.ts';

const worker: { fetch(): Promise<Response> } = { fetch: async () => Response.json(await story()) };
// biome-ignore lint/style/noDefaultExport: what a worker is
export default worker;
