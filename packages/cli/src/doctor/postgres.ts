import { isBelowOwaspFloor, parsePhc } from '@sallyport/core/hashing';
import type { Row, Run } from '@sallyport/postgres';
import type { Io } from '../command.ts';
import { migrationFiles, openDatabase, versionIn } from '../postgres.ts';
import { type Finding, judged, ok, unseen } from './report.ts';
import { sealedWith } from './sealed.ts';

const hourMs = 3_600_000;

/** Counts and versions alone: no row of anybody leaves the database. */
export const postgresFindings = async (io: Io, prefix: string): Promise<readonly Finding[]> => {
  const { run, close } = await openDatabase(io);
  try {
    const one = async (sql: string): Promise<Row> => (await run(sql, []))[0] ?? {};
    const { version, replica } = await one(
      `select current_setting('server_version_num')::int as version, pg_is_in_recovery() as replica`,
    );
    const [has, wanted] = [await versionIn(run, prefix), Math.max(...migrationFiles().map((file) => file.version))];
    const general = [
      judged('postgres_version', Number(version) >= 120_000, [
        `${Number(version) / 10_000}`,
        `${Number(version) / 10_000}`,
      ]),
      judged('postgres_primary', replica === false, [
        'it takes writes',
        'it is a replica, and answers what was true a moment ago',
      ]),
      judged('postgres_migrations', has >= wanted, [
        `version ${has}`,
        has === 0 ? 'there are no tables: sallyport migrate' : `version ${has} of ${wanted}: sallyport migrate`,
      ]),
    ];
    if (has === 0) return general;
    const { AUTH_SECRETS: secrets } = io.env;
    const sealed = await sealedWith(run, prefix, secrets);
    return [...general, await sweeping(run, prefix), ...(await hashes(run, prefix)), sealed];
  } finally {
    await close();
  }
};

/** Sweeping is hourly: what ended a day ago and is still there was never swept. */
const sweeping = async (run: Run, prefix: string): Promise<Finding> => {
  const before = Date.now() - 24 * hourMs;
  const [row] = await run(`select count(*) as left from ${prefix}auth_records where expires_at < $1`, [before]);
  const count = Number(row?.['left']);
  return judged('postgres_sweep', count === 0, [
    'nothing that ended a day ago is left',
    `${count} records that ended a day ago: auth.sweep() is not called`,
  ]);
};

/** Everything up to the salt: the algorithm and what it costs. */
const forms = (prefix: string): string => `
  select coalesce(substring(password from '^(\\$argon2id\\$v=[0-9]+\\$[a-z0-9=,]+)\\$[^$]+\\$[^$]+$'),
                  substring(password from '^(\\$2[aby]\\$[0-9]+\\$|\\$?[a-z0-9_-]{2,20}[$:]|[0-9a-f]{32}:)'), 'unknown') as form,
         count(*) as users
  from (select body::json ->> 'password' as password from ${prefix}auth_records where kind = 'credential') as credentials
  where password is not null group by 1 order by 2 desc limit 50`;

const hashes = async (run: Run, prefix: string): Promise<readonly Finding[]> => {
  const rows = (await run(forms(prefix), [])).map(({ form, users }) => ({ form: String(form), users: Number(users) }));
  if (rows.length === 0)
    return ['passwords_cost', 'passwords_plain'].map((id) => unseen(id, 'nobody has a password yet'));
  const said = rows.map(({ form, users }) => `${users} × ${form}`).join(', ');
  const weak = rows.filter(({ form }) => isWeak(form));
  const plain = rows.find(({ form }) => form === 'unknown');
  return [
    judged('passwords_cost', weak.length === 0, [said, `${said}: below the floor of OWASP`]),
    plain === undefined
      ? ok('passwords_plain', 'every one is a hash')
      : judged('passwords_plain', false, ['', `${plain.users} are no hash that is known here`]),
  ];
};

/** What other systems wrote goes with its owner's next login; bcrypt below 10 is below the sheet's own floor for it. */
const isWeak = (form: string): boolean => {
  const bcrypt = /^\$2[aby]\$(\d+)\$$/.exec(form)?.[1];
  if (bcrypt !== undefined) return Number(bcrypt) < 10;
  if (!form.startsWith('$argon2id$')) return false;
  const { m = 0, t = 0, p = 0 } = parsePhc(`${form}$AAAAAAAAAAA$${'A'.repeat(43)}`)?.params ?? {};
  return isBelowOwaspFloor({ memoryKiB: m, passes: t, lanes: p });
};
