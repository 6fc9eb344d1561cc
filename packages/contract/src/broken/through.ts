import type { OwnedRecordStore, RecordSpace, StoredRecord, Stores } from '@sallyport/core/ports';

/** What happens to every call on its way; `none` is the answer that would mean "nothing there". */
export type Through = <T>(operation: string, call: () => Promise<T>, none: T) => Promise<T>;

/** The same stores with every call going through `through`, joined reads too. A handle of its own: no object is shared. */
export const viewOf = (stores: Stores, through: Through = (_, call) => call()): Stores => {
  const { users, durable, ephemeral, rateLimits } = stores;
  const ownUsers: Stores['users'] = {
    create: (user) => through('create', () => users.create(user), null),
    get: (id) => through('get', () => users.get(id), null),
    findByLoginKey: (key) => through('findByLoginKey', () => users.findByLoginKey(key), null),
    replace: (user, version) => through('replace', () => users.replace(user, version), 'stale'),
    delete: (id) => through('delete', () => users.delete(id), false),
  };
  const account = durable.joined?.account?.bind(durable.joined);
  const identify = ephemeral.joined?.identify?.bind(ephemeral.joined);
  const nobody = { credential: null, user: null };
  const ownDurable: Stores['durable'] = {
    ...spaceOf(durable, through),
    ...(account && {
      joined: { users: ownUsers, account: (id: string) => through('account', () => account(id), nobody) },
    }),
  };
  return {
    users: ownUsers,
    durable: ownDurable,
    ephemeral: {
      ...spaceOf(ephemeral, through),
      ...(identify && {
        joined: {
          users: ownUsers,
          durable: ownDurable,
          identify: (id: string) => through('identify', () => identify(id), null),
        },
      }),
    },
    rateLimits: {
      take: (key, take) => through('take', () => rateLimits.take(key, take), { allowed: true, tat: 0 }),
      reset: (key) => through('reset', () => rateLimits.reset(key), undefined),
    },
  };
};

const spaceOf = (space: RecordSpace, through: Through): RecordSpace => ({
  open: <R extends StoredRecord>(kind: string): OwnedRecordStore<R> => {
    const store = space.open<R>(kind);
    return {
      create: (record) => through('create', () => store.create(record), false),
      get: (id) => through('get', () => store.get(id), null),
      replace: (record, version) => through('replace', () => store.replace(record, version), false),
      delete: (id) => through('delete', () => store.delete(id), false),
      listByUser: (userId) => through('listByUser', () => store.listByUser(userId), []),
    };
  },
  ...(space.sweep && { sweep: (before: number) => through('sweep', async () => space.sweep?.(before) ?? 0, 0) }),
});
