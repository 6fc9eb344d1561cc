import type { Database } from './database.ts';

/** Nobody waits long for the lock, and no statement comes near D1's limits. */
const batch = 1_000;

const records = `delete from auth_records where rowid in
(select rowid from auth_records where expires_at < ?1 limit ${batch}) returning 1 as done`;
const rates = `delete from auth_rates where rowid in
(select rowid from auth_rates where tat < ?1 limit ${batch}) returning 1 as done`;

/** Resolves with how many records went. */
export const sweepOf = ({ ask }: Database): ((before: number) => Promise<number>) => {
  const empty = async (operation: string, sql: string, before: number): Promise<number> => {
    for (let total = 0; ; ) {
      const { length } = await ask(operation, sql, before);
      total += length;
      if (length < batch) return total;
    }
  };
  return async (before) => {
    const removed = await empty('records.sweep', records, before);
    // A limit whose instant has passed is full again, as if it were not there.
    await empty('limits.sweep', rates, before);
    return removed;
  };
};
