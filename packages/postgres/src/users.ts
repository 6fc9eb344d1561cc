import type { UserRecord, UserStore } from '@sallyport/core/ports';
import { bodyOf, type Database } from './database.ts';
import { isUniqueViolation } from './unique-violation.ts';

export const usersOf = ({ table, ask }: Database): UserStore => {
  const users = table('auth_users');
  // Without a target: whether the id or the login key is in use, the answer is the same.
  const insert = `insert into ${users} (id, version, login_key, body)
values ($1, $2, $3, $4) on conflict do nothing returning body`;
  const byId = `select body from ${users} where id = $1`;
  const byLoginKey = `select body from ${users} where login_key = $1`;
  const remove = `delete from ${users} where id = $1 returning 1`;
  /*
   * Whoever has the key is looked for first: a unique violation would abort a transaction of the application. All parts see
   * one snapshot, but the update waits for a writer of its row and then compares the version again: an update that found
   * nothing although the snapshot had the version and no holder has lost that race.
   */
  const update = `with stored as (select version from ${users} where id = $1),
holder as (select id from ${users} where login_key = $3 and id <> $1),
done as (
  update ${users} set version = $2, login_key = $3, body = $4
  where id = $1 and version = $5 and not exists (select 1 from holder) returning 1
)
select case
  when exists (select 1 from done) then 'replaced'
  when exists (select 1 from holder) and exists (select 1 from stored where version = $5) then 'taken'
  else 'stale'
end as outcome`;

  return {
    create: async (user) =>
      bodyOf<UserRecord>(
        await ask('users.create', insert, [user.id, user.version, user.loginKey, JSON.stringify(user)]),
      ),
    get: async (id) => bodyOf<UserRecord>(await ask('users.get', byId, [id])),
    findByLoginKey: async (loginKey) => bodyOf<UserRecord>(await ask('users.findByLoginKey', byLoginKey, [loginKey])),
    replace: async (user, expectedVersion) => {
      const params = [user.id, user.version, user.loginKey, JSON.stringify(user), expectedVersion];
      try {
        const outcome = (await ask('users.replace', update, params))[0]?.['outcome'];
        return outcome === 'replaced' || outcome === 'taken' ? outcome : 'stale';
      } catch (error) {
        // Somebody took the key after the snapshot. The version was right, or nothing would have been written.
        if (isUniqueViolation(error)) return 'taken';
        throw error;
      }
    },
    delete: async (id) => (await ask('users.delete', remove, [id])).length === 1,
  };
};
