import type { Http } from '../ports/http.ts';

/**
 * The platform's `fetch`, bounded: no redirect is followed (SSRF, ASVS 5.0, 15.3.2), and body and all it takes `timeoutMs` and
 * `maxBytes` at most (as decoded, so that a small compressed answer cannot become a huge one), else it rejects. The answer
 * has its body in memory.
 */
export const boundedFetch: Http = {
  fetch: async (request, { timeoutMs, maxBytes }) => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        abort.abort();
        reject(new Error(`no answer within ${timeoutMs} ms`));
      }, timeoutMs);
    });
    const asked = async (): Promise<Response> => {
      const response = await fetch(request, { redirect: 'manual', signal: abort.signal });
      if (response.status < 200 || (response.status > 299 && response.status < 400))
        throw new Error(`a redirect is not followed: status ${response.status}`);
      const { status, headers } = response;
      const body = await bodyOf(response, maxBytes);
      // Of these a `Response` refuses even an empty body.
      return new Response(status === 204 || status === 205 ? null : body, { status, headers });
    };
    try {
      return await Promise.race([asked(), late]);
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  },
};

const bodyOf = async ({ body }: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read()) {
    size += next.value.byteLength;
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(next.value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
};
