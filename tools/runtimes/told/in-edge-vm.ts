import { story } from './story.ts';

/** What Vercel's edge runtime calls. */
declare function addEventListener(type: 'fetch', handler: (event: FetchEvent) => void): void;
interface FetchEvent {
  respondWith(answer: Promise<Response>): void;
}

addEventListener('fetch', (event) => {
  event.respondWith(story().then((told) => Response.json(told)));
});
