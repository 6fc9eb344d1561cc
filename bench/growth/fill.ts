import type pg from 'pg';
import { credentialOf, sessionOf, userOf } from '../storage/samples.ts';

export const perUser = 5;

/** The id of the nth session: 43 characters, as of a digest, the same here and in SQL. */
export const idSql = (n: string): string =>
  `translate(encode(sha256(convert_to(${n}::text, 'UTF8')), 'base64'), '+/=', '-_')`;
export const userIdSql = (n: string): string => `'usr_' || lpad((${n})::text, 22, '0')`;

const week = 604_800_000;
const text = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "''")}'`;
const body = (template: unknown, id: string, user: string): string =>
  `replace(replace(${text(template)}, '$id', ${id}), '$user', ${user})`;

/** Everything that makes a write dear is put back when the rows are there; of a partitioned table, on every partition. */
interface Index {
  readonly drop: string;
  readonly make: string;
}

const indexes = `select case when c.oid is null then format('drop index %s', i.indexrelid::regclass)
  else format('alter table %s drop constraint %I', i.indrelid::regclass, c.conname) end as drop,
case when c.oid is null then replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
  else format('alter table %s add constraint %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) end as make
from pg_index i join pg_class t on t.oid = i.indrelid left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
where t.relnamespace = current_schema()::regnamespace and not t.relispartition
and t.relname in ('auth_records', 'auth_users', 'auth_rates')`;

export interface Fill {
  readonly sessions: number;
  /** Of them: one in so many ended within the last month; 0 = none. */
  readonly endedOneIn: number;
}

/** That many sessions, five a user, with their credentials and users, and a rate for every tenth, in the current schema. */
export const fill = async (client: pg.Client, { sessions, endedOneIn }: Fill): Promise<void> => {
  const users = Math.ceil(sessions / perUser);
  const { rows } = await client.query<Index>(indexes);
  for (const { drop } of rows) await client.query(drop);
  const now = Date.now();
  const ended = endedOneIn === 0 ? 'false' : `n % ${endedOneIn} = 0`;
  const owner = userIdSql(`n % ${users}`);
  await client.query(`insert into auth_records (kind, id, user_id, version, expires_at, body)
select 'session', id, owner, 1, case when ended then ${now} - 1 - n * 604801 % ${4 * week} else ${now} + 60000 + n * 604801 % ${week} end,
${body(sessionOf('$id', '$user'), 'id', 'owner')}
from (select n, ${idSql('n')} as id, ${owner} as owner, ${ended} as ended from generate_series(0::bigint, ${sessions - 1}) n) r`);
  await client.query(`insert into auth_records (kind, id, user_id, version, expires_at, body)
select 'credential', owner, owner, 1, null, ${body(credentialOf('$user'), 'owner', 'owner')}
from (select ${userIdSql('n')} as owner from generate_series(0, ${users - 1}) n) r`);
  await client.query(`insert into auth_users (id, version, login_key, body)
select owner, 1, owner || '@example.com', ${body(userOf('$user'), 'owner', 'owner')}
from (select ${userIdSql('n')} as owner from generate_series(0, ${users - 1}) n) r`);
  await client.query(`insert into auth_rates (key, tat)
select 'login_ip:' || n, ${now} + n % 3600000 from generate_series(0, ${Math.ceil(sessions / 10) - 1}) n`);
  for (const { make } of rows) await client.query(make);
  await client.query('vacuum (analyze) auth_records, auth_users, auth_rates');
};
