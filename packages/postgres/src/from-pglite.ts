import type { Row, Run } from './run.ts';

/** What is used of a `PGlite` or of a transaction of one. */
export interface PGliteClient {
  query(query: string, params: unknown[]): Promise<{ readonly rows: unknown[] }>;
}

/** Over `@electric-sql/pglite`. */
export const fromPGlite =
  (db: PGliteClient): Run =>
  async (text, params) =>
    (await db.query(text, [...params])).rows as Row[];
