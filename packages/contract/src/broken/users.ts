import type { StoredRecord, UserRecord } from '@sallyport/core/ports';
import { marksOf } from './marks.ts';
import { deeply } from './rows.ts';
import { type BrokenStores, gap, withUsers } from './wrap.ts';

const slots = ['users'] as const;

/** Users, created, replaced, deleted and given back wrong. */
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
