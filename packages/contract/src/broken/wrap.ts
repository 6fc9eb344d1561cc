import type {
  JoinedReads,
  OwnedRecordStore,
  RateLimitStore,
  RecordSpace,
  StoredRecord,
  Stores,
  UserStore,
} from '@sallyport/core/ports';
import type { Law } from '../laws.ts';
import { pause } from '../race.ts';
import type { Slot } from '../stores.ts';

/** A store with one bug, made from any that has none. */
export interface BrokenStores {
  readonly name: string;
  /** Each of them is broken, in each of the slots. */
  readonly laws: readonly [Law, ...Law[]];
  readonly slots: readonly Slot[];
  /** Where the bug was seen, or what it is like. */
  readonly modelledOn: string;
  /** Called once for each client: what it keeps in memory is that client's own. */
  readonly of: (stores: Stores) => Stores;
}

/** What a wrapper of records may change; what it leaves out stays as it is. */
export type WrapRecords = <R extends StoredRecord>(
  store: OwnedRecordStore<R>,
  place: { readonly space: RecordSpace; readonly kind: string },
) => Partial<OwnedRecordStore<R>>;

/** The same stores without joined reads, which would go round a wrapper. */
const apart = ({ users, durable, ephemeral, rateLimits }: Stores): Stores => ({
  users,
  durable: withoutJoined(durable),
  ephemeral: withoutJoined(ephemeral),
  rateLimits,
});

export const withSpaces =
  (wrap: (space: RecordSpace) => RecordSpace) =>
  (stores: Stores): Stores => {
    const { durable, ephemeral, ...others } = apart(stores);
    return { ...others, durable: wrap(durable), ephemeral: wrap(ephemeral) };
  };

export const withRecords = (wrap: WrapRecords): ((stores: Stores) => Stores) =>
  withSpaces((space) => ({
    ...space,
    open: <R extends StoredRecord>(kind: string) => {
      const store = space.open<R>(kind);
      return { ...methodsOf(store), ...wrap(store, { space, kind }) };
    },
  }));

export const withUsers =
  (wrap: (users: UserStore, stores: Stores) => Partial<UserStore>) =>
  (stores: Stores): Stores => {
    const { users, ...others } = apart(stores);
    const methods: UserStore = {
      create: (user) => users.create(user),
      get: (id) => users.get(id),
      findByLoginKey: (key) => users.findByLoginKey(key),
      replace: (user, version) => users.replace(user, version),
      delete: (id) => users.delete(id),
    };
    return { ...others, users: { ...methods, ...wrap(users, stores) } };
  };

export const withLimits =
  (wrap: (limits: RateLimitStore, stores: Stores) => Partial<RateLimitStore>) =>
  (stores: Stores): Stores => {
    const { rateLimits, ...others } = stores;
    const methods: RateLimitStore = {
      take: (key, take) => rateLimits.take(key, take),
      reset: (key) => rateLimits.reset(key),
    };
    return { ...others, rateLimits: { ...methods, ...wrap(rateLimits, stores) } };
  };

type Wanted = Required<Pick<JoinedReads, 'identify' | 'account'>>;

/** Joined reads of its own, made of separate ones and then broken; for stores that have none, too. */
export const withJoined =
  (wrap: (reads: Wanted, stores: Stores) => Partial<Wanted & Pick<JoinedReads, 'users'>>) =>
  (stores: Stores): Stores => {
    const { users, durable, ephemeral, rateLimits } = apart(stores);
    const account: Wanted['account'] = async (userId) => ({
      credential: await durable.open<never>('credential').get(userId),
      user: await users.get(userId),
    });
    const identify: Wanted['identify'] = async (id) => {
      const session = await ephemeral.open<never>('session').get(id);
      if (session === null) return null;
      const { userId } = session as StoredRecord;
      return { session, ...(userId === null ? { credential: null, user: null } : await account(userId)) };
    };
    const broken = { identify, account, ...wrap({ identify, account }, { users, durable, ephemeral, rateLimits }) };
    const joinedDurable = { ...durable, joined: { users, ...broken } };
    return {
      users,
      rateLimits,
      durable: joinedDurable,
      ephemeral: { ...ephemeral, joined: { users, durable: joinedDurable, ...broken } },
    };
  };

/** Explicit, since the methods of a class would not survive a spread. */
export const methodsOf = <R extends StoredRecord>(store: OwnedRecordStore<R>): OwnedRecordStore<R> => ({
  create: (record) => store.create(record),
  get: (id) => store.get(id),
  replace: (record, version) => store.replace(record, version),
  delete: (id) => store.delete(id),
  listByUser: (userId) => store.listByUser(userId),
});

const withoutJoined = (space: RecordSpace): RecordSpace => ({
  open: <R extends StoredRecord>(kind: string) => space.open<R>(kind),
  ...(space.sweep === undefined ? {} : { sweep: async (before: number) => (await space.sweep?.(before)) ?? 0 }),
});

/** The time between two statements. Long enough that every racer gets into it, on any backend. */
export const gap = (): Promise<void> => pause(3);

/** What `SET` and `INSERT … ON CONFLICT DO UPDATE` do: the record is there afterwards, whatever was there before. */
export const put = async <R extends StoredRecord>(store: OwnedRecordStore<R>, record: R): Promise<void> => {
  for (;;) {
    if (await store.create(record)) return;
    const found = await store.get(record.id);
    if (found !== null && (await store.replace(record, found.version))) return;
  }
};

/** An id for a key of any kind. */
export const idOf = (key: string): string => {
  const hash = (seed: number): string => {
    let state = seed;
    for (const unit of new TextEncoder().encode(key)) state = Math.imul(state ^ unit, 16_777_619) >>> 0;
    return state.toString(36);
  };
  return `x-${hash(2_166_136_261)}-${hash(374_761_393)}-${key.length}`;
};
