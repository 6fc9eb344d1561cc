import { type Aal, type Auth, AuthProblem, type Identity, type Requirement } from '@sallyport/core';
import type { Request as AnyRequest, Response as AnyResponse } from 'express';
import { contextOf, headersOf, type OnError, ownUrl, requestOf } from './request.ts';
import { write } from './response.ts';
import type { ExpressRequest, ExpressResponse, Middleware, Next } from './wire.ts';

export interface ExpressAuthOptions {
  /** Told why a request was answered `500 internal`, where the fault is in how the application mounts things. Default `console.error`. */
  readonly onError?: OnError;
}

/** The assurance that a requirement proves. */
export type Proved<R extends Requirement> = R extends { readonly aal: 2 } ? 2 : Aal;

/** What runs behind `require`. What it throws or rejects with goes to `next`, in Express 4 as in 5. */
export type Handler<P, A extends Aal, Req, Res> = (req: Req, res: Res, me: Identity<P, A>, next: Next) => unknown;

export interface ExpressAuth<P> {
  /** Every route under `basePath`, wherever it is mounted; anything else goes to `next`. */
  readonly router: Middleware;
  /**
   * Reads the session once per request, for `get` and `require`. Sets no cookie; adds `Vary: Cookie` and, for somebody who is
   * signed in, `Cache-Control: no-store`, which a handler may replace. An outage is answered 503, never taken for "anonymous".
   */
  readonly load: Middleware;
  /** Lets in who meets `need`, and answers everybody else: 401, or 403 with what is missing. */
  require(need: Requirement): Middleware;
  require<
    const R extends Requirement,
    Req extends ExpressRequest = AnyRequest,
    Res extends ExpressResponse = AnyResponse,
  >(need: R, handler: Handler<P, Proved<R>, Req, Res>): (req: Req, res: Res, next: Next) => void;
  /** Who is signed in, as `load` or `require` found it; `null` = anonymous. Throws when neither has run for this request. */
  get(req: object): Identity<P> | null;
  /** For the application's own routes: refuses what another site sent. A token comes as `x-csrf-token`, or as the field `_csrf` of a parsed body. */
  csrf(): Middleware;
}

export const expressAuth = <P>(auth: Auth<P>, options: ExpressAuthOptions = {}): ExpressAuth<P> => {
  const { onError = (cause) => console.error(cause) } = options;
  // By the request itself: one that is copied or derived from it, with headers of its own, is another.
  const known = new WeakMap<object, Identity<P> | null>();
  const remember = (req: object, res: ExpressResponse, me: Identity<P> | null): void => {
    known.set(req, me);
    if (res.headersSent) return;
    variesByCookie(res);
    if (me !== null) res.setHeader('cache-control', 'no-store');
  };
  return {
    router: (req, res, next) => {
      const url = ownUrl(auth, req.originalUrl);
      if (url === null) {
        next();
        return;
      }
      const answer = (response: Response): unknown => write(response, res);
      void pass(res, next, () => auth.handle(requestOf(req, url, onError), contextOf(req)), answer);
    },
    load: (req, res, next) => {
      if (known.has(req)) {
        next();
        return;
      }
      const goOn = (me: Identity<P> | null): void => {
        remember(req, res, me);
        next();
      };
      void pass(res, next, () => auth.authenticate(headersOf(req), contextOf(req)), goOn);
    },
    require: <const R extends Requirement, Req extends ExpressRequest, Res extends ExpressResponse>(
      need: R,
      handler: Handler<P, Proved<R>, Req, Res> = (_req, _res, _me, next) => next(),
    ) => {
      // Whatever else is asked for, now or in a later version, is not to be had from an earlier read.
      const { aal = 1, ...more } = need;
      const mayUseKnown = Object.keys(more).length === 0;
      const suffices = (me: Identity<P> | null): me is Identity<P, Proved<R>> =>
        mayUseKnown && me !== null && me.session.aal >= aal;
      return (req: Req, res: Res, next: Next): void => {
        const me = known.get(req) ?? null;
        if (suffices(me)) {
          run(next, () => handler(req, res, me, next));
          return;
        }
        const goOn = (proved: Identity<P, Proved<R>>): unknown => {
          remember(req, res, proved);
          return handler(req, res, proved, next);
        };
        void pass(res, next, () => auth.require(headersOf(req), need, contextOf(req)), goOn);
      };
    },
    get: (req) => {
      const me = known.get(req);
      if (me === undefined) throw new Error('web.get(req) has nothing to read: app.use(web.load) must run before');
      return me;
    },
    csrf: () => (req, res, next) =>
      void pass(
        res,
        next,
        () => auth.csrf({ method: req.method, headers: headersOf(req) }, fieldOf(req.body), contextOf(req)),
        () => next(),
      ),
  };
};

/**
 * Asks, and goes on with the answer, or answers the refusal. Express 4 waits for no promise, and a rejection that nobody takes
 * ends the process: all that fails on the way goes to `next`.
 */
const pass = async <T>(
  res: ExpressResponse,
  next: Next,
  ask: () => Promise<T>,
  goOn: (answer: T) => unknown,
): Promise<void> => {
  try {
    let answer: T;
    try {
      answer = await ask();
    } catch (error) {
      if (!(error instanceof AuthProblem)) throw error;
      await write(error.toResponse(), res);
      return;
    }
    await goOn(answer);
  } catch (error) {
    fail(next, error);
  }
};

/** The same for a handler that is let in at once; one that answers at once costs no promise. */
const run = (next: Next, handler: () => unknown): void => {
  try {
    const running = handler();
    if (isThenable(running)) Promise.resolve(running).catch((error: unknown) => fail(next, error));
  } catch (error) {
    fail(next, error);
  }
};

/** Query builders are no promises, and run when they are waited for. */
const isThenable = (value: unknown): boolean => typeof (value as PromiseLike<unknown> | null)?.then === 'function';

/** `res.vary` parses what is there; mostly nothing is. */
const variesByCookie = (res: ExpressResponse): void => {
  if (res.getHeader('vary') === undefined) res.setHeader('vary', 'Cookie');
  else res.vary('Cookie');
};

/** A falsy reason would read as "go on". */
const fail = (next: Next, error: unknown): void => next(error || new Error('rejected without a reason'));

const fieldOf = (body: unknown): string | undefined => {
  const hasField = typeof body === 'object' && body !== null && '_csrf' in body;
  return hasField && typeof body._csrf === 'string' ? body._csrf : undefined;
};
