import { type RateLimitStore, storeCall } from '@sallyport/core/ports';
import { isOne, nameIn, type Setting } from './redis.ts';
import { remove, take } from './scripts.ts';

export const rateLimits = ({ evaluate, prefix, timeoutMs }: Setting): RateLimitStore => {
  // A slash: no kind of record has one.
  const keyOf = (key: string): string => `${prefix}rate/${nameIn(key)}`;
  return {
    take: (key, { now, incrementMs, ceilingMs }) =>
      storeCall('rateLimits.take', timeoutMs, async () => {
        const reply = await evaluate(take, [keyOf(key)], [`${now}`, `${incrementMs}`, `${ceilingMs}`]);
        const [allowed, tat]: readonly unknown[] = Array.isArray(reply) ? reply : [];
        if (!Number.isSafeInteger(Number(tat))) throw new TypeError('Redis answered no instant');
        return { allowed: isOne(allowed), tat: Number(tat) };
      }),
    reset: (key) =>
      storeCall('rateLimits.reset', timeoutMs, async () => {
        isOne(await evaluate(remove, [keyOf(key)], []));
      }),
  };
};
