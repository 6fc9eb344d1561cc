/** A request that can be made once more, or cannot. */
export interface Sending {
  /** As it was asked for, with the token. */
  first(bearer: string): Promise<Response>;
  /** The same once more; `null`: its body can be read once only, and is on its way. */
  readonly again: ((bearer: string) => Promise<Response>) | null;
  /** Lets go of what was kept for another time. */
  done(): void;
}

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * Strings, forms, blobs and buffers are sent again as they are. A `Request` is consumed as `fetch` does it, and a copy is kept until
 * the answer is there. A stream in `init.body` is sent once: a copy would fill memory with what may have no end.
 */
export const sending = (fetch: Fetch, input: string | URL | Request, init: RequestInit = {}): Sending => {
  const request = isRequest(input) ? input : null;
  const given = init.headers ?? request?.headers;
  const send = (what: string | URL | Request, bearer: string): Promise<Response> => {
    const headers = new Headers(given);
    headers.set('authorization', `Bearer ${bearer}`);
    const redirect = (init.redirect ?? request?.redirect) === 'manual' ? 'manual' : 'error';
    return fetch(what, { ...init, headers, redirect });
  };
  if (isStream(init.body)) return { first: (bearer) => send(input, bearer), again: null, done: () => {} };
  const spare = request === null || init.body != null ? null : request.clone();
  return {
    first: (bearer) => send(input, bearer),
    again: (bearer) => send(spare ?? input, bearer),
    done: () => {
      // A copy that was sent is locked by its sender.
      if (spare !== null && !spare.bodyUsed) spare.body?.cancel().catch(() => {});
    },
  };
};

/** By its shape: one of another realm, e.g. of a frame, is a request too. */
export const isRequest = (input: string | URL | Request): input is Request =>
  typeof input === 'object' && 'headers' in input;

const isStream = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && ('getReader' in body || Symbol.asyncIterator in body);
