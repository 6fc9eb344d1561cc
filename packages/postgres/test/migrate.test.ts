import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { fromPg, migrate, postgresStores, type Run } from '../src/index.ts';
import { migrations } from '../src/migrations.ts';
import { freshSchema, missing, pgPool, sharedPostgres, userNamed, world } from './harness.ts';

const folder = new URL('../sql/', import.meta.url);
const fileNamed = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

describe('the files in sql/', () => {
  it('are what migrate runs, byte for byte, and all of it', async () => {
    expect(readdirSync(folder).sort()).toEqual(migrations.map(({ file }) => file));
    const ran: string[] = [];
    const run: Run = async (sql) => {
      ran.push(sql);
      return [];
    };
    await migrate(run);
    for (const { version, file, sql } of migrations) {
      expect(file).toMatch(new RegExp(`^${String(version).padStart(3, '0')}-[a-z-]+\\.sql$`));
      expect(sql).toBe(fileNamed(file));
      expect(ran.join('')).toContain(`$sql$${fileNamed(file)}$sql$`);
    }
    expect(ran).toHaveLength(1);
  });

  it('have no quoting that would end theirs, and record their version', () => {
    for (const { version, sql } of migrations) {
      expect(sql).not.toMatch(/\$(?:sql|migrate)\$/);
      expect(sql).toContain(`insert into auth_migrations (version) values (${version}) on conflict do nothing;`);
    }
  });
});

describe.skipIf(missing !== null)('migrate', () => {
  const { ends } = world();
  const admin = new pg.Pool({ connectionString: missing === null ? sharedPostgres() : '', max: 10 });
  ends.push(() => admin.end());
  const schemaOf = (): string => {
    const schema = freshSchema();
    ends.push(() => admin.query(`drop schema if exists ${schema} cascade`));
    return schema;
  };
  const countOf = async (schema: string): Promise<number> =>
    (await admin.query(`select from ${schema}.auth_migrations`)).rowCount ?? 0;
  const works = async (run: Run, schema?: string): Promise<void> => {
    const { users } = postgresStores(run, schema === undefined ? {} : { schema });
    const user = userNamed('someone');
    expect(await users.create(user)).toEqual(user);
  };

  it('makes the schema and the tables; again it changes nothing', async () => {
    const schema = schemaOf();
    const run = fromPg(admin);
    await migrate(run, { schema });
    await works(run, schema);
    await migrate(run, { schema });
    expect(await countOf(schema)).toBe(migrations.length);
    expect(await postgresStores(run, { schema }).users.get('someone')).toEqual(userNamed('someone'));
  });

  it('runs once where eight connections call it at the same time, three times over', async () => {
    for (let round = 0; round < 3; round += 1) {
      const schema = schemaOf();
      const clients = Array.from({ length: 8 }, () => pgPool(1)(sharedPostgres()));
      await Promise.all(clients.map(({ run }) => run('select 1', [])));
      await Promise.all(clients.map(({ run }) => migrate(run, { schema })));
      await Promise.all(clients.map(({ close }) => close()));
      expect(await countOf(schema)).toBe(migrations.length);
      await works(fromPg(admin), schema);
    }
  });

  it('without a schema uses the search_path', async () => {
    const schema = schemaOf();
    await admin.query(`create schema ${schema}`);
    const url = `${sharedPostgres()}?options=-csearch_path%3D${schema}`;
    const { run, close } = pgPool(1)(url);
    await migrate(run);
    await works(run);
    await close();
    expect(await countOf(schema)).toBe(migrations.length);
  });

  it('leaves the path of a transaction of the application as it was, and ends with it', async () => {
    const schema = schemaOf();
    const client = await admin.connect();
    const path = async (): Promise<unknown> => (await client.query('show search_path')).rows;
    const before = await path();
    await client.query('begin');
    await migrate(fromPg(client), { schema });
    expect(await path()).toEqual(before);
    await works(fromPg(client), schema);
    await client.query('rollback');
    client.release();
    expect((await admin.query('select to_regnamespace($1) as found', [schema])).rows).toEqual([{ found: null }]);
  });

  it('finds what a tool of the application ran from the files', async () => {
    const schema = schemaOf();
    const client = await admin.connect();
    await client.query(`create schema ${schema}; set search_path to ${schema}`);
    for (const { file } of migrations) await client.query(fileNamed(file));
    for (const { file } of migrations) await client.query(fileNamed(file));
    client.release(true);
    await migrate(fromPg(admin), { schema });
    expect(await countOf(schema)).toBe(migrations.length);
    await works(fromPg(admin), schema);
  });

  it('asks for no right to create where everything is there', async () => {
    const schema = schemaOf();
    const role = freshSchema();
    await migrate(fromPg(admin), { schema });
    await admin.query(`create role ${role} login; grant usage on schema ${schema} to ${role};
      grant select, insert, update, delete on all tables in schema ${schema} to ${role}`);
    ends.push(() => admin.query(`drop owned by ${role}; drop role ${role}`));
    const { run, close } = pgPool(1)(sharedPostgres().replace('postgres@', `${role}@`));
    await migrate(run, { schema });
    await works(run, schema);
    await close();
    const other = schemaOf();
    const again = pgPool(1)(sharedPostgres().replace('postgres@', `${role}@`));
    await expect(migrate(again.run, { schema: other })).rejects.toThrow('store unavailable: migrate');
    await again.close();
  });
});
