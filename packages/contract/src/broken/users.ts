import type { StoredRecord, Stores, UserRecord } from '@sallyport/core/ports';
import { pause } from '../race.ts';
import { deeply } from './rows.ts';
import { type BrokenStores, gap, idOf, put, withUsers } from './wrap.ts';

const slots = ['users'] as const;

/** User stores, each with one bug. */
export const brokenUsers: readonly BrokenStores[] = [
  {
    name: 'users are created after a look whether the login key is free',
    laws: ['U1'],
    slots,
    modelledOn: 'stores without a unique index',
    of: withUsers((_, { durable }) => {
      const users = durable.open<UserRow>('contract_user');
      const keys = marksOf(durable, 'login');
      const find = async (key: string) => (await users.get((await keys.get(key)) ?? 'nobody'))?.user ?? null;
      return {
        create: async (user) => {
          if ((await find(user.loginKey)) !== null) return null;
          await gap();
          if (!(await users.create({ id: user.id, userId: null, version: 1, expiresAt: null, user }))) return null;
          await keys.set(user.loginKey, user.id);
          return user;
        },
        get: async (id) => (await users.get(id))?.user ?? null,
        findByLoginKey: find,
        delete: (id) => users.delete(id),
      };
    }),
  },
  {
    name: 'create with a login key in use takes the user over',
    laws: ['U1'],
    slots,
    modelledOn: 'INSERT … ON CONFLICT (email) DO UPDATE',
    of: withUsers((users) => ({
      create: async (user) => {
        const stored = await users.create(user);
        const owner = stored === null ? await users.findByLoginKey(user.loginKey) : null;
        if (owner === null) return stored;
        const taken = { ...user, id: owner.id, version: owner.version + 1 };
        return (await users.replace(taken, owner.version)) === 'replaced' ? taken : null;
      },
    })),
  },
  {
    name: 'a create that met another one is called taken',
    laws: ['U1'],
    slots,
    modelledOn: 'a serialisation failure, or SQLITE_BUSY, mapped to "not inserted"',
    of: withUsers((users) => {
      let running = 0;
      return {
        create: async (user) => {
          if (running > 0) return null;
          running += 1;
          return users.create(user).finally(() => {
            running -= 1;
          });
        },
      };
    }),
  },
  {
    name: 'the id of a deleted user is given out again',
    laws: ['U1'],
    slots,
    modelledOn: 'SQLite: a rowid without AUTOINCREMENT',
    of: withUsers((users, { durable }) => {
      const freed = marksOf(durable, 'freed');
      return {
        create: async (user) => {
          const stored = await users.create(user);
          const id = await freed.get('last');
          return stored === null || id === null ? stored : { ...stored, id };
        },
        delete: async (id) => {
          await freed.set('last', id);
          return users.delete(id);
        },
      };
    }),
  },
  {
    name: 'replace does not look at the version',
    laws: ['U2'],
    slots,
    modelledOn: 'UPDATE users … WHERE id = $1',
    of: withUsers((users) => ({
      replace: async (user) => {
        for (;;) {
          const found = await users.get(user.id);
          if (found === null) return 'stale';
          const answer = await users.replace(user, found.version);
          if (answer !== 'stale') return answer;
        }
      },
    })),
  },
  {
    name: 'replace says replaced whatever was changed',
    laws: ['U2'],
    slots,
    modelledOn: 'better-auth#10086: the ORM reports affected rows differently',
    of: withUsers((users) => ({
      replace: async (user, version) => {
        const answer = await users.replace(user, version);
        return answer === 'stale' ? 'replaced' : answer;
      },
    })),
  },
  {
    name: 'replace brings a deleted user back',
    laws: ['U2'],
    slots,
    modelledOn: '`save` of ORMs: insert or update',
    of: withUsers((users) => ({
      replace: async (user, version) => {
        const answer = await users.replace(user, version);
        if (answer !== 'stale' || (await users.get(user.id)) !== null) return answer;
        return (await users.create(user)) === null ? 'stale' : 'replaced';
      },
    })),
  },
  {
    name: 'the old login key still finds the user',
    laws: ['U3'],
    slots,
    modelledOn: 'updateUser of the upstash-redis adapter of Auth.js, which leaves the old e-mail pointing at the user',
    of: withUsers((users, { durable }) => {
      const old = marksOf(durable, 'old_login');
      return {
        replace: async (user, version) => {
          const before = await users.get(user.id);
          const answer = await users.replace(user, version);
          const isMoved = answer === 'replaced' && before !== null && before.loginKey !== user.loginKey;
          if (isMoved) await old.set(before.loginKey, user.id);
          return answer;
        },
        findByLoginKey: async (key) => {
          const found = await users.findByLoginKey(key);
          const id = found === null ? await old.get(key) : null;
          return id === null ? found : users.get(id);
        },
      };
    }),
  },
  {
    name: 'the old login key is freed before the new one finds the user',
    laws: ['U3'],
    slots,
    modelledOn: 'two index entries, deleted and set one after the other',
    of: withUsers((users, { durable }) => {
      const late = marksOf(durable, 'late_login');
      return {
        replace: async (user, version) => {
          const isMove = (await users.get(user.id))?.loginKey !== user.loginKey;
          if (isMove) await late.set(user.loginKey, user.id);
          const answer = await users.replace(user, version);
          await pause(20);
          if (isMove) await late.clear(user.loginKey);
          return answer;
        },
        findByLoginKey: async (key) => ((await late.get(key)) === null ? users.findByLoginKey(key) : null),
      };
    }),
  },
  {
    name: 'a login key that was given up stays taken',
    laws: ['U3'],
    slots,
    modelledOn: 'a unique index on an address book that keeps every address',
    of: withUsers((users, { durable }) => {
      const kept = marksOf(durable, 'kept_login');
      return {
        create: async (user) => ((await kept.get(user.loginKey)) === null ? users.create(user) : null),
        replace: async (user, version) => {
          const before = await users.get(user.id);
          const answer = await users.replace(user, version);
          if (answer === 'replaced' && before !== null && before.loginKey !== user.loginKey) {
            await kept.set(before.loginKey, user.id);
          }
          return answer;
        },
      };
    }),
  },
  {
    name: 'a login key in use is taken from its owner',
    laws: ['U4'],
    slots,
    modelledOn: 'SET of an index entry without NX',
    of: withUsers((users) => ({
      replace: async (user, version) => {
        const answer = await users.replace(user, version);
        if (answer !== 'taken') return answer;
        const owner = await users.findByLoginKey(user.loginKey);
        if (owner !== null) await users.delete(owner.id);
        return users.replace(user, version);
      },
    })),
  },
  {
    name: 'replace looks whether the login key is free, then takes it',
    laws: ['U3', 'U4'],
    slots,
    modelledOn: 'an index entry that is read, then set',
    of: withUsers((users) => ({
      replace: async (user, version) => {
        const owner = await users.findByLoginKey(user.loginKey);
        if (owner !== null && owner.id !== user.id) return 'taken';
        await gap();
        const answer = await users.replace(user, version);
        const intruder = answer === 'taken' ? await users.findByLoginKey(user.loginKey) : null;
        if (intruder === null) return answer;
        await users.delete(intruder.id);
        return users.replace(user, version);
      },
    })),
  },
  {
    name: 'a login key in use is called stale',
    laws: ['U4'],
    slots,
    modelledOn: 'a unique violation counted as "no row changed"',
    of: withUsers((users) => ({
      replace: async (user, version) => {
        const answer = await users.replace(user, version);
        return answer === 'taken' ? 'stale' : answer;
      },
    })),
  },
  {
    name: 'a replace that is taken has changed the rest',
    laws: ['U4'],
    slots,
    modelledOn: 'two statements without a transaction',
    of: withUsers((users) => ({
      replace: async (user, version) => {
        const answer = await users.replace(user, version);
        const before = answer === 'taken' ? await users.get(user.id) : null;
        if (before !== null) await users.replace({ ...user, loginKey: before.loginKey }, version);
        return answer;
      },
    })),
  },
  {
    name: 'the login key of a deleted user stays taken',
    laws: ['U5'],
    slots,
    modelledOn: 'soft deletion under a unique index',
    of: withUsers((users, { durable }) => {
      const kept = marksOf(durable, 'deleted_login');
      return {
        create: async (user) => ((await kept.get(user.loginKey)) === null ? users.create(user) : null),
        delete: async (id) => {
          const before = await users.get(id);
          const isRemoved = await users.delete(id);
          if (isRemoved && before !== null) await kept.set(before.loginKey, id);
          return isRemoved;
        },
      };
    }),
  },
  {
    name: 'delete removes who has the first login key of the user',
    laws: ['U5'],
    slots,
    modelledOn: 'an index entry that is deleted by the e-mail of the registration',
    of: withUsers((users, { durable }) => {
      const first = marksOf(durable, 'first_login');
      return {
        create: async (user) => {
          const stored = await users.create(user);
          if (stored !== null) await first.set(stored.id, stored.loginKey);
          return stored;
        },
        delete: async (id) => {
          const isRemoved = await users.delete(id);
          const key = isRemoved ? await first.get(id) : null;
          const heir = key === null ? null : await users.findByLoginKey(key);
          if (heir !== null) await users.delete(heir.id);
          return isRemoved;
        },
      };
    }),
  },
  {
    name: 'delete of a user finds, then deletes',
    laws: ['U5'],
    slots,
    modelledOn: 'DELETE without a look at what it removed',
    of: withUsers((users) => ({
      delete: async (id) => {
        if ((await users.get(id)) === null) return false;
        await gap();
        await users.delete(id);
        return true;
      },
    })),
  },
  {
    name: 'login keys are compared without case and accents',
    laws: ['U6'],
    slots,
    modelledOn: 'a collation that takes í for i: the account of jósé is that of jose',
    of: withUsers((users) => ({
      findByLoginKey: async (key) => {
        const plain = key.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
        return (await users.findByLoginKey(key)) ?? users.findByLoginKey(plain);
      },
    })),
  },
  {
    name: 'login keys are compared without spaces at the end',
    laws: ['U6'],
    slots,
    modelledOn: 'PAD SPACE collations of MySQL and SQL Server',
    of: withUsers((users) => ({
      findByLoginKey: async (key) => (await users.findByLoginKey(key)) ?? users.findByLoginKey(key.trimEnd()),
    })),
  },
  {
    name: 'every process caches who has a login key',
    laws: ['U6'],
    slots,
    modelledOn: 'an LRU in front of the user table',
    of: withUsers((users) => {
      const seen = new Map<string, UserRecord>();
      return {
        findByLoginKey: async (key) => {
          const found = seen.get(key) ?? (await users.findByLoginKey(key));
          if (found !== null) seen.set(key, found);
          return found;
        },
      };
    }),
  },
  {
    name: 'numbers in the profile come back as text',
    laws: ['A7'],
    slots,
    modelledOn: 'a table of attributes with a text column',
    of: withUsers((users) => ({
      get: async (id) => {
        const found = await users.get(id);
        if (found === null) return null;
        const profile = deeply(found.profile, (leaf) => (typeof leaf === 'number' ? String(leaf) : leaf));
        return { ...found, profile: profile as UserRecord['profile'] };
      },
    })),
  },
  {
    name: 'the copy that is kept of a user is shallow',
    laws: ['A7'],
    slots,
    modelledOn: 'a Map in memory, and a spread for a copy',
    of: withUsers((users) => {
      const kept = new Map<string, UserRecord>();
      return {
        create: async (user) => {
          const stored = await users.create(user);
          if (stored !== null) kept.set(stored.id, { ...user, id: stored.id });
          return stored;
        },
        get: async (id) => {
          const found = await users.get(id);
          const mine = kept.get(id);
          return found !== null && mine?.version === found.version ? mine : found;
        },
      };
    }),
  },
];

interface UserRow extends StoredRecord {
  readonly user: UserRecord;
}

interface Mark extends StoredRecord {
  readonly value: string;
}

interface Marks {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  clear(key: string): Promise<boolean>;
}

/** A word about a login key, in the backend, where every client sees it. */
const marksOf = (durable: Stores['durable'], name: string): Marks => {
  const marks = durable.open<Mark>(`contract_${name}`);
  return {
    get: async (key) => (await marks.get(idOf(key)))?.value ?? null,
    set: (key, value) => put(marks, { id: idOf(key), userId: null, version: 1, expiresAt: null, value }),
    clear: (key) => marks.delete(idOf(key)),
  };
};
