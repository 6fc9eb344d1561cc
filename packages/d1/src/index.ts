export type { D1Like, D1ResultLike, D1StatementLike, Value } from './database.ts';
export { migrate } from './migrate.ts';
export { type D1Options, d1Stores } from './stores.ts';
