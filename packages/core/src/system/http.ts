import type { Http } from '../ports/http.ts';
import { isOutside } from '../primitives/outside.ts';
import { boundedFetch } from './bounded-fetch.ts';

/**
 * The platform's `fetch`, bounded, and nowhere but outside. `loopback`: also to this machine, for development. Which address a
 * name stands for is the platform's to know; a service that must not be reached needs a firewall.
 */
export const systemHttp = (loopback: boolean): Http => ({
  fetch: async (request, limits) => {
    if (!isOutside(new URL(request.url), loopback)) throw new Error('not a public https: address');
    return boundedFetch.fetch(request, limits);
  },
});
