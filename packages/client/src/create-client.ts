import type { JsonObject, PublicUser } from '@sallyport/core';
import { type Call, caller } from './call.ts';
import type { AuthClient, AuthClientOptions, Calls } from './client.ts';
import { AuthClientError, isTheEnd, signedOut } from './error.ts';
import { bearerFetch, cookieFetch } from './fetch.ts';
import { places } from './places.ts';
import { noToken, renewal, tokenOf } from './renewal.ts';
import { anonymous, type CallName, entrances, routes } from './routes.ts';
import { browserRuntime } from './runtime.ts';
import { standing, type Token } from './standing.ts';
import { type Message, tabs } from './tabs.ts';
import { turns } from './turns.ts';

/** A lost answer of `/refresh` must be asked for again while the server's window of grace is open. */
const refreshTimeoutMs = 5_000;
const timeoutMs = 20_000;

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
    hear: (message) => hear(message),
    held: () => ({ user: mine.current?.user ?? null, token: mine.token }),
  });

  const hear = (message: Extract<Message<P>, { type: 'in' | 'token' | 'out' }>): void => {
    if (message.type === 'in') mine.enter(message.user, message.token);
    else if (message.type === 'token') {
      if (mine.phase !== 'out') mine.renew(message.token);
    } else if (message.of === null || message.of === mine.token?.value) mine.leave();
  };

  const leave = (of: string | null): void => {
    mine.leave();
    others.say({ type: 'out', of });
  };
  const enter = (user: PublicUser<P> | null, token: Token | null): void => {
    mine.enter(user, token);
    others.say({ type: 'in', user, token });
  };

  const keeper = renewal({
    runtime,
    standing: mine,
    tabs: others,
    turns: oneAtATime,
    refresh: async () => {
      const askedAt = runtime.now();
      const body = await call({
        method: 'POST',
        path: '/refresh',
        body: {},
        bearer: null,
        timeoutMs: refreshTimeoutMs,
      });
      const token = tokenOf(body, askedAt);
      if (token === null) throw noToken();
      return token;
    },
    ended: (of) => (of === null ? mine.leave() : leave(of.value)),
  });

  const once = operation<P>({ call, byToken, now: runtime.now });

  /** What an answer says of who is signed in. */
  const settle = (name: CallName, { value, token, user }: Answer<P>): unknown => {
    if (user !== null) enter(user, token);
    else if (token !== null) enter(mine.current?.user ?? null, token);
    else if (name === 'logout' || name === 'deleteAccount') leave(null);
    else if (name === 'session') learn((value as { readonly user: PublicUser<P> | null }).user);
    return value;
  };
  const learn = (user: PublicUser<P> | null): void => {
    if (user !== null) mine.learn(user);
    else if (mine.phase !== 'out') leave(mine.token?.value ?? null);
  };

  const byCookie = async (name: CallName, input: Input): Promise<Answer<P>> => {
    try {
      return await once(name, input, null);
    } catch (error) {
      if (error instanceof AuthClientError && error.code === 'unauthenticated') learn(null);
      throw error;
    }
  };

  const perform = async (name: CallName, input: Input): Promise<unknown> => {
    if (!byToken) return settle(name, await byCookie(name, input));
    // Whatever may change the cookie takes a turn: no renewal of an earlier session writes over it afterwards.
    const go = async (bearer: Token | null): Promise<unknown> => {
      const act = async (): Promise<unknown> => settle(name, await once(name, input, bearer));
      return routes[name][0] === 'GET' ? act() : oneAtATime.take(act);
    };
    if (anonymous.includes(name)) return go(null);
    if (name === 'logout') return go(mine.token);
    // Asked before the turn is taken: who renews takes one too.
    const token = await tokenFor(name);
    if (token === null && name === 'session') return settle(name, nobody());
    try {
      return await go(token);
    } catch (error) {
      if (token === null || !isRefused(error)) throw error;
      return go(await keeper.instead(token));
    }
  };

  /** `null`: nobody is signed in. Asking who is may find somebody who signed in elsewhere. */
  const tokenFor = async (name: CallName): Promise<Token | null> => {
    if (mine.phase === 'out' && name !== 'session') return null;
    try {
      return await keeper.token();
    } catch (error) {
      if (isTheEnd(error)) return null;
      throw error;
    }
  };

  const calls = Object.fromEntries(
    (Object.keys(routes) as CallName[]).map((name) => [name, (input: Input = {}) => perform(name, input)]),
  ) as unknown as Calls<P>;

  const forget = runtime.lifecycle((what) => {
    if (what === 'leave') return oneAtATime.rest();
    oneAtATime.resume();
    if (byToken) keeper.wake();
  });

  return {
    ...calls,
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

type Input = Readonly<Record<string, unknown>>;

interface Answer<P> {
  /** For the caller: without tokens. */
  readonly value: unknown;
  readonly token: Token | null;
  /** Who has just signed in. */
  readonly user: PublicUser<P> | null;
}

const nobody = <P>(): Answer<P> => ({ value: { user: null, session: null }, token: null, user: null });

const isRefused = (error: unknown): boolean =>
  error instanceof AuthClientError && (error.code === 'access_token_expired' || error.code === 'session_revoked');

interface OperationNeeds {
  readonly call: Call;
  readonly byToken: boolean;
  now(): number;
}

/** One operation, asked for once: its input becomes path and body, its answer is taken apart. */
const operation =
  <P>({ call, byToken, now }: OperationNeeds) =>
  async (name: CallName, input: Input, bearer: Token | null): Promise<Answer<P>> => {
    const [method, path] = routes[name];
    const { id, ...members } = input;
    const isNamed = path.includes('{id}');
    const body = {
      ...(isNamed ? members : input),
      ...(byToken && entrances.includes(name) ? { transport: 'token' } : {}),
    };
    const askedAt = now();
    const answer = await call({
      method,
      path: isNamed ? path.replace('{id}', encodeURIComponent(String(id))) : path,
      body: method === 'POST' ? body : null,
      bearer: bearer?.value ?? null,
      timeoutMs,
    });
    const token = tokenOf(answer, askedAt);
    const isObject = typeof answer === 'object' && answer !== null;
    const {
      accessToken: _a,
      refreshToken: _r,
      expiresIn: _e,
      ...rest
    } = (isObject ? answer : {}) as Record<string, unknown>;
    const value = isObject && Object.keys(rest).length > 0 ? rest : null;
    return { value, token, user: rest['status'] === 'signed_in' ? (rest['user'] as PublicUser<P>) : null };
  };
