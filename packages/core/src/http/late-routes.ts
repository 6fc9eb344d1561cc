import type { Route, RouteHead } from './route.ts';

/** A route whose input and operation come with the first request for it; that it is there, and where, is known at once. */
export const lateRoute =
  (load: () => Promise<readonly Route[]>) =>
  (head: RouteHead): Route => ({
    ...head,
    takesQuery: null,
    run: async (raw, exchange) => {
      const route = (await load()).find(({ name }) => name === head.name);
      if (route === undefined) throw new Error(`what was loaded has no ${head.name}`);
      return route.run(raw, exchange);
    },
  });
