import type { RateLimitStore } from '@sallyport/core/ports';
import type { Ask } from '#ask';

/** ?1 key, ?2 now, ?3 incrementMs, ?4 ceilingMs. The first `where` is for a key that is not there yet. */
const take = `insert into auth_rates as stored (key, tat)
select ?1, ?2 + ?3 where ?3 <= ?4
on conflict (key) do update set tat = max(stored.tat, ?2) + ?3
where max(stored.tat, ?2) + ?3 - ?2 <= ?4
returning tat`;
const read = 'select tat from auth_rates where key = ?1';
const remove = 'delete from auth_rates where key = ?1';

export const rateLimitsOf = (ask: Ask): RateLimitStore => ({
  take: async (key, { now, incrementMs, ceilingMs }) => {
    const [taken] = await ask('limits.take', take, [key, now, incrementMs, ceilingMs]);
    if (taken !== undefined) return { allowed: true, tat: Number(taken['tat']) };
    // Refused already: this only says how long to wait.
    const [stored] = await ask('limits.take', read, [key]);
    return { allowed: false, tat: Number(stored?.['tat'] ?? 0) };
  },
  reset: async (key) => {
    await ask('limits.reset', remove, [key]);
  },
});
