import { AuthClientError } from './error.ts';
import type { Runtime } from './runtime.ts';

/** When to try again. Every time is a random part of a growing span, so that clients of one outage do not come back as one. */
export interface Patience {
  /** Milliseconds before another try in the same breath; `null` = not in this one. */
  quick(error: unknown, tried: number): number | null;
  /** After the breath: no request before the time that this returns, in milliseconds from now. */
  hold(error: unknown): number;
  /** What stood in the way, while it is not time yet. */
  held(): unknown;
  /** Somebody is back, or the network: only a time that the server named still holds. */
  reopen(): void;
  /** It went well. */
  forget(): void;
}

/**
 * The first tries come within two seconds: an answer that was lost on its way is given once more only while the server's window of
 * grace is open, ten seconds by default.
 */
const quickMs = [300, 900] as const;
const longestMs = 60_000;

export const patience = ({ now, random }: Runtime): Patience => {
  let failures = 0;
  let since = 0;
  let until = 0;
  let obstacle: unknown = null;
  const part = (ms: number): number => ms * (0.5 + random() / 2);
  return {
    quick: (error, tried) => {
      const span = quickMs[tried - 1];
      return span !== undefined && isPassing(error) ? part(span) : null;
    },
    hold: (error) => {
      failures += 1;
      obstacle = error;
      since = now();
      const ms = 1_000 * secondsIn(error) + part(Math.min(longestMs, 1_000 * 2 ** failures));
      until = since + ms;
      return ms;
    },
    // A clock that was put back holds nothing.
    held: () => (now() >= since && now() < until ? obstacle : null),
    reopen: () => {
      if (secondsIn(obstacle) === 0) until = 0;
    },
    forget: () => {
      failures = 0;
      until = 0;
    },
  };
};

const secondsIn = (error: unknown): number => (error instanceof AuthClientError ? (error.retryAfter ?? 0) : 0);

/** No answer, a server in trouble that names no time, or a write that lost against others: the next try may differ. */
const isPassing = (error: unknown): boolean =>
  error instanceof AuthClientError &&
  secondsIn(error) === 0 &&
  (error.status === 0 || error.status >= 500 || error.status === 409);
