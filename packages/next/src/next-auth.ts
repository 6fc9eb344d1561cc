/// <reference path="./next-modules.d.ts" />
import type { Aal, Auth, Identity, Requirement } from '@sallyport/core';
import { redirect } from 'next/navigation';
import type { NextRequest, NextResponse } from 'next/server';
import { cache } from 'react';
import { type Actions, type Answered, actionsOf, answered, ownSite } from './actions.ts';
import { isProblem } from './is-problem.ts';
import { type ProxyOptions, proxyOf } from './proxy.ts';
import { context, requestFor, source } from './request.ts';

/** The assurance that a requirement proves. */
export type Proved<R extends Requirement> = R extends { readonly aal: 2 } ? 2 : Aal;

export interface PageRequirement extends Requirement {
  /** A path of the application for whoever is not signed in, instead of an error. */
  readonly redirectTo?: string;
}

type RouteHandler = (request: Request) => Promise<Response>;
export type Handlers = { readonly [Method in 'GET' | 'POST' | 'DELETE' | 'PUT' | 'PATCH' | 'OPTIONS']: RouteHandler };

export interface NextAuth<P> {
  /** For `app/auth/[...path]/route.ts`: every route under `basePath`. */
  readonly handlers: Handlers;
  /** Who is signed in, read once a render; `null` = anonymous. Sets nothing. An outage throws `AuthProblem` 503. */
  session(): Promise<Identity<P> | null>;
  /**
   * For a server component: who is signed in, or else a redirect to `redirectTo`. Throws `AuthProblem` where that is left out,
   * and for what signing in does not mend: `step_up_required`, an outage.
   */
  require<const R extends PageRequirement = PageRequirement>(need?: R): Promise<Identity<P, Proved<R>>>;
  /** A route handler behind a guard. Refusals are answered as the routes do; what another site sent is `403 csrf_rejected`. */
  route<const R extends Requirement, Rest extends readonly unknown[]>(
    need: R,
    handler: (request: NextRequest, me: Identity<P, Proved<R>>, ...rest: Rest) => Response | Promise<Response>,
  ): (request: NextRequest, ...rest: Rest) => Promise<Response>;
  /** A server action behind a guard: a server action is a public endpoint, whatever page its form is on. */
  action<const R extends Requirement, Args extends readonly unknown[], T>(
    need: R,
    run: (me: Identity<P, Proved<R>>, ...args: Args) => T | Promise<T>,
  ): (...args: Args) => Promise<Answered<T>>;
  readonly actions: Actions<P>;
  /** Sends browsers without a session cookie to the login page. A convenience; guards nothing by itself. */
  proxy(options: ProxyOptions): (request: NextRequest) => NextResponse;
}

/** `given`: the one `Auth`, or how to make it when a request first needs it: `next build` loads every module, without its secrets. */
export const nextAuth = <P>(given: Auth<P> | (() => Auth<P>)): NextAuth<P> => {
  const authOf = once(given);
  const handle: RouteHandler = async (request) => authOf().handle(requestFor(authOf(), request), context);
  // The request first: a page that `next build` tries to render ends there, before anything needs a secret.
  const session = cache(async () => {
    const sent = await source();
    return authOf().authenticate(sent, context);
  });

  const meets = async <R extends Requirement>(need: R): Promise<Identity<P, Proved<R>>> => {
    // What else is asked for is not to be had from an earlier read.
    const { aal = 1, ...more } = need;
    const me = Object.keys(more).length === 0 ? await session() : null;
    const isEnough = (known: Identity<P> | null): known is Identity<P, Proved<R>> =>
      known !== null && known.session.aal >= aal;
    if (isEnough(me)) return me;
    const sent = await source();
    return authOf().require(sent, need, context);
  };

  return {
    handlers: { GET: handle, POST: handle, DELETE: handle, PUT: handle, PATCH: handle, OPTIONS: handle },
    session,
    require: async <const R extends PageRequirement>(asked?: R) => {
      const { redirectTo, ...need }: PageRequirement = asked ?? {};
      try {
        return (await meets(need)) as Identity<P, Proved<R>>;
      } catch (error) {
        const isNobody = isProblem(error) && error.problem.code === 'unauthenticated';
        if (!isNobody || redirectTo === undefined) throw error;
      }
      return redirect(redirectTo);
    },
    route:
      (need, handler) =>
      async (request, ...rest) => {
        try {
          await authOf().csrf(request, null, context);
          const me = await authOf().require(request, need, context);
          return kept(await handler(request, me, ...rest));
        } catch (error) {
          if (isProblem(error)) return error.toResponse();
          throw error;
        }
      },
    action:
      (need, run) =>
      (...args) =>
        answered(async () => run(await authOf().require(await ownSite(authOf()), need, context), ...args)),
    actions: actionsOf(authOf),
    proxy: (options) => proxyOf(authOf, options),
  };
};

const once = <P>(given: Auth<P> | (() => Auth<P>)): (() => Auth<P>) => {
  if (typeof given !== 'function') return () => given;
  let made: Auth<P> | null = null;
  return () => {
    made ??= given();
    return made;
  };
};

/** What was made for somebody is kept out of caches, unless the handler says otherwise. */
const kept = (response: Response): Response => {
  const headers = new Headers(response.headers);
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  if (!/\bcookie\b/i.test(headers.get('vary') ?? '')) headers.append('vary', 'Cookie');
  return new Response(response.body, { status: response.status, headers });
};
