import type { OwnedRecordStore, StoredRecord } from '@sallyport/core/ports';
import { withRows } from './rows.ts';
import { type BrokenStores, gap, idOf, methodsOf, put, withRecords, withSpaces } from './wrap.ts';

const slots = ['durable', 'ephemeral'] as const;

interface Old extends StoredRecord {
  readonly before: StoredRecord | null;
  readonly until: number;
}

interface Index extends StoredRecord {
  readonly ids: readonly string[];
}

/** Get, open and listByUser, each done wrong. */
export const brokenReads: readonly BrokenStores[] = [
  {
    name: 'every process caches what it read',
    laws: ['A4'],
    slots,
    modelledOn: 'an LRU in front of the session table',
    of: withRecords(<R extends StoredRecord>(store: OwnedRecordStore<R>) => {
      const seen = new Map<string, R | null>();
      return {
        get: async (id: string) => {
          const found = seen.get(id) ?? (await store.get(id));
          seen.set(id, found);
          return found;
        },
        replace: async (record: R, version: number) => {
          seen.delete(record.id);
          return store.replace(record, version);
        },
        delete: async (id: string) => {
          seen.delete(id);
          return store.delete(id);
        },
      };
    }),
  },
  {
    name: 'reads come from a replica that lags',
    laws: ['A4'],
    slots,
    modelledOn: 'a connection string with the read replica in it; Workers KV',
    of: withRecords((store, { space, kind }) => {
      // In the backend, so that the lag is the same for everybody.
      const old = space.open<Old>(`${kind}_old`);
      const keepOld = async (id: string): Promise<void> => {
        const before = await store.get(id);
        await put(old, { id, userId: null, version: 1, expiresAt: null, before, until: Date.now() + 50 });
      };
      return {
        create: async (record) => {
          await keepOld(record.id);
          return store.create(record);
        },
        get: async (id) => {
          const lagging = await old.get(id);
          return lagging !== null && Date.now() < lagging.until
            ? (lagging.before as Awaited<ReturnType<typeof store.get>>)
            : store.get(id);
        },
        replace: async (record, version) => {
          await keepOld(record.id);
          return store.replace(record, version);
        },
        delete: async (id) => {
          await keepOld(id);
          return store.delete(id);
        },
      };
    }),
  },
  {
    name: 'ids are compared without case',
    laws: ['A4'],
    slots,
    modelledOn: 'a text column with the default collation of MySQL or SQL Server',
    of: withRecords((store) => ({
      create: (record) => store.create({ ...record, id: record.id.toLowerCase() }),
      get: (id) => store.get(id.toLowerCase()),
      replace: (record, version) => store.replace({ ...record, id: record.id.toLowerCase() }, version),
      delete: (id) => store.delete(id.toLowerCase()),
    })),
  },
  {
    name: 'the kind is not part of the key',
    laws: ['kind'],
    slots,
    modelledOn: 'one key space for every kind of token',
    of: withSpaces((space) => ({
      ...space,
      open: <R extends StoredRecord>() => methodsOf(space.open<R>('contract_every_kind')),
    })),
  },
  {
    name: 'every handle of a kind is a store of its own',
    laws: ['kind'],
    slots,
    modelledOn: 'a Map that is made in open',
    of: withSpaces((space) => {
      let opened = 0;
      return {
        ...space,
        open: <R extends StoredRecord>(kind: string) => {
          opened += 1;
          return methodsOf(space.open<R>(`${kind}_${opened}`));
        },
      };
    }),
  },
  {
    name: 'kind and id are joined by a character that both may have',
    laws: ['kind'],
    slots,
    modelledOn: 'key templates that join prefix, kind and id by an underscore',
    of: withSpaces((space) => ({
      ...space,
      open: <R extends StoredRecord>(kind: string): OwnedRecordStore<R> => {
        const store = space.open<R>('contract_joined_key');
        const key = (id: string) => `${kind}_${id}`;
        const inner = (record: R): R => ({ ...record, id: key(record.id) });
        const outer = (record: R): R => ({ ...record, id: record.id.slice(kind.length + 1) });
        return {
          create: (record) => store.create(inner(record)),
          get: async (id) => {
            const found = await store.get(key(id));
            return found === null ? null : outer(found);
          },
          replace: (record, version) => store.replace(inner(record), version),
          delete: (id) => store.delete(key(id)),
          listByUser: async (userId) => (await store.listByUser(userId)).map(outer),
        };
      },
    })),
  },
  {
    name: 'the list is an index that is read, changed and written back',
    laws: ['A5'],
    slots,
    modelledOn: 'better-auth#11073: `active-sessions-<userId>`, concurrent logins lose entries',
    of: withRecords((store, { space, kind }) => {
      const index = space.open<Index>(`${kind}_index`);
      const change = async (
        userId: string | null,
        how: (ids: readonly string[]) => readonly string[],
      ): Promise<void> => {
        if (userId === null) return;
        const id = idOf(userId);
        const { ids } = (await index.get(id)) ?? { ids: [] };
        await gap();
        await put(index, { id, userId: null, version: 1, expiresAt: null, ids: how(ids) });
      };
      return {
        create: async (record) => {
          const isNew = await store.create(record);
          if (isNew) await change(record.userId, (ids) => [...ids, record.id]);
          return isNew;
        },
        listByUser: async (userId) => {
          const { ids } = (await index.get(idOf(userId))) ?? { ids: [] };
          const found = await Promise.all(ids.map((id) => store.get(id)));
          return found.filter((record) => record !== null);
        },
      };
    }),
  },
  {
    name: 'the list holds one record a user',
    laws: ['A5'],
    slots,
    modelledOn:
      'an adapter of Auth.js whose index by user holds one session, so that deleting a user leaves the rest alive',
    of: withRecords((store) => ({ listByUser: async (userId) => (await store.listByUser(userId)).slice(0, 1) })),
  },
  {
    name: 'the list forgets a record that was replaced',
    laws: ['A5'],
    slots,
    modelledOn: 'an index that only the insert writes',
    of: withRows({ owner: (userId, before) => (before === undefined ? userId : before) }),
  },
  {
    name: 'the owner is cut to what the column holds',
    laws: ['A5'],
    slots,
    modelledOn: 'MySQL outside strict mode; LIKE with the user id in front of a percent sign',
    of: withRows({ owner: (userId) => userId?.slice(0, 15) ?? null }),
  },
  {
    name: 'owners are compared without case, accents and spaces at the end',
    laws: ['A5'],
    slots,
    modelledOn: 'the default collation of MySQL',
    of: withRows({ owner: (userId) => (userId === null ? null : folded(userId)) }),
  },
  {
    name: 'nobody is the user "null"',
    laws: ['A9'],
    slots,
    modelledOn: 'key templates that write null as text',
    of: withRows({ owner: (userId) => `${userId}` }),
  },
];

const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trimEnd();
