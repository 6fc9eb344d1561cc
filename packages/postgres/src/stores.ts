import type { JoinableSpace, Stores } from '@sallyport/core/ports';
import { databaseOf } from './database.ts';
import { joinedOf } from './joined.ts';
import { type PostgresOptions, settingsOf } from './options.ts';
import { rateLimitsOf } from './rate-limits.ts';
import { recordsOf } from './records.ts';
import type { Run } from './run.ts';
import { sweepOf } from './sweep.ts';
import { usersOf } from './users.ts';

const defaultTimeoutMs = 5_000;

/**
 * Every storage port on the tables of `migrate`. One verb is one statement and one round trip; nothing depends on which
 * connection runs it. Throws `RangeError` for options that are no options.
 */
export const postgresStores = (run: Run, options: PostgresOptions = {}): Stores => {
  const database = databaseOf(run, settingsOf(options, defaultTimeoutMs));
  const users = usersOf(database);
  const space = { open: recordsOf(database), sweep: sweepOf(database) };
  const { identify, account } = joinedOf(database);
  const durable: JoinableSpace = { ...space, joined: { users, account } };
  return {
    users,
    durable,
    ephemeral: { ...space, joined: { users, durable, identify } },
    rateLimits: rateLimitsOf(database),
  };
};
