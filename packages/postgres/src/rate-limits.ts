import type { RateLimitStore, RateTake } from '@sallyport/core/ports';
import type { Database } from './database.ts';

export const rateLimitsOf = ({ table, ask }: Database): RateLimitStore => {
  const rates = table('auth_rates');
  /*
   * A take that the snapshot refuses ends there: no lock, no write, nothing for a flood to slow down. Any other is decided on
   * the row itself, once its lock is held.
   */
  const take = `with seen as (select tat from ${rates} where key = $1),
taken as (
  insert into ${rates} as stored (key, tat)
  select $1, greatest(0, $2::float8) + $3
  where greatest(0, (select tat from seen), $2) + $3 - $2 <= $4
  on conflict (key) do update set tat = greatest(stored.tat, $2) + $3
  where greatest(stored.tat, $2) + $3 - $2 <= $4
  returning tat
)
select (select tat from taken) as taken, (select tat from seen) as seen`;
  const read = `select tat from ${rates} where key = $1`;
  const remove = `delete from ${rates} where key = $1 returning 1`;

  return {
    take: async (key, policy) => {
      const params = [key, policy.now, policy.incrementMs, policy.ceilingMs];
      const { taken = null, seen = null } = (await ask('limits.take', take, params))[0] ?? {};
      if (taken !== null) return { allowed: true, tat: Number(taken) };
      const tat = Number(seen ?? 0);
      if (refuses(tat, policy)) return { allowed: false, tat };
      // Refused on a row that is newer than the snapshot: what it holds says how long to wait.
      const stored = (await ask('limits.take', read, [key]))[0]?.['tat'] ?? 0;
      return { allowed: false, tat: Number(stored) };
    },
    reset: async (key) => {
      await ask('limits.reset', remove, [key]);
    },
  };
};

const refuses = (tat: number, { now, incrementMs, ceilingMs }: RateTake): boolean =>
  Math.max(tat, now) + incrementMs - now > ceilingMs;
