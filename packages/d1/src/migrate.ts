import { type D1Like, databaseOf } from './database.ts';

/** A deployment may wait for another one's. */
const timeoutMs = 60_000;

/** Makes the tables that are not there, all or none. May be called at any time; `sql/` has the same for `wrangler d1 migrations`. */
export const migrate = async (db: D1Like): Promise<void> => {
  await databaseOf(db, timeoutMs).askAll(
    'migrate',
    statements.map((sql) => [sql] as const),
  );
};

/** A test holds them to the file. Instants are numbers of JavaScript: `real` holds a whole number exactly up to 2^53. */
export const statements: readonly string[] = [
  `create table if not exists auth_records (
  kind text not null,
  id text not null,
  user_id text,
  version integer not null,
  expires_at real,
  body text not null,
  primary key (kind, id)
) strict`,
  `create index if not exists auth_records_user on auth_records (user_id, kind) where user_id is not null`,
  `create index if not exists auth_records_end on auth_records (expires_at) where expires_at is not null`,
  `create table if not exists auth_users (
  id text not null primary key,
  version integer not null,
  login_key text not null unique,
  body text not null
) strict`,
  `create table if not exists auth_rates (key text not null primary key, tat real not null) strict`,
  `create index if not exists auth_rates_tat on auth_rates (tat)`,
];
