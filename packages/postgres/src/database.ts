import { storeCall } from '@sallyport/core/ports';
import type { Settings } from './options.ts';
import type { Param, Row, Run } from './run.ts';

/** A table of ours as it is written in a statement. */
export type Table = (name: 'auth_records' | 'auth_users' | 'auth_rates') => string;

export interface Database {
  readonly table: Table;
  /** One statement, one round trip, in bounded time. */
  ask(operation: string, sql: string, params: readonly Param[]): Promise<readonly Row[]>;
}

export const databaseOf = (run: Run, { schema, timeoutMs }: Settings): Database => {
  if (typeof run !== 'function') {
    throw new TypeError('run is no function: wrap the driver, e.g. fromPg(pool)');
  }
  return {
    table: (name) => (schema === null ? name : `${schema}.${name}`),
    ask: (operation, sql, params) => storeCall(operation, timeoutMs, () => rowsOf(run(sql, params))),
  };
};

const rowsOf = async (answer: Promise<readonly Row[]>): Promise<readonly Row[]> => {
  const rows = await answer;
  if (!Array.isArray(rows)) throw new TypeError('run gave no array of rows');
  return rows;
};

/** The record in the first row; `null` without one. What was written under a name was written as that type. */
export const bodyOf = <T>(rows: readonly Row[], column = 'body'): T | null => {
  const body = rows[0]?.[column];
  return typeof body === 'string' ? (JSON.parse(body) as T) : null;
};
