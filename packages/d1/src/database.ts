import { storeCall } from '@sallyport/core/ports';

export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** The slice of a `D1Database` that is used here. */
export interface D1Like {
  prepare(sql: string): D1StatementLike;
  batch(statements: D1StatementLike[]): Promise<readonly D1ResultLike[]>;
}
export interface D1StatementLike {
  bind(...values: Value[]): D1StatementLike;
  all(): Promise<D1ResultLike>;
}
export interface D1ResultLike {
  readonly results?: readonly unknown[];
}

export type Statement = readonly [sql: string, ...values: Value[]];

/** One round trip. Rejects with `StoreUnavailableError` where the outcome is unknown, or nobody answered in time. */
export interface Database {
  ask(operation: string, ...statement: Statement): Promise<readonly Row[]>;
  /** One transaction; the rows of the statements, in order. */
  askAll(operation: string, statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>;
}

export const databaseOf = (db: D1Like, timeoutMs: number): Database => {
  const prepared = ([sql, ...values]: Statement): D1StatementLike => db.prepare(sql).bind(...values);
  return {
    ask: (operation, ...statement) =>
      storeCall(operation, timeoutMs, async () => rowsOf(await prepared(statement).all())),
    askAll: (operation, statements) =>
      storeCall(operation, timeoutMs, async () => (await db.batch(statements.map(prepared))).map(rowsOf)),
  };
};

/** Without rows there was no answer: that is not the answer "none". */
const rowsOf = ({ results }: D1ResultLike): readonly Row[] => {
  if (results === undefined) throw new Error('D1 answered without results');
  return results as readonly Row[];
};
