import { isTheEnd, signedOut } from './error.ts';
import { patience } from './patience.ts';
import type { Runtime } from './runtime.ts';
import type { Standing, Token } from './standing.ts';
import type { Tabs } from './tabs.ts';
import type { Turns } from './turns.ts';

/** Keeps an access token at hand: one renewal at a time, in this tab always, in the browser where it has Web Locks. */
export interface Renewal {
  /** A token that has time left; renewed first where it has not. Rejects when there is none to be had. */
  token(): Promise<Token>;
  /** Another token than the one that was refused, whatever its time. */
  instead(refused: Token): Promise<Token>;
  /** The page is seen again: timers may have slept, and the network may be back. */
  wake(): void;
  close(): void;
}

interface Needs<P> {
  readonly runtime: Runtime;
  readonly standing: Standing<P>;
  readonly tabs: Tabs<P>;
  readonly turns: Turns;
  /** Asks the server, once. */
  readonly refresh: () => Promise<Token>;
  /** The server said that the session is over. */
  readonly ended: (of: Token | null) => void;
}

/** A token is renewed so long before its end that no request made with it arrives too late. */
const aheadMs = 30_000;
/** Two tabs may see the same instant as two. */
const toleranceMs = 1_000;
/** After that many failures only a call, or the person who comes back, leads to another try. */
const lonelyTries = 6;

/** Whether a token has so much time left. Before its beginning nobody knows its age: the clock was put back. */
export const hasTime = (token: Token | null, now: number, leftMs: number): token is Token =>
  token !== null && now >= token.from - toleranceMs && now < token.until - leftMs;

/** A token of a minute is not renewed by every request. */
export const aheadOf = ({ from, until }: Token): number => Math.min(aheadMs, (until - from) / 2);

export const renewal = <P>({ runtime, standing, tabs, turns, refresh, ended }: Needs<P>): Renewal => {
  const { now } = runtime;
  const again = patience(runtime);
  let running: Promise<Token> | null = null;
  let lonely = 0;
  let cancel = (): void => {};
  let closed = false;

  const isGood = (token: Token | null): token is Token => token !== null && hasTime(token, now(), aheadOf(token));

  const inTurn = async (refused: Token | null): Promise<Token> => {
    const suits = (token: Token | null): token is Token => isGood(token) && token.value !== refused?.value;
    const { era } = standing;
    if (suits(standing.token)) return standing.token;
    const given = await tabs.ask(await turns.others(), suits);
    if (era === standing.era && given !== null && given.token !== null) {
      standing.renew(given.token);
      if (given.user !== null) standing.learn(given.user);
      return given.token;
    }
    // Nobody answered, but one that renewed meanwhile has told everybody.
    return suits(standing.token) ? standing.token : attempts(era);
  };

  const attempts = async (era: number): Promise<Token> => {
    const before = standing.token;
    for (let tried = 1; ; tried += 1) {
      try {
        const token = await refresh();
        // Somebody signed in or out meanwhile: what came speaks of the session before.
        if (era !== standing.era) return later();
        again.forget();
        lonely = 0;
        standing.renew(token);
        tabs.say({ type: 'token', token });
        return token;
      } catch (error) {
        if (era !== standing.era) return later();
        if (isTheEnd(error)) {
          again.forget();
          ended(before);
          throw error;
        }
        const ms = again.quick(error, tried);
        if (ms === null) {
          tryLater(again.hold(error));
          throw error;
        }
        await new Promise<void>((resolve) => runtime.after(ms, resolve));
      }
    }
  };

  const later = (): Token => {
    if (standing.token === null) throw signedOut();
    return standing.token;
  };

  const tryLater = (ms: number): void => {
    cancel();
    if (closed || standing.phase === 'out' || lonely >= lonelyTries) return;
    lonely += 1;
    cancel = runtime.after(ms, () => void renew(null).catch(() => {}));
  };

  const renew = (refused: Token | null): Promise<Token> => {
    if (running !== null) return running;
    const obstacle = again.held();
    if (obstacle !== null) return Promise.reject(obstacle);
    cancel();
    running = turns
      .take(() => inTurn(refused))
      .finally(() => {
        running = null;
      });
    return running;
  };

  return {
    token: async () => {
      const { token } = standing;
      if (isGood(token)) return token;
      try {
        return await renew(null);
      } catch (error) {
        // Ahead of its end a token still serves while the server, or the way to it, is in trouble.
        if (!isTheEnd(error) && token === standing.token && hasTime(token, now(), toleranceMs)) return token;
        throw error;
      }
    },
    instead: async (refused) => {
      const { token } = standing;
      if (token !== null && token.value !== refused.value && isGood(token)) return token;
      return renew(refused);
    },
    wake: () => {
      again.reopen();
      lonely = 0;
      if (!closed && standing.token !== null && !isGood(standing.token)) renew(null).catch(() => {});
    },
    close: () => {
      closed = true;
      cancel();
    },
  };
};

/** What the server calls a token, as one; anything else is not its answer. */
export const tokenOf = (body: unknown, askedAt: number): Token | null => {
  const { accessToken: value, expiresIn } = Object(body) as {
    readonly accessToken?: unknown;
    readonly expiresIn?: unknown;
  };
  return typeof value === 'string' && typeof expiresIn === 'number'
    ? { value, from: askedAt, until: askedAt + expiresIn * 1_000 }
    : null;
};
