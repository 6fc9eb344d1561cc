import type { UserRecord } from '@sallyport/core/ports';
import { pause } from '../race.ts';
import { marksOf } from './marks.ts';
import { type BrokenStores, withUsers } from './wrap.ts';

const slots = ['users'] as const;

/** Login keys, moved, taken and found wrong. */
export const brokenLoginKeys: readonly BrokenStores[] = [
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
      // Others wait for longer than a look takes and come before the write, or there would be no race to lose.
      create: async (user) => {
        await pause(30);
        return users.create(user);
      },
      replace: async (user, version) => {
        const owner = await users.findByLoginKey(user.loginKey);
        if (owner !== null && owner.id !== user.id) return 'taken';
        await pause(60);
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
];
