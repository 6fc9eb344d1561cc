export { type FromPgOptions, fromPg, type PgClient } from './from-pg.ts';
export { fromPGlite, type PGliteClient } from './from-pglite.ts';
export { fromPostgresJs, type PostgresJsSql } from './from-postgres-js.ts';
export { migrate } from './migrate.ts';
export type { PostgresOptions } from './options.ts';
export type { Param, Row, Run } from './run.ts';
export { postgresStores } from './stores.ts';
