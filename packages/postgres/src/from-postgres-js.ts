import type { Param, Row, Run } from './run.ts';

/** What is used of a `sql` of `postgres`, be it a pool or a transaction. */
export interface PostgresJsSql {
  unsafe(query: string, parameters: Param[], options: { prepare: boolean }): Promise<Row[]>;
}

/** Over `postgres`. Statements are prepared unless the client was made with `prepare: false`. */
export const fromPostgresJs =
  (sql: PostgresJsSql): Run =>
  async (text, params) =>
    sql.unsafe(text, [...params], { prepare: params.length > 0 });
