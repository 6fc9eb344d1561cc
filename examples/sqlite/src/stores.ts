import type { JoinableSpace, Stores } from '@sallyport/core/ports';
import { askOf, type Driver } from '#ask';
import { joinedOf } from '#joined';
import { rateLimitsOf } from '#rate-limits';
import { recordsOf } from '#records';
import { sweepOf } from '#sweep';
import { usersOf } from '#users';

/** Every store, over the tables of `createTables`. A call that waits longer than `timeoutMs` for the lock rejects. */
export const sqliteStores = (driver: Driver, timeoutMs = 5_000): Stores => {
  const ask = askOf(driver, timeoutMs);
  const users = usersOf(ask);
  const space = { open: recordsOf(ask), sweep: sweepOf(ask) };
  const { identify, account } = joinedOf(ask);
  const durable: JoinableSpace = { ...space, joined: { users, account } };
  return {
    users,
    durable,
    ephemeral: { ...space, joined: { users, durable, identify } },
    rateLimits: rateLimitsOf(ask),
  };
};
