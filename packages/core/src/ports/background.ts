/** Keeps work alive past the response: `ctx.waitUntil` on the edge, a tracked set drained on shutdown in Node. */
export interface Background {
  run(task: Promise<unknown>): void;
}
