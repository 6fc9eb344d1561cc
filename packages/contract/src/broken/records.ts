import { type BrokenStores, gap, put, withRecords } from './wrap.ts';

const slots = ['durable', 'ephemeral'] as const;

/** Create, replace and delete, each done wrong. */
export const brokenRecords: readonly BrokenStores[] = [
  {
    name: 'create reads, then writes',
    laws: ['A1'],
    slots,
    modelledOn: 'get-then-create in hand-written stores on a key-value database',
    of: withRecords((store) => ({
      create: async (record) => {
        if ((await store.get(record.id)) !== null) return false;
        await gap();
        await put(store, record);
        return true;
      },
    })),
  },
  {
    name: 'create is an upsert',
    laws: ['A1'],
    slots,
    modelledOn: 'express-session: a port with one `set` for insert and update',
    of: withRecords((store) => ({
      create: async (record) => {
        await put(store, record);
        return true;
      },
    })),
  },
  {
    name: 'a refused create moves the lifetime',
    laws: ['A1'],
    slots,
    modelledOn: 'SETNX and EXPIRE as two commands, the second sent in any case',
    of: withRecords((store) => ({
      create: async (record) => {
        if (await store.create(record)) return true;
        const found = await store.get(record.id);
        if (found !== null) await store.replace({ ...found, expiresAt: record.expiresAt }, found.version);
        return false;
      },
    })),
  },
  {
    name: 'a refused create says true',
    laws: ['A1'],
    slots,
    modelledOn: 'MySQL: ON DUPLICATE KEY UPDATE counts one row for one that it left as it was, under CLIENT_FOUND_ROWS',
    of: withRecords((store) => ({
      create: async (record) => {
        await store.create(record);
        return true;
      },
    })),
  },
  {
    name: 'the id of a deleted record cannot be used again',
    laws: ['A1'],
    slots,
    modelledOn: 'soft deletion under a primary key',
    of: withRecords((store, { space, kind }) => {
      const deleted = space.open(`${kind}_deleted`);
      return {
        create: async (record) => (await deleted.get(record.id)) === null && store.create(record),
        delete: async (id) => {
          const isRemoved = await store.delete(id);
          if (isRemoved) await deleted.create({ id, userId: null, version: 1, expiresAt: null });
          return isRemoved;
        },
      };
    }),
  },
  {
    name: 'replace is an upsert',
    laws: ['A2'],
    slots,
    modelledOn: 'express-session#632, connect-redis#328: a slow request writes the session back after logout',
    of: withRecords((store) => ({
      replace: async (record, version) => (await store.replace(record, version)) || store.create(record),
    })),
  },
  {
    name: 'replace inserts what is missing, and says false',
    laws: ['A2'],
    slots,
    modelledOn: 'MySQL: ON DUPLICATE KEY UPDATE counts one row for an insert and two for an update',
    of: withRecords((store) => ({
      replace: async (record, version) => {
        if (await store.replace(record, version)) return true;
        await store.create(record);
        return false;
      },
    })),
  },
  {
    name: 'replace does not look at the version',
    laws: ['A2'],
    slots,
    modelledOn: 'UPDATE … WHERE id = $1',
    of: withRecords((store) => ({
      replace: async (record) => {
        for (;;) {
          const found = await store.get(record.id);
          if (found === null) return false;
          if (await store.replace(record, found.version)) return true;
        }
      },
    })),
  },
  {
    name: 'replace reads, compares, then writes',
    laws: ['A2'],
    slots,
    modelledOn: 'the first fixes of TOTP replay (logto#9109, hanko#2723): read, then write',
    of: withRecords((store) => ({
      replace: async (record, version) => {
        if ((await store.get(record.id))?.version !== version) return false;
        await gap();
        await put(store, record);
        return true;
      },
    })),
  },
  {
    name: 'replace says true whatever was changed',
    laws: ['A2'],
    slots,
    modelledOn: 'better-auth#10086: the ORM reports affected rows differently, and the compare-and-set always succeeds',
    of: withRecords((store) => ({
      replace: async (record, version) => {
        await store.replace(record, version);
        return true;
      },
    })),
  },
  {
    name: 'replace leaves the owner as it was',
    laws: ['A2', 'A5'],
    slots,
    modelledOn: 'a column that UPDATE … SET forgets',
    of: withRecords((store) => ({
      replace: async (record, version) =>
        store.replace({ ...record, userId: (await store.get(record.id))?.userId ?? null }, version),
    })),
  },
  {
    name: 'consume finds, then deletes, and does not look at what the delete removed',
    laws: ['A3'],
    slots,
    modelledOn: 'useVerificationToken of 11 of the 26 adapters of Auth.js',
    of: withRecords((store) => ({
      delete: async (id) => {
        if ((await store.get(id)) === null) return false;
        await gap();
        await store.delete(id);
        return true;
      },
    })),
  },
  {
    name: 'delete always says true',
    laws: ['A3'],
    slots,
    modelledOn: 'drivers whose delete resolves with nothing',
    of: withRecords((store) => ({
      delete: async (id) => {
        await store.delete(id);
        return true;
      },
    })),
  },
  {
    name: 'delete removes neighbours by a pattern',
    laws: ['A3'],
    slots,
    modelledOn: 'an adapter that deletes every token of the address, even when the presented one is wrong',
    of: withRecords((store) => ({
      delete: async (id) => (await store.delete(id)) || store.delete(id.slice(0, -1)),
    })),
  },
];
