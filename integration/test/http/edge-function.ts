import { honoApp } from './hono-app.ts';

/** What Vercel's edge runtime calls. */
declare function addEventListener(type: 'fetch', handler: (event: FetchEvent) => void): void;
interface FetchEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
  waitUntil(task: Promise<unknown>): void;
}

const app = honoApp();
addEventListener('fetch', (event) => {
  const context = {
    waitUntil: (task: Promise<unknown>) => event.waitUntil(task),
    passThroughOnException: () => {},
    props: {},
  };
  event.respondWith(Promise.resolve(app.fetch(event.request, {}, context)));
});
