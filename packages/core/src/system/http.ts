import type { Http } from '../ports/http.ts';
import { isOutside } from '../primitives/outside.ts';

/**
 * The platform's `fetch`, held to what the port promises: no redirect is followed, the answer is whole within `timeoutMs`
 * and not larger than `maxBytes` (as decoded, so that a small compressed answer cannot become a huge one), and it goes
 * nowhere but outside. `loopback`: also to this machine, for development. Which address a name stands for is the platform's
 * to know; a service that must not be reached needs a firewall.
 */
export const systemHttp = (loopback: boolean): Http => ({
  fetch: async (request, { timeoutMs, maxBytes }) => {
    if (!isOutside(new URL(request.url), loopback)) throw new Error('not a public https: address');
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), timeoutMs);
    try {
      const response = await fetch(new Request(request, { redirect: 'manual', signal: stop.signal }));
      if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
        await response.body?.cancel();
        throw new Error('the answer is a redirect');
      }
      const { status, headers } = response;
      const body = await readUpTo(response.body, maxBytes);
      return new Response(status === 204 || status === 205 ? null : body, { status, headers });
    } finally {
      clearTimeout(timer);
      stop.abort();
    }
  },
});

const readUpTo = async (
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream?.getReader();
  for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read()) {
    size += next.value.length;
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(next.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
};
