import { storeCall } from '@sallyport/core/ports';

export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** What is used of a connection. A statement runs when it is called, and whole or not at all. */
export interface Driver {
  all(sql: string, values: Value[]): readonly Row[];
}

/** One statement. Rejects with `StoreUnavailableError` where the outcome is unknown, or nobody answered in time. */
export type Ask = (operation: string, sql: string, values: readonly Value[]) => Promise<readonly Row[]>;

export const askOf = (driver: Driver, timeoutMs: number): Ask => {
  const whenFree = async (sql: string, values: readonly Value[]): Promise<readonly Row[]> => {
    const end = Date.now() + timeoutMs;
    for (;;) {
      try {
        return driver.all(sql, [...values]);
      } catch (error) {
        // The only failure that says for certain that nothing was done, and so the only one that is tried again.
        if (!isBusy(error)) throw error;
        await pause(1 + Math.random() * 9);
        if (Date.now() >= end) throw error;
      }
    }
  };
  return (operation, sql, values) => storeCall(operation, timeoutMs, () => whenFree(sql, values));
};

/** SQLITE_BUSY: another connection holds the lock. */
const isBusy = (error: unknown): boolean => error instanceof Error && error.message === 'database is locked';

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
