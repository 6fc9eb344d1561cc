import type { UserRecord, UserStore } from '@sallyport/core/ports';
import type { Database, Row, Value } from './database.ts';

// Without a target: whether the id or the login key is in use, the answer is the same.
const insert = `insert into auth_users (id, version, login_key, body)
values (?1, ?2, ?3, ?4) on conflict do nothing returning body`;
const byId = 'select body from auth_users where id = ?1';
const byLoginKey = 'select body from auth_users where login_key = ?1';
const update = `update auth_users set version = ?2, login_key = ?3, body = ?4
where id = ?1 and version = ?5 returning 1 as done`;
const remove = 'delete from auth_users where id = ?1 returning 1 as done';

export const usersOf = ({ ask }: Database): UserStore => ({
  create: async (user) => userOf(await ask('users.create', insert, ...columns(user))),
  get: async (id) => userOf(await ask('users.get', byId, id)),
  findByLoginKey: async (loginKey) => userOf(await ask('users.findByLoginKey', byLoginKey, loginKey)),
  replace: async (user, expectedVersion) => {
    try {
      const rows = await ask('users.replace', update, ...columns(user), expectedVersion);
      return rows.length === 1 ? 'replaced' : 'stale';
    } catch (error) {
      // The version was right, or no row would have been about to change.
      if (isUsedKey(error)) return 'taken';
      throw error;
    }
  },
  delete: async (id) => (await ask('users.delete', remove, id)).length === 1,
});

const columns = (user: UserRecord): readonly Value[] => [user.id, user.version, user.loginKey, JSON.stringify(user)];

const userOf = ([row]: readonly Row[]): UserRecord | null =>
  row === undefined ? null : JSON.parse(String(row['body']));

const isUsedKey = (error: unknown): boolean =>
  error instanceof Error && (error.message.includes('UNIQUE constraint failed') || isUsedKey(error.cause));
