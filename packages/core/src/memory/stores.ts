import type { CredentialRecord, SessionRecord } from '../ports/domain.ts';
import type { RateLimitStore } from '../ports/rate-limits.ts';
import type { OwnedRecordStore, RecordSpace, StoredRecord } from '../ports/records.ts';
import type { Stores } from '../ports/stores.ts';
import type { UserRecord, UserStore } from '../ports/users.ts';
import { gcra } from '../primitives/gcra.ts';
import { memoryMark } from '../primitives/marks.ts';

export interface MemoryLimits {
  /** Rate-limit keys kept at most; beyond it the keys nearest to a full allowance go first. Default 100,000. */
  readonly maxRateKeys?: number;
}

/**
 * Every storage port in memory: for development and tests, and the reference for adapter authors. Each method is one
 * synchronous step, so every law holds by itself. Bounded: what has expired goes, and limiter keys have a cap.
 */
export const memoryStores = (limits: MemoryLimits = {}): Stores => {
  const durable = memorySpace();
  const ephemeral = memorySpace();
  const users = memoryUsers();
  const sessions = ephemeral.table<SessionRecord>('session');
  const credentials = durable.table<CredentialRecord>('credential');
  const account = (userId: string) => ({
    credential: credentials.get(userId) ?? null,
    user: users.byId.get(userId) ?? null,
  });
  const identify = (sessionId: string) => {
    const session = sessions.get(sessionId);
    if (session === undefined) return null;
    const owner = session.userId ?? '';
    return { session, credential: credentials.get(owner) ?? null, user: users.byId.get(owner) ?? null };
  };
  const mark = { [memoryMark]: true };
  const durableSpace = {
    ...mark,
    ...durable.space,
    joined: { users: users.store, account: async (userId: string) => account(userId) },
  };
  return {
    users: users.store,
    durable: durableSpace,
    ephemeral: {
      ...mark,
      ...ephemeral.space,
      joined: { users: users.store, durable: durableSpace, identify: async (id: string) => identify(id) },
    },
    rateLimits: { ...mark, ...memoryRateLimits(limits.maxRateKeys ?? 100_000, ephemeral.expire) },
  };
};

type Table<R extends StoredRecord> = Map<string, R>;

interface MemorySpace {
  readonly space: RecordSpace & { sweep(before: number): Promise<number> };
  table<R extends StoredRecord>(kind: string): Table<R>;
  expire(now: number): void;
}

/** Sweeping after as many writes as there are entries costs every write the same constant. */
const sweepAtLeastEvery = 1_000;
/** Clocks of several processes may differ by a second; a minute of slack is the recommended housekeeping margin. */
const slackMs = 60_000;

const memorySpace = (): MemorySpace => {
  const tables = new Map<string, Table<StoredRecord>>();
  let writes = 0;
  let left = 0;
  const table = <R extends StoredRecord>(kind: string): Table<R> => {
    const known = tables.get(kind) ?? new Map<string, StoredRecord>();
    tables.set(kind, known);
    // The kind names the record's type; one kind is opened with one type only.
    return known as Table<StoredRecord> as Table<R>;
  };
  const sweep = (before: number): number => {
    let removed = 0;
    for (const entries of tables.values()) {
      for (const [id, record] of entries) {
        if (record.expiresAt !== null && record.expiresAt < before && entries.delete(id)) removed += 1;
      }
    }
    return removed;
  };
  const open = <R extends StoredRecord>(kind: string): OwnedRecordStore<R> => {
    const entries = table<R>(kind);
    return {
      create: async (record) => {
        if (entries.has(record.id)) return false;
        writes += 1;
        entries.set(record.id, frozenCopy(record));
        return true;
      },
      get: async (id) => entries.get(id) ?? null,
      replace: async (record, expectedVersion) => {
        if (entries.get(record.id)?.version !== expectedVersion) return false;
        entries.set(record.id, frozenCopy(record));
        return true;
      },
      delete: async (id) => entries.delete(id),
      listByUser: async (userId) => [...entries.values()].filter((record) => record.userId === userId),
    };
  };
  const size = () => [...tables.values()].reduce((sum, entries) => sum + entries.size, 0);
  return {
    space: { open, sweep: async (before) => sweep(before) },
    table,
    /** A store has no clock: it learns the time from the takes of the limiter, and only cleans up by it. */
    expire: (now) => {
      if (writes < Math.max(sweepAtLeastEvery, left)) return;
      writes = 0;
      sweep(now - slackMs);
      left = size();
    },
  };
};

const memoryUsers = (): { readonly store: UserStore; readonly byId: Map<string, UserRecord> } => {
  const byId = new Map<string, UserRecord>();
  const idByLogin = new Map<string, string>();
  const store: UserStore = {
    ...{ [memoryMark]: true },
    create: async (user) => {
      if (idByLogin.has(user.loginKey) || byId.has(user.id)) return null;
      const stored = frozenCopy(user);
      byId.set(user.id, stored);
      idByLogin.set(user.loginKey, user.id);
      return stored;
    },
    get: async (id) => byId.get(id) ?? null,
    findByLoginKey: async (loginKey) => byId.get(idByLogin.get(loginKey) ?? '') ?? null,
    replace: async (user, expectedVersion) => {
      const stored = byId.get(user.id);
      if (stored?.version !== expectedVersion) return 'stale';
      const owner = idByLogin.get(user.loginKey);
      if (owner !== undefined && owner !== user.id) return 'taken';
      idByLogin.delete(stored.loginKey);
      idByLogin.set(user.loginKey, user.id);
      byId.set(user.id, frozenCopy(user));
      return 'replaced';
    },
    delete: async (id) => {
      const stored = byId.get(id);
      if (stored === undefined) return false;
      idByLogin.delete(stored.loginKey);
      return byId.delete(id);
    },
  };
  return { store, byId };
};

const memoryRateLimits = (maxKeys: number, tell: (now: number) => void): RateLimitStore => {
  const tats = new Map<string, number>();
  return {
    take: async (key, take) => {
      const answer = gcra(tats.get(key) ?? null, take);
      if (answer.allowed) {
        if (tats.size >= maxKeys && !tats.has(key)) makeRoom(tats, take.now);
        tats.set(key, answer.tat);
      }
      tell(take.now);
      return answer;
    },
    reset: async (key) => {
      tats.delete(key);
    },
  };
};

/**
 * First the keys whose allowance is full again, which say nothing; then, so that a flood of new keys pays once for many,
 * the tenth that is nearest to full. A bucket that somebody emptied is the last to go.
 */
const makeRoom = (tats: Map<string, number>, now: number): void => {
  const before = tats.size;
  for (const [key, tat] of tats) if (tat <= now) tats.delete(key);
  if (tats.size < before * 0.9) return;
  const byTat = [...tats].sort(([, a], [, b]) => a - b);
  for (const [key] of byTat.slice(0, Math.max(1, Math.ceil(byTat.length / 10)))) tats.delete(key);
};

/** Frozen, so that what goes out can be handed to everybody without a copy. */
const frozenCopy = <T>(value: T): T => freeze(structuredClone(value));

const freeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
};
