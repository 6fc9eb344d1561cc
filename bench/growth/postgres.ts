import { createHash } from 'node:crypto';
import type { SessionRecord, Stores } from '@sallyport/core/ports';
import { fromPg, migrate, postgresStores } from '@sallyport/postgres';
import pg from 'pg';
import { startPostgres } from '../../tools/services/postgres.ts';
import { micros, quantile, type Thunk } from '../storage/duel.ts';
import { places, secretId, sessionOf, takeOf, userIdOf } from '../storage/samples.ts';
import { fill, perUser } from './fill.ts';
import type { Layout } from './layouts.ts';

export interface VerbCost {
  /** One after another, from here to there and back. */
  readonly medianMicros: number;
  /** In the server, without parsing and the wire. */
  readonly serverMicros: number;
  /** Pages of 8 KB that it looked at: what noise cannot touch. */
  readonly pages: number;
}

export interface Growth {
  readonly layout: string;
  readonly sessions: number;
  readonly fillSeconds: number;
  /** Of the three tables with all their indexes. */
  readonly bytes: number;
  /** Of the records' table alone, a session with its fifth of a credential. */
  readonly bytesPerSession: number;
  readonly indexBytesPerSession: number;
  readonly verbs: Readonly<Record<string, VerbCost>>;
}

const calls = 2_000;

export const settings: Readonly<Record<string, string>> = {
  shared_preload_libraries: 'pg_stat_statements',
  shared_buffers: '1GB',
  maintenance_work_mem: '1GB',
  max_wal_size: '8GB',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

export const growthOnPostgres = async (
  plan: readonly { readonly layout: Layout; readonly sessions: number }[],
  tell: (growth: Growth) => void,
): Promise<readonly Growth[]> => {
  const server = await startPostgres({ settings });
  try {
    const all: Growth[] = [];
    for (const { layout, sessions } of plan) {
      const growth = await grown(server.url, layout, sessions);
      tell(growth);
      all.push(growth);
    }
    return all;
  } finally {
    await server.stop();
  }
};

/** A client whose schema is its own, with the tables of `migrate` in it. */
export const openSchema = async (url: string, schema: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create extension if not exists pg_stat_statements schema public');
  await client.query(`create schema ${schema}`);
  await client.query(`set search_path to ${schema}, public`);
  await migrate(fromPg(client));
  return client;
};

const grown = async (url: string, layout: Layout, sessions: number): Promise<Growth> => {
  const client = await openSchema(url, 'growth');
  try {
    for (const statement of layout.ddl) await client.query(statement);
    const start = performance.now();
    await fill(client, { sessions, endedOneIn: 0 });
    const fillSeconds = (performance.now() - start) / 1_000;
    const sizes = await sizesOf(client);
    const verbs: Record<string, VerbCost> = {};
    const stores = postgresStores(fromPg(client));
    for (const [name, thunk] of Object.entries(verbsOn(stores, sessions))) {
      if (name !== 'listByUser' || layout.finds === 'by user') verbs[name] = await cost(client, thunk);
    }
    return {
      layout: layout.name,
      sessions,
      fillSeconds,
      bytes: sizes.all,
      bytesPerSession: sizes.records / sessions,
      indexBytesPerSession: sizes.indexes / sessions,
      verbs,
    };
  } finally {
    await client.query('drop schema growth cascade');
    await client.end();
  }
};

export interface Sizes {
  readonly records: number;
  readonly indexes: number;
  readonly all: number;
}

export const sizesOf = async (client: pg.Client): Promise<Sizes> => {
  const { rows } = await client.query<{ name: string; total: string; indexes: string }>(
    `select relname as name, pg_total_relation_size(oid) as total, pg_indexes_size(oid) as indexes from pg_class
where relnamespace = current_schema()::regnamespace and relkind = 'r'`,
  );
  const records = rows.filter(({ name }) => name.startsWith('auth_records'));
  const sum = (list: typeof rows, column: 'total' | 'indexes'): number =>
    list.reduce((total, row) => total + Number(row[column]), 0);
  return { records: sum(records, 'total'), indexes: sum(records, 'indexes'), all: sum(rows, 'total') };
};

export const idOf = (n: number): string => createHash('sha256').update(String(n)).digest('base64url');

const verbsOn = (stores: Stores, sessions: number): Readonly<Record<string, Thunk>> => {
  const store = stores.ephemeral.open<SessionRecord>('session');
  const users = Math.ceil(sessions / perUser);
  const place = places(7);
  const versions = new Map<number, number>();
  return {
    get: () => store.get(idOf(place(sessions))),
    identify: async () => stores.ephemeral.joined?.identify?.(idOf(place(sessions))),
    listByUser: () => store.listByUser(userIdOf(place(users))),
    create: () => store.create(sessionOf(secretId(), userIdOf(place(users)))),
    touch: () => {
      const n = place(sessions);
      const version = versions.get(n) ?? 1;
      versions.set(n, version + 1);
      return store.replace({ ...sessionOf(idOf(n), userIdOf(n % users)), version: version + 1 }, version);
    },
    take: () => stores.rateLimits.take(`login_ip:${place(Math.ceil(sessions / 10))}`, takeOf()),
  };
};

const counted = `select sum(calls)::float as calls, sum(total_exec_time)::float * 1000 as micros,
sum(shared_blks_hit + shared_blks_read)::float as pages from pg_stat_statements
where toplevel and query not like '%pg_stat_statements%'`;

const cost = async (client: pg.Client, thunk: Thunk): Promise<VerbCost> => {
  const right = (answer: unknown): boolean => answer !== null && answer !== false && answer !== undefined;
  for (let n = 0; n < calls / 10; n += 1) if (!right(await thunk())) throw new Error('a wrong answer');
  await client.query('select pg_stat_statements_reset()');
  const times: number[] = [];
  for (let n = 0; n < calls; n += 1) times.push(await micros(thunk));
  const { rows } = await client.query<{ calls: number; micros: number; pages: number }>(counted);
  const [row] = rows;
  if (row?.calls !== calls) throw new Error(`${calls} calls were ${row?.calls} statements`);
  return {
    medianMicros: quantile(times, 0.5),
    serverMicros: row.micros / row.calls,
    pages: row.pages / row.calls,
  };
};

export const growthRow = ({
  layout,
  sessions,
  bytes,
  bytesPerSession,
  indexBytesPerSession,
  verbs,
}: Growth): string => {
  const sizes = `${(bytes / 2 ** 20).toFixed(0).padStart(6)} MiB ${bytesPerSession.toFixed(0).padStart(5)} B (${indexBytesPerSession.toFixed(0)} index)`;
  const costs = Object.entries(verbs).map(
    ([name, { medianMicros, serverMicros, pages }]) =>
      `${name} ${medianMicros.toFixed(0)}/${serverMicros.toFixed(0)} µs ${pages.toFixed(1)} p`,
  );
  return `  ${layout.padEnd(28)} ${sessions.toExponential(0)} ${sizes}  ${costs.join(', ')}`;
};
