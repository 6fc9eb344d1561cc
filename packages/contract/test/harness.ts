import { memoryStores } from '@sallyport/core';
import {
  type OwnedRecordStore,
  type RecordSpace,
  type StoredRecord,
  type Stores,
  StoreUnavailableError,
} from '@sallyport/core/ports';
import type { ContractOptions } from '../src/options.ts';

/** What happens to each call of a store on its way. */
export type Through = <T>(operation: string, call: () => Promise<T>) => Promise<T>;

/** A handle of its own over the same stores: every call goes through `through`, the joined reads too. */
export const viewOf = (stores: Stores, through: Through = (_, call) => call()): Stores => {
  const { users, rateLimits } = stores;
  const ownUsers: Stores['users'] = {
    create: (user) => through('create', () => users.create(user)),
    get: (id) => through('get', () => users.get(id)),
    findByLoginKey: (key) => through('findByLoginKey', () => users.findByLoginKey(key)),
    replace: (user, version) => through('replace', () => users.replace(user, version)),
    delete: (id) => through('delete', () => users.delete(id)),
  };
  const account = stores.durable.joined?.account;
  const identify = stores.ephemeral.joined?.identify;
  const durable = {
    ...spaceOf(stores.durable, through),
    ...(account && { joined: { users: ownUsers, account: (id: string) => through('account', () => account(id)) } }),
  };
  return {
    users: ownUsers,
    durable,
    ephemeral: {
      ...spaceOf(stores.ephemeral, through),
      ...(identify && {
        joined: { users: ownUsers, durable, identify: (id: string) => through('identify', () => identify(id)) },
      }),
    },
    rateLimits: {
      take: (key, take) => through('take', () => rateLimits.take(key, take)),
      reset: (key) => through('reset', () => rateLimits.reset(key)),
    },
  };
};

const spaceOf = (space: RecordSpace, through: Through): RecordSpace => ({
  open: <R extends StoredRecord>(kind: string): OwnedRecordStore<R> => {
    const store = space.open<R>(kind);
    return {
      create: (record) => through('create', () => store.create(record)),
      get: (id) => through('get', () => store.get(id)),
      replace: (record, version) => through('replace', () => store.replace(record, version)),
      delete: (id) => through('delete', () => store.delete(id)),
      listByUser: (userId) => through('listByUser', () => store.listByUser(userId)),
    };
  },
  ...(space.sweep && { sweep: (before: number) => through('sweep', async () => space.sweep?.(before) ?? 0) }),
});

const refused: Through = async (operation) => {
  throw new StoreUnavailableError(operation, { cause: new Error('connection refused') });
};

/** The first call is done, and its answer is lost; the next are answered. */
const loseFirst = (): Through => {
  let isLost = false;
  return async (operation, call) => {
    const answer = await call();
    if (isLost) return answer;
    isLost = true;
    throw new StoreUnavailableError(operation, { cause: new Error('connection reset') });
  };
};

/** Two clients of one memory, and what an outage looks like. */
export const memoryOptions = (stores: Stores = memoryStores()): ContractOptions<Stores> => ({
  clients: [viewOf(stores), viewOf(stores)],
  unreachable: viewOf(stores, refused),
  lostAnswer: () => viewOf(stores, loseFirst()),
});
