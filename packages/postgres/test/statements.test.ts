import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { fromPg, type Param, postgresStores, type Run } from '../src/index.ts';
import { missing, recorded, sessionOf, sharedPostgres, tables, userNamed } from './harness.ts';

/** Every verb once, with `word` wherever a caller has a say. Each entry is one round trip. */
const verbs = (run: Run, schema: string, word: string): Readonly<Record<string, () => Promise<unknown>>> => {
  const { users, durable, ephemeral, rateLimits } = postgresStores(run, { schema });
  const user = userNamed(word);
  const record = { ...sessionOf(word, word), data: { [word]: word } };
  const store = ephemeral.open(word);
  return {
    create: () => store.create(record),
    'create, there': () => store.create(record),
    get: () => store.get(word),
    replace: () => store.replace({ ...record, version: 2 }, 1),
    'replace, stale': () => store.replace({ ...record, version: 2 }, 1),
    listByUser: () => store.listByUser(word),
    delete: () => store.delete(word),
    'users.create': () => users.create(user),
    'users.create, taken': () => users.create(user),
    'users.get': () => users.get(word),
    'users.findByLoginKey': () => users.findByLoginKey(user.loginKey),
    'users.replace': () => users.replace({ ...user, version: 2, profile: { [word]: word } }, 1),
    'users.replace, stale': () => users.replace({ ...user, version: 2 }, 1),
    identify: async () => ephemeral.joined?.identify?.(word),
    account: async () => durable.joined?.account?.(word),
    'users.delete': () => users.delete(word),
    take: () => rateLimits.take(word, { now: 1_000, incrementMs: 10, ceilingMs: 10 }),
    'take, refused': () => rateLimits.take(word, { now: 1_000, incrementMs: 10, ceilingMs: 10 }),
    reset: () => rateLimits.reset(word),
  };
};

describe.skipIf(missing !== null)('statements', () => {
  const { schema, pool, client } = tables();

  it('are one a verb, whatever the answer', async () => {
    const { run, statements } = recorded(fromPg(pool));
    for (const [name, verb] of Object.entries(verbs(run, schema, 'word'))) {
      statements.length = 0;
      await verb();
      expect([name, statements.length]).toEqual([name, 1]);
      expect(statements[0]).not.toContain(';');
    }
  });

  it('are the same texts whatever a caller passes, and do no harm', async () => {
    const hostile = [
      "'; drop table auth_records; --",
      `${schema}.auth_users; drop schema ${schema} cascade`,
      '$1',
      "\\'; delete from auth_users; --",
      '"auth_users"',
      '%',
      '{{a}} <%= a %> :a ? @a',
      "') on conflict do nothing; truncate auth_rates; --",
    ];
    const plain = recorded(fromPg(pool));
    const wanted: unknown[] = [];
    for (const verb of Object.values(verbs(plain.run, schema, 'plain'))) wanted.push(await verb());
    for (const word of hostile) {
      const { run, statements } = recorded(fromPg(pool));
      const answers: unknown[] = [];
      for (const verb of Object.values(verbs(run, schema, word))) answers.push(await verb());
      expect(statements).toEqual(plain.statements);
      expect(JSON.stringify(answers)).toBe(
        JSON.stringify(wanted).replaceAll('plain', JSON.stringify(word).slice(1, -1)),
      );
    }
    const { rows } = await pool.query('select count(*)::int as n from pg_tables where schemaname = $1', [schema]);
    expect(rows).toEqual([{ n: 4 }]);
  });

  it('refuse a NUL, which Postgres cannot keep outside a body, as an outage', async () => {
    const { users, durable } = postgresStores(fromPg(pool), { schema });
    const record = { id: 'nul', userId: 'a\0', version: 1, expiresAt: null };
    await expect(durable.open('account').create(record)).rejects.toThrow('store unavailable: account.create');
    await expect(users.findByLoginKey('a\0')).rejects.toThrow('store unavailable: users.findByLoginKey');
    expect(await durable.open('account').get('nul')).toBeNull();
  });

  it('hold nothing but names and constants: no template has a value in it', () => {
    const folder = new URL('../src/', import.meta.url);
    const found = readdirSync(folder)
      .filter((file) => file !== 'migrations.ts')
      .flatMap((file) =>
        [...readFileSync(new URL(file, folder), 'utf8').matchAll(/\$\{((?:[^{}]|\{[^}]*\})*)\}/g)].map(
          ([, inner = '']) => `${file}: ${inner}`,
        ),
      );
    expect([...new Set(found)].sort()).toEqual(
      [
        'database.ts: schema',
        'database.ts: name',
        'from-pg.ts: hash.toString(36)',
        'joined.ts: records',
        'joined.ts: users',
        "migrate.ts: schema === null ? '' : into(schema)",
        'migrate.ts: lock',
        "migrate.ts: migrations.map(step).join('')",
        'migrate.ts: schema',
        'migrate.ts: sql',
        'migrate.ts: version',
        // Messages and names of operations.
        'options.ts: JSON.stringify(schema)',
        'options.ts: maxTimeoutMs',
        'options.ts: ms',
        'options.ts: schema',
        'rate-limits.ts: rates',
        'records.ts: kind',
        'records.ts: records',
        'records.ts: verb',
        'sweep.ts: batch',
        'sweep.ts: hour',
        'sweep.ts: instant',
        'sweep.ts: table(name)',
        'users.ts: users',
      ].sort(),
    );
  });

  it('are prepared once a connection, under names of one text each, for two schemas on one pool', async () => {
    const one = new pg.Pool({ connectionString: sharedPostgres(), max: 1 });
    const { schema: other } = second;
    const all = recorded(fromPg(one));
    for (let round = 0; round < 2; round += 1) {
      for (const name of [schema, other]) {
        for (const verb of Object.values(verbs(all.run, name, 'named'))) await verb();
      }
    }
    const { rows } = await one.query<{ name: string; statement: string }>(
      'select name, statement from pg_prepared_statements',
    );
    await one.end();
    expect(rows.map(({ statement }) => statement).sort()).toEqual([...new Set(all.statements)].sort());
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    for (const { name } of rows) expect(name).toMatch(/^sallyport_[a-z0-9]{1,50}$/);
    expect(rows.length).toBe(2 * 14);
  });
  const second = tables();

  it('have names that depend on nothing but the text', async () => {
    const namesOf = async (): Promise<readonly (string | undefined)[]> => {
      const names: (string | undefined)[] = [];
      const run = fromPg({
        query: async ({ name }) => {
          names.push(name);
          return { rows: [] };
        },
      });
      await run('select $1', [1]);
      await run('select $1 ', [1]);
      await run('select 1', []);
      return names;
    };
    expect(await namesOf()).toEqual(await namesOf());
    expect(await namesOf()).toEqual(['sallyport_1n5tgb5elcs2w', 'sallyport_2r1dfrxpjbt7c', undefined]);
  });

  it('are not prepared by name where the option says so', async () => {
    const one = await client();
    const run = fromPg(one, { prepare: 'unnamed' });
    for (const verb of Object.values(verbs(run, schema, 'unnamed'))) await verb();
    expect((await one.query('select name from pg_prepared_statements')).rows).toEqual([]);
  });

  it('ask for an index, with a plan of their own and with the one that all executions share', async () => {
    await pool.query(
      `insert into ${schema}.auth_records (kind, id, user_id, version, expires_at, body)
      select case when n % 3 = 0 then 'credential' else 'session' end, 'id' || n, 'user' || n / 4, 1,
        case when n % 3 = 0 then null else 1.7e12 + n * 60000.0 end, repeat('x', 400) from generate_series(1, 20000) n`,
    );
    await pool.query(
      `insert into ${schema}.auth_users select 'user' || n, 1, 'login' || n, 'x' from generate_series(1, 20000) n`,
    );
    await pool.query(
      `insert into ${schema}.auth_rates select 'key' || n, 1.7e12 + n * 60000.0 from generate_series(1, 20000) n`,
    );
    await pool.query(`analyze ${schema}.auth_records, ${schema}.auth_users, ${schema}.auth_rates`);
    const asked: (readonly [string, readonly Param[]])[] = [];
    const note: Run = async (...question) => {
      asked.push(question);
      return [];
    };
    for (const verb of Object.values(verbs(note, schema, 'id77'))) await verb().catch(() => {});
    await postgresStores(note, { schema }).durable.sweep?.(1.7e12 + 1_000_000);
    expect(asked).toHaveLength(23);
    const one = await client();
    for (const mode of ['force_custom_plan', 'force_generic_plan']) {
      await one.query(`set plan_cache_mode = ${mode}`);
      for (const [sql, params] of asked) {
        const { rows } = await one.query({ text: `explain ${sql}`, values: [...params] });
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        expect([mode, sql, plan]).not.toEqual([mode, sql, expect.stringContaining('Seq Scan')]);
        if (!sql.startsWith('insert')) expect(plan).toMatch(/Index (?:Only )?Scan|Bitmap Index Scan/);
        if (sql.includes('where user_id =')) expect(plan).toContain('auth_records_user');
        for (const table of ['auth_records', 'auth_rates']) {
          if (sql.includes(`delete from ${schema}.${table} where ctid`)) expect(plan).toContain(`${table}_hour`);
        }
      }
    }
  });

  it('sweep by the index with the plan that is prepared once, when next to nothing has ended', async () => {
    const asked: string[] = [];
    const note: Run = async (sql) => {
      asked.push(sql);
      return [];
    };
    await postgresStores(note, { schema }).durable.sweep?.(0);
    await pool.query(
      `insert into ${schema}.auth_records (kind, id, version, expires_at, body)
      select 'lasting', 'end' || n, 1, 3e12 + (n * 7919 % 200000) * 60000.0, repeat('x', 400) from generate_series(1, 200000) n`,
    );
    await pool.query(`analyze ${schema}.auth_records`);
    const one = await client();
    await one.query('set plan_cache_mode = force_generic_plan');
    await one.query(`prepare sweeping(float8) as ${asked[0]}`);
    const { rows } = await one.query('explain execute sweeping(1000)');
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('auth_records_hour');
    expect(plan).not.toContain('Seq Scan');
  });
});
