import type { RateLimitStore } from '@sallyport/core/ports';
import type { Database } from './database.ts';

/** ?1 key, ?2 now, ?3 incrementMs, ?4 ceilingMs. The first `where` is for a key that is not there yet. */
const take = `insert into auth_rates as stored (key, tat)
select ?1, ?2 + ?3 where ?3 <= ?4
on conflict (key) do update set tat = max(stored.tat, ?2) + ?3
where max(stored.tat, ?2) + ?3 - ?2 <= ?4
returning tat`;
const read = 'select tat from auth_rates where key = ?1';
const remove = 'delete from auth_rates where key = ?1';

export const rateLimitsOf = ({ ask, askAll }: Database): RateLimitStore => ({
  take: async (key, { now, incrementMs, ceilingMs }) => {
    // The second says how long to wait where the first refused.
    const [taken, stored] = await askAll('limits.take', [
      [take, key, now, incrementMs, ceilingMs],
      [read, key],
    ]);
    const row = taken?.[0];
    if (row !== undefined) return { allowed: true, tat: Number(row['tat']) };
    return { allowed: false, tat: Number(stored?.[0]?.['tat'] ?? 0) };
  },
  reset: async (key) => {
    await ask('limits.reset', remove, key);
  },
});
