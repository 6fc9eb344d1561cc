import type { Stores } from '@sallyport/core/ports';
import { rateLimits } from './rate-limits.ts';
import { recordSpace } from './records.ts';
import type { RedisEval } from './script.ts';

export interface RedisStoresOptions {
  /** What every key begins with; default `auth:`. Printable ASCII without spaces and braces, the last character a colon. */
  readonly prefix?: string;
  /** How long a call waits for Redis; default 5,000. */
  readonly timeoutMs?: number;
}

/**
 * Sessions, links and limits in Redis 7 or newer, or Valkey. One round trip a verb, two for `listByUser`; every call is
 * one script on one key. Throws `TypeError` or `RangeError` on what cannot work.
 */
export const redisStores = (
  evaluate: RedisEval,
  options: RedisStoresOptions = {},
): Pick<Stores, 'ephemeral' | 'rateLimits'> => {
  const { prefix = 'auth:', timeoutMs = 5_000 } = options;
  if (typeof evaluate !== 'function') {
    throw new TypeError('redisStores takes a function; fromNodeRedis(client) and fromIoredis(client) make one');
  }
  if (typeof prefix !== 'string' || !/^[!-z|~]{0,63}:$/.test(prefix)) {
    throw new RangeError(
      'redisStores: prefix is 1 to 64 characters of ASCII without spaces and braces, the last one a colon',
    );
  }
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 600_000) {
    throw new RangeError('redisStores: timeoutMs is a whole number from 1 to 600,000');
  }
  const setting = { evaluate, prefix, timeoutMs };
  return { ephemeral: recordSpace(setting), rateLimits: rateLimits(setting) };
};
