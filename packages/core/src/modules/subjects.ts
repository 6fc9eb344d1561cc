import type { Clock } from '../ports/clock.ts';
import type { CredentialRecord, SessionRecord } from '../ports/domain.ts';
import type { LiveSession } from '../ports/live-session.ts';
import type { JoinedReads, Stores } from '../ports/stores.ts';
import type { UserRecord } from '../ports/users.ts';

/** A user with the record that decides. */
export interface Account {
  readonly credential: CredentialRecord;
  readonly user: UserRecord;
}

/** Who a session belongs to. Whether it is alive is decided elsewhere. */
export interface Subject extends Account {
  readonly session: LiveSession;
}

export interface Subjects {
  /** `null` = no such session, or nobody that it could belong to. `lagMs` allows a credential and a user that old. */
  bySession(sessionId: string, lagMs: number): Promise<Subject | null>;
  /** Always fresh. */
  byUser(userId: string): Promise<Account | null>;
  /** As of so many milliseconds ago, and never longer than `session.revocationLag`. */
  within(userId: string, lagMs: number): Promise<Account | null>;
  /** This process wrote to the user: what was read before must not be believed. */
  forget(userId: string): void;
}

interface Needs {
  readonly stores: Stores;
  readonly clock: Clock;
  /** `session.revocationLag`; 0 = no cache. */
  readonly maxLagMs: number;
}

/** About 10 MB of records at the most. */
const maxCached = 10_000;

interface Cached extends Account {
  readonly readAt: number;
}

/** Answers "who is this" in as few reads as the stores offer: one where they join, three where they do not. */
export const subjects = ({ stores, clock, maxLagMs }: Needs): Subjects => {
  const { users } = stores;
  const credentials = stores.durable.open<CredentialRecord>('credential');
  const sessions = stores.ephemeral.open<SessionRecord>('session');
  const { identify, account } = joinedReads(stores);
  const cache = new Map<string, Cached>();
  let writes = 0;

  const byUser = async (userId: string): Promise<Account | null> => {
    if (account) {
      const { credential, user } = await account(userId);
      return credential === null || user === null ? null : { credential, user };
    }
    const [credential, user] = await Promise.all([credentials.get(userId), users.get(userId)]);
    return credential === null || user === null ? null : { credential, user };
  };

  /** What was read within the lag, at once; anything else is a promise. */
  const within = (userId: string, lagMs: number, epoch: number): Account | Promise<Account | null> => {
    const lag = Math.min(lagMs, maxLagMs);
    if (lag === 0) return byUser(userId);
    const now = clock.now();
    const known = cache.get(userId);
    const age = now - (known?.readAt ?? 0);
    const holds = known !== undefined && age >= 0 && age < lag && mayStillHold(known, epoch);
    return holds ? known : readAnew(userId, now);
  };

  const readAnew = async (userId: string, readAt: number): Promise<Account | null> => {
    const writesBefore = writes;
    const found = await byUser(userId);
    cache.delete(userId);
    // A write of this process while we read: what we hold may be older than it.
    if (found !== null && writes === writesBefore) {
      // A map iterates in the order of insertion, and every read within the lag was inserted anew: the first is the stalest.
      if (cache.size >= maxCached) cache.delete(cache.keys().next().value ?? '');
      cache.set(userId, { ...found, readAt });
    }
    return found;
  };

  return {
    bySession: async (sessionId, lagMs) => {
      if (lagMs === 0 && identify) {
        const found = await identify(sessionId);
        if (found === null || found.credential === null || found.user === null) return null;
        return { session: found.session, credential: found.credential, user: found.user };
      }
      const session = await sessions.get(sessionId);
      if (session === null || session.userId === null) return null;
      const account = within(session.userId, lagMs, session.epoch);
      // By a member: where an application has a `Promise` of its own, what is waited for here is none.
      const found = 'user' in account ? account : await account;
      return found === null ? null : { session, credential: found.credential, user: found.user };
    },
    byUser,
    within: async (userId, lagMs) => within(userId, lagMs, 0),
    forget: (userId) => {
      writes += 1;
      cache.delete(userId);
    },
  };
};

/** Lag may let an ended session live on; it must not refuse one that was made after what we hold was read. */
const mayStillHold = ({ credential }: Account, epoch: number): boolean =>
  epoch <= credential.epoch && credential.disabledAt === null;

/** Joined reads hang on the space that answers them, and count only while the objects that they name are the ones in use. */
const joinedReads = ({ users, durable, ephemeral }: Stores): Pick<JoinedReads, 'identify' | 'account'> => {
  const whole = ephemeral.joined;
  const half = durable.joined;
  return {
    ...(whole?.identify && whole.users === users && whole.durable === durable
      ? { identify: whole.identify.bind(whole) }
      : {}),
    ...(half?.account && half.users === users ? { account: half.account.bind(half) } : {}),
  };
};
