import { type Aal, type Auth, AuthProblem, type Identity, type Requirement } from '@sallyport/core';
import type { Context, Env, MiddlewareHandler, Next } from 'hono';
import { type ConnInfo, contextOf } from './context.ts';
import { instances } from './instances.ts';
import { type OnError, ownUrl, requestOf } from './request.ts';
import { answer, keepPrivate } from './response.ts';

export interface HonoAuthOptions {
  /** Where the socket's peer is found. The default knows Node (`@hono/node-server`), Deno and Bun; a worker has none. */
  readonly connInfo?: ConnInfo;
  /** Told why a request was answered `500 internal`, where the fault is in how the application mounts things. Default `console.error`. */
  readonly onError?: OnError;
}

/** The assurance that a requirement proves. */
export type Proved<R extends Requirement> = R extends { readonly aal: 2 } ? 2 : Aal;

/** The environment of a handler behind a middleware that found `Me`. */
export interface Signed<B extends object, Me> {
  Bindings: B;
  Variables: { auth: Me };
}

/** What runs behind `require`. What it throws or rejects with goes to `app.onError`. */
export type Handler<P, A extends Aal, E extends Env, Path extends string> = (
  c: Context<E, Path>,
  me: Identity<P, A>,
  next: Next,
) => Response | Promise<Response>;

export interface HonoAuth<P, B extends object = object> {
  /** Every route under `basePath`, wherever it is mounted; anything else goes to `next`. */
  readonly routes: MiddlewareHandler<{ Bindings: B }>;
  /**
   * Reads the session once per request, for `c.var.auth`, `get` and `require`. Sets no cookie; adds `Vary: Cookie` and, for
   * somebody who is signed in, `Cache-Control: no-store`, which a handler may replace. An outage is answered 503, never taken
   * for "anonymous".
   */
  readonly load: MiddlewareHandler<Signed<B, Identity<P> | null>>;
  /** Lets in who meets `need`, and answers everybody else: 401, or 403 with what is missing. */
  require<const R extends Requirement = Requirement>(need?: R): MiddlewareHandler<Signed<B, Identity<P, Proved<R>>>>;
  require<const R extends Requirement, E extends { Bindings: B }, Path extends string>(
    need: R,
    handler: Handler<P, Proved<R>, E, Path>,
  ): MiddlewareHandler<E, Path>;
  /** Who is signed in, as `load` or `require` found it; `null` = anonymous. Throws when neither has run for this request. */
  get(c: object): Identity<P> | null;
  /**
   * For the application's own routes: refuses what another site sent. A token comes as `x-csrf-token`, or from `token`, which
   * is asked only where the browser has sent neither `Sec-Fetch-Site` nor `Origin`.
   */
  csrf(token?: (c: Context) => unknown): MiddlewareHandler<{ Bindings: B }>;
}

/** `source`: the one `Auth`, or how to make it from the bindings of a worker, once for each isolate and `env`. */
export const honoAuth = <P, B extends object = object>(
  source: Auth<P> | ((env: B) => Auth<P>),
  { connInfo, onError = (cause) => console.error(cause) }: HonoAuthOptions = {},
): HonoAuth<P, B> => {
  const authOf = instances(source);
  // By context: what other middleware puts under `c.var.auth` opens no door.
  const known = new WeakMap<object, Identity<P> | null>();

  /** Runs what is behind a middleware that found out who is asking. */
  const behind = async (c: Context, me: Identity<P> | null, run: () => Promise<unknown>): Promise<void> => {
    known.set(c, me);
    c.set('auth', me);
    if (me !== null) c.header('cache-control', 'no-store');
    const given = await run();
    if (given instanceof Response && !c.finalized) c.res = given;
    if (c.finalized) keepPrivate(c, me !== null);
  };

  const require = (
    need: Requirement = {},
    handler: (c: Context, me: Identity<P, 2>, next: Next) => unknown = (_c, _me, next) => next(),
  ): MiddlewareHandler => {
    // Whatever else is asked for, now or in a later version, is not to be had from an earlier read.
    const { aal = 1, ...more } = need;
    const mayUseKnown = Object.keys(more).length === 0;
    return async (c, next) => {
      const found = known.get(c) ?? null;
      const suffices = mayUseKnown && found !== null && found.session.aal >= aal;
      const me = suffices
        ? found
        : await askOr(c, () => authOf(c.env).require(c.req.raw.headers, need, contextOf(c, connInfo)));
      if (me instanceof Response) return me;
      return behind(c, me, async () => handler(c, me as Identity<P, 2>, next));
    };
  };

  return {
    routes: async (c, next) => {
      const auth = authOf(c.env);
      const url = ownUrl(auth, c.req.url);
      if (url === null) return next();
      return answer(c, await auth.handle(await requestOf(c, url, onError), contextOf(c, connInfo)));
    },
    load: async (c, next) => {
      if (known.has(c)) return next();
      const me = await askOr(c, () => authOf(c.env).authenticate(c.req.raw.headers, contextOf(c, connInfo)));
      return me instanceof Response ? me : behind(c, me, next);
    },
    require: require as HonoAuth<P, B>['require'],
    get: (c) => {
      const me = known.get(c);
      if (me === undefined) throw new Error('web.get(c) has nothing to read: app.use(web.load) must run before');
      return me;
    },
    csrf: (token) => async (c, next) => {
      const { method, headers } = c.req.raw;
      const says = ['sec-fetch-site', 'origin', 'x-csrf-token'].some((name) => headers.has(name));
      const field = says ? undefined : await token?.(c);
      const given = typeof field === 'string' ? field : null;
      const asked = () => authOf(c.env).csrf({ method, headers }, given, contextOf(c, connInfo));
      return (await askOr(c, asked)) ?? next();
    },
  };
};

/** What `ask` resolves with, or the answer to its refusal. */
const askOr = async <T>(c: Context, ask: () => Promise<T>): Promise<T | Response> => {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AuthProblem)) throw error;
    return answer(c, error.toResponse());
  }
};
