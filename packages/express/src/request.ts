import type { HeaderSource, RequestContext } from '@sallyport/core';
import { BodyConsumedError, bodyOf } from './body.ts';
import { type ExpressRequest, headerOf } from './wire.ts';

/** The headers as the core reads them: nothing is copied to find a cookie. */
export const headersOf = (req: ExpressRequest): HeaderSource => ({ get: (name) => headerOf(req, name) });

export const contextOf = (req: ExpressRequest): RequestContext => ({ peer: req.socket.remoteAddress ?? null });

/**
 * The URL of a request for `basePath`, under the configured origin and never the `Host` of the request; `null` = not ours.
 * `originalUrl` does not change with mounting. A path that a URL parser would rewrite, such as `/auth/../auth/login`, is
 * another path, and not ours either.
 */
export const ownUrl = (auth: { readonly origin: string; readonly basePath: string }, target: string): URL | null => {
  if (!target.startsWith(`${auth.basePath}/`)) return null;
  const url = new URL(auth.origin + target);
  return url.pathname === target.split('?', 1)[0] ? url : null;
};

/** Told of a cause that the client is told nothing about. */
export type OnError = (cause: Error) => void;

export const requestOf = (req: ExpressRequest, url: URL, onError: OnError): Request => {
  const headers = Object.keys(req.headers).map((name): [string, string] => [name, headerOf(req, name) ?? '']);
  // `Request` refuses TRACE; under a name that no route has either, it is answered 405 like every other method.
  const init = { method: req.method === 'TRACE' ? 'X-TRACE' : req.method, headers, duplex: 'half' } as const;
  try {
    return new Request(url, { ...init, body: bodyOf(req) });
  } catch (error) {
    if (!(error instanceof BodyConsumedError)) throw error;
    return withoutBody(new Request(url, init), error, onError);
  }
};

/** Whoever asks for the body meets the cause; routes that ask for none are answered as ever. */
const withoutBody = (request: Request, cause: BodyConsumedError, onError: OnError): Request =>
  Object.defineProperty(request, 'body', {
    get: () => {
      onError(cause);
      throw cause;
    },
  });
