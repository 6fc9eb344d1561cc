import type { Ask } from '#ask';

/** Nobody waits long for the lock. */
const batch = 1_000;

const records = `delete from auth_records where rowid in
(select rowid from auth_records where expires_at < ?1 limit ${batch}) returning 1`;
const rates = `delete from auth_rates where rowid in
(select rowid from auth_rates where tat < ?1 limit ${batch}) returning 1`;

/** Resolves with how many records went. */
export const sweepOf = (ask: Ask) => {
  const empty = async (operation: string, sql: string, before: number): Promise<number> => {
    for (let total = 0; ; ) {
      const { length } = await ask(operation, sql, [before]);
      total += length;
      if (length < batch) return total;
    }
  };
  return async (before: number): Promise<number> => {
    const removed = await empty('records.sweep', records, before);
    // A limit whose instant has passed is full again, as if it were not there.
    await empty('limits.sweep', rates, before);
    return removed;
  };
};
