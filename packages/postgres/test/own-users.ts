import { storeCall, type UserRecord, type UserStore } from '@sallyport/core/ports';
import type { Row, Run } from '@sallyport/postgres';

const columns = `id::text, version, login_key, email, extract(epoch from email_verified_at) * 1000 as verified_at,
  extract(epoch from created_at) * 1000 as created_at, profile`;
const insert = `insert into users (version, login_key, email, email_verified_at, created_at, profile)
  values ($1, $2, $3, to_timestamp($4::double precision / 1000), to_timestamp($5::double precision / 1000), $6)
  on conflict do nothing returning ${columns}`;
const update = `update users set version = $1, login_key = $2, email = $3,
  email_verified_at = to_timestamp($4::double precision / 1000), profile = $5
  where id = $6::bigint and version = $7 returning id`;

const userOf = ({ id, version, login_key, email, verified_at, created_at, profile }: Row): UserRecord => ({
  id: String(id),
  version: Number(version),
  loginKey: String(login_key),
  email: email === null ? null : String(email),
  emailVerifiedAt: verified_at === null ? null : Number(verified_at),
  createdAt: Number(created_at),
  profile: JSON.parse(String(profile)),
});

/** Anything else is the id of nobody, and must not reach a cast. */
const isId = (id: string): boolean => /^[1-9][0-9]{0,17}$/.test(id);

export const ownUsers = (run: Run): UserStore => {
  const one = (name: string, sql: string, params: (string | number | null)[]): Promise<UserRecord | null> =>
    storeCall(name, 5_000, async () => {
      const [row] = await run(sql, params);
      return row === undefined ? null : userOf(row);
    });
  return {
    create: ({ version, loginKey, email, emailVerifiedAt, createdAt, profile }) =>
      one('users.create', insert, [version, loginKey, email, emailVerifiedAt, createdAt, JSON.stringify(profile)]),
    get: async (id) => (isId(id) ? one('users.get', `select ${columns} from users where id = $1::bigint`, [id]) : null),
    findByLoginKey: (loginKey) =>
      one('users.findByLoginKey', `select ${columns} from users where login_key = $1`, [loginKey]),
    replace: ({ id, version, loginKey, email, emailVerifiedAt, profile }, expectedVersion) =>
      storeCall('users.replace', 5_000, async () => {
        if (!isId(id)) return 'stale';
        const params = [version, loginKey, email, emailVerifiedAt, JSON.stringify(profile), id, expectedVersion];
        try {
          return (await run(update, params)).length === 1 ? 'replaced' : 'stale';
        } catch (error) {
          if (error instanceof Error && 'code' in error && error.code === '23505') return 'taken';
          throw error;
        }
      }),
    delete: async (id) =>
      isId(id) &&
      storeCall('users.delete', 5_000, async () => {
        const rows = await run('delete from users where id = $1::bigint returning id', [id]);
        return rows.length === 1;
      }),
  };
};
