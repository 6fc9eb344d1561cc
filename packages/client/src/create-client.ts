import type { JsonObject, PublicUser } from '@sallyport/core';
import { caller } from './call.ts';
import type { AuthClient, AuthClientOptions, Calls } from './client.ts';
import { AuthClientError, isStale, isTheEnd, signedOut } from './error.ts';
import { bearerFetch, cookieFetch } from './fetch.ts';
import { type Answer, type Input, operations } from './operations.ts';
import { places } from './places.ts';
import { renewal, tokenOf } from './renewal.ts';
import { eachRoute, mfa, plain, type Route } from './routes.ts';
import { browserRuntime } from './runtime.ts';
import { standing, type Token } from './standing.ts';
import { tabs } from './tabs.ts';
import { turns } from './turns.ts';

/** A lost answer of `/refresh` must be asked for again while the server's window of grace is open. */
const refreshTimeoutMs = 5_000;

/** Everything of the client is wired here. Throws `TypeError` for options that cannot work. */
export const createAuthClient = <P = JsonObject>(options: AuthClientOptions): AuthClient<P> => {
  const runtime = { ...browserRuntime(), ...options.runtime };
  const byToken = options.mode === 'token';
  const where = places({
    baseUrl: options.baseUrl,
    origins: options.origins ?? [],
    base: runtime.base,
    secure: byToken,
  });
  const call = caller(runtime, where.baseUrl);
  const mine = standing<P>();
  const oneAtATime = turns(runtime, `auth:refresh ${where.baseUrl}`);
  const others = tabs<P>({
    runtime,
    name: `auth ${where.baseUrl}`,
    held: () => ({ user: mine.current?.user ?? null, token: mine.token }),
    hear: (message) => {
      if (message.type === 'in') mine.enter(message.user, message.token);
      else if (message.type === 'out') {
        if (message.of === null || message.of === mine.token?.value) mine.leave();
      } else if (mine.phase !== 'out') mine.renew(message.token);
    },
  });

  /** `of`: other tabs follow if they have that token too; `null` = in any case. */
  const leave = (of: string | null): void => {
    mine.leave();
    others.say({ type: 'out', of });
  };
  const enter = (user: PublicUser<P> | null, token: Token | null): void => {
    mine.enter(user, token);
    others.say({ type: 'in', user, token });
  };
  /** Nobody is signed in, says the server. A tab that never knew of anybody has nothing to tell. */
  const ended = (of: Token | null): void => {
    if (mine.phase === 'in') leave(of === null ? null : of.value);
    else mine.leave();
  };

  const keeper = renewal({
    runtime,
    standing: mine,
    tabs: others,
    turns: oneAtATime,
    ended,
    refresh: async () => {
      const askedAt = runtime.now();
      const asked = { method: 'POST', path: '/refresh', body: {}, bearer: null, timeoutMs: refreshTimeoutMs } as const;
      const token = tokenOf(await call(asked), askedAt);
      if (token === null) throw new AuthClientError('unexpected_answer', { status: 200 });
      return token;
    },
  });

  const once = operations<P>({ call, byToken, now: runtime.now });

  /** What an answer says of who is signed in. */
  const settle = ({ name }: Route, { value, token, user }: Answer<P>): unknown => {
    if (user !== null) enter(user, token);
    else if (token !== null) enter(mine.current?.user ?? null, token);
    else if (name === 'logout' || name === 'deleteAccount') leave(null);
    else if (name === 'session') {
      const { user: found } = value as { readonly user: PublicUser<P> | null };
      if (found === null) ended(mine.token);
      else mine.learn(found);
    }
    return value;
  };

  const byCookie = async (route: Route, input: Input): Promise<unknown> => {
    try {
      return settle(route, await once(route, input, null));
    } catch (error) {
      if (error instanceof AuthClientError && error.code === 'unauthenticated') ended(null);
      throw error;
    }
  };

  const withToken = async (route: Route, input: Input): Promise<unknown> => {
    const act = async (token: Token | null): Promise<unknown> => settle(route, await once(route, input, token));
    // Whatever may change the cookie takes a turn: no renewal of an earlier session writes over it afterwards.
    const go = (token: Token | null): Promise<unknown> =>
      route.method === 'GET' ? act(token) : oneAtATime.take(() => act(token));
    if (route.kind !== undefined) return go(null);
    if (route.name === 'logout') return go(mine.token);
    // Asked before the turn is taken: who renews takes one too.
    const token = await tokenFor(route);
    if (token === null && route.name === 'session') return { user: null, session: null };
    try {
      return await go(token);
    } catch (error) {
      if (token === null || !(error instanceof AuthClientError) || !isStale(error.code)) throw error;
      return go(await keeper.instead(token));
    }
  };

  /** `null`: nobody is signed in. Who asks for the session may find somebody who signed in elsewhere. */
  const tokenFor = async ({ name }: Route): Promise<Token | null> => {
    if (mine.phase === 'out' && name !== 'session') return null;
    try {
      return await keeper.token();
    } catch (error) {
      if (isTheEnd(error)) return null;
      throw error;
    }
  };

  const perform = byToken ? withToken : byCookie;
  const made =
    (route: Route) =>
    (input: Input = {}) =>
      perform(route, input);
  // The server's types hold for what it answers: that is what makes these functions Calls<P>.
  const calls = eachRoute(plain, made) as unknown as Calls<P, keyof typeof plain>;

  const forget = runtime.lifecycle((what) => {
    if (what === 'leave') return oneAtATime.rest();
    oneAtATime.resume();
    if (byToken) keeper.wake();
  });

  return {
    ...calls,
    mfa: eachRoute(mfa, made) as unknown as Calls<P, keyof typeof mfa>,
    fetch: byToken
      ? bearerFetch({ runtime, places: where, standing: mine, renewal: keeper })
      : cookieFetch({ runtime, places: where, doubt: () => void calls.session().catch(() => {}) }),
    accessToken: async () => {
      if (!byToken || mine.phase === 'out') throw signedOut();
      return (await keeper.token()).value;
    },
    get current() {
      return mine.current;
    },
    subscribe: mine.subscribe,
    close: () => {
      forget();
      keeper.close();
      oneAtATime.rest();
      others.close();
    },
  };
};
