import type { JoinableSpace, Stores } from '@sallyport/core/ports';
import { type D1Like, databaseOf } from './database.ts';
import { joinedOf } from './joined.ts';
import { rateLimitsOf } from './rate-limits.ts';
import { recordsOf } from './records.ts';
import { sweepOf } from './sweep.ts';
import { usersOf } from './users.ts';

export interface D1Options {
  /** After so many milliseconds without an answer a call rejects with `StoreUnavailableError`. Default 5,000. */
  readonly timeoutMs?: number;
}

/**
 * Every storage port on the tables of `migrate`; a verb is one statement or one batch. Give the binding itself, never a
 * session of it (`withSession`): a replica may not know yet that a session has ended.
 */
export const d1Stores = (db: D1Like, { timeoutMs = 5_000 }: D1Options = {}): Stores => {
  const database = databaseOf(db, timeoutMs);
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
