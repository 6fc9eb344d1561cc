import type { Context } from 'hono';

/** Something read the body past Hono, and left nothing: the one mistake in the order of middleware that cannot be made good. */
export class BodyConsumedError extends Error {
  override readonly name = 'BodyConsumedError';
  constructor() {
    super('the body was consumed before @sallyport/hono could read it: read it by c.req, or mount web.routes earlier');
  }
}

/** Told of a cause that the client is told nothing about. */
export type OnError = (cause: Error) => void;

/**
 * The URL of a request for `basePath`, under the configured origin and never the `Host` of the request; `null` = not ours.
 * The path is compared as it stands in the URL: Hono's own `c.req.path` is decoded, and `/%61uth/login` is no route.
 */
export const ownUrl = (auth: { readonly origin: string; readonly basePath: string }, asked: string): string | null => {
  const { pathname, search } = new URL(asked);
  return pathname.startsWith(`${auth.basePath}/`) ? auth.origin + pathname + search : null;
};

export const requestOf = async (c: Context, url: string, onError: OnError): Promise<Request> => {
  const { method, headers } = c.req.raw;
  // `Request` refuses TRACE; under a name that no route has either, it is answered 405 like every other method.
  const init = { method: method === 'TRACE' ? 'X-TRACE' : method, headers, duplex: 'half' } as const;
  const hasNone = method === 'GET' || method === 'HEAD' || headers.get('content-length') === '0';
  if (hasNone) return new Request(url, init);
  if (!c.req.raw.bodyUsed) return new Request(url, { ...init, body: c.req.raw.body });
  try {
    return new Request(url, { ...init, body: await keptBody(c) });
  } catch {
    return withoutBody(new Request(url, init), new BodyConsumedError(), onError);
  }
};

/** Hono keeps what was read by `c.req`. A form that was parsed is written anew; a file in it is a field that no route has. */
const keptBody = async ({ req }: Context): Promise<ArrayBuffer | string> => {
  const type = req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return req.arrayBuffer();
  const form = new URLSearchParams();
  for (const [name, value] of await req.formData()) form.append(name, String(value));
  return form.toString();
};

/** Whoever asks for the body meets the cause; routes that ask for none are answered as ever. */
const withoutBody = (request: Request, cause: BodyConsumedError, onError: OnError): Request =>
  Object.defineProperty(request, 'body', {
    get: () => {
      onError(cause);
      throw cause;
    },
  });
