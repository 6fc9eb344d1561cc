import type { RedisEval } from './script.ts';

export interface Setting {
  readonly evaluate: RedisEval;
  readonly prefix: string;
  readonly timeoutMs: number;
}

/** Clocks of the application and of Redis may differ by as much; nothing goes before its time. */
export const slackMs = 60_000;

/** An opaque text as part of a key. UTF-8 would make one of all lone surrogates. */
export const nameIn = (text: string): string => JSON.stringify(text).slice(1, -1);

/** An answer that is neither is no answer: what came of the call is unknown. */
export const isOne = (reply: unknown): boolean => {
  const answer = String(reply);
  if (answer !== '0' && answer !== '1') throw new TypeError(`Redis answered ${answer}, expected 0 or 1`);
  return answer === '1';
};

/** Clients may be set to give bytes. */
export const textOrNull = (reply: unknown): string | null => {
  if (reply === undefined) throw new TypeError('Redis answered nothing');
  return reply === null ? null : String(reply);
};
