/** What a parameter may be. */
export type Param = string | number | null;

export type Row = Readonly<Record<string, unknown>>;

/**
 * The whole seam to the database: one statement with `$1`, `$2`, … for its parameters, on the primary, resolving with its
 * rows. Each call is a transaction of its own, unless the application has begun one.
 */
export type Run = (sql: string, params: readonly Param[]) => Promise<readonly Row[]>;
