import type { Database } from './database.ts';

/** Small enough that nobody waits long for a row that it holds. */
const batch = 1_000;

/** Removes what ended before an instant, batch by batch; resolves with how many records that were. */
export const sweepOf = ({ table, ask }: Database): ((before: number) => Promise<number>) => {
  /**
   * The hour is what the index has, and its order keeps a batch from reading the whole table. A row that another sweep holds,
   * or that is being written, is left to the next one.
   */
  const statement = (name: 'auth_records' | 'auth_rates', instant: 'expires_at' | 'tat', hour: string): string =>
    `with due as (
  select ctid from ${table(name)}
  where ${hour} <= floor($1::float8 / 3600000) and ${instant} < $1
  order by ${hour} limit ${batch} for update skip locked
), gone as (
  delete from ${table(name)} where ctid = any (array(select ctid from due)) returning 1
)
select count(*)::int as n from gone`;
  const records = statement('auth_records', 'expires_at', 'expires_hour');
  const rates = statement('auth_rates', 'tat', 'tat_hour');

  const empty = async (operation: string, sql: string, before: number): Promise<number> => {
    for (let total = 0; ; ) {
      const removed = Number((await ask(operation, sql, [before]))[0]?.['n'] ?? 0);
      total += removed;
      if (removed < batch) return total;
    }
  };
  return async (before) => {
    const removed = await empty('records.sweep', records, before);
    // A rate whose instant has passed is full again and says nothing.
    await empty('limits.sweep', rates, before);
    return removed;
  };
};
