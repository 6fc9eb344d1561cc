import type pg from 'pg';
import { startPostgres } from '../../tools/services/postgres.ts';
import { fill } from './fill.ts';
import { openSchema, settings, sizesOf } from './postgres.ts';

/** What a touch of a session writes: a deadline that moved, in a row whose indexes it leaves alone (HOT) or not. */
export interface Touches {
  readonly layout: string;
  readonly everyMinutes: number;
  /** Of the second half of all touches. */
  readonly hotShare: number;
  readonly bytesPerSession: number;
  readonly indexBytesPerSession: number;
  readonly updatesPerSecond: number;
}

const sessions = 10_000;
const passes = 24;

const hourly = (buckets: string): readonly string[] => [
  'drop index auth_records_hour',
  'alter table auth_records drop column expires_hour',
  `alter table auth_records add column expires_hour double precision generated always as (${buckets}) stored`,
  'create index auth_records_hour on auth_records (expires_hour) where expires_hour is not null',
];
const full = (percent: number): string => `alter table auth_records set (fillfactor = ${percent})`;

const variants: readonly { readonly name: string; readonly ddl: readonly string[]; readonly everyMinutes: number }[] = [
  { name: 'index on the hour (today)', ddl: [], everyMinutes: 5 },
  { name: 'index on the instant', ddl: hourly('expires_at'), everyMinutes: 5 },
  { name: 'index on the day', ddl: hourly('floor(expires_at / 86400000)'), everyMinutes: 5 },
  { name: 'index on the hour, fillfactor 90', ddl: [full(90)], everyMinutes: 5 },
  { name: 'index on the hour, fillfactor 80', ddl: [full(80)], everyMinutes: 5 },
  {
    name: 'index on the day, fillfactor 90',
    ddl: [...hourly('floor(expires_at / 86400000)'), full(90)],
    everyMinutes: 5,
  },
  { name: 'index on the hour (today)', ddl: [], everyMinutes: 60 },
  { name: 'index on the day', ddl: hourly('floor(expires_at / 86400000)'), everyMinutes: 60 },
  {
    name: 'index on the day, fillfactor 90',
    ddl: [...hourly('floor(expires_at / 86400000)'), full(90)],
    everyMinutes: 60,
  },
];

/** Every session once in random order, in transactions of 100; again and again, as far apart as touches are. */
const procedure = `create procedure touch_all(at double precision) language plpgsql as $$
declare ids text[]; part text[];
begin
  select array_agg(id order by random()) into ids from auth_records where kind = 'session';
  for n in 0 .. array_length(ids, 1) / 100 - 1 loop
    part := ids[n * 100 + 1 : n * 100 + 100];
    update auth_records set version = version + 1, expires_at = at, body = body where kind = 'session' and id = any (part);
    commit;
  end loop;
end $$`;

export const touchesOnPostgres = async (tell: (touches: Touches) => void): Promise<readonly Touches[]> => {
  const server = await startPostgres({ settings: { ...settings, autovacuum_naptime: '2s' } });
  try {
    const all: Touches[] = [];
    for (const [n, variant] of variants.entries()) {
      const client = await openSchema(server.url, `touches_${n}`);
      const touches = await touched(client, variant);
      tell(touches);
      all.push(touches);
      await client.query(`drop schema touches_${n} cascade`);
      await client.end();
    }
    return all;
  } finally {
    await server.stop();
  }
};

interface Counts {
  readonly updates: number;
  readonly hot: number;
}

const touched = async (client: pg.Client, { name, ddl, everyMinutes }: (typeof variants)[number]): Promise<Touches> => {
  for (const statement of ddl) await client.query(statement);
  await fill(client, { sessions, endedOneIn: 0 });
  await client.query(procedure);
  // A week from now, at the beginning of an hour and a day, a second a session apart at the most.
  const day = 86_400_000;
  const begin = (Math.floor(Date.now() / day) + 7) * day;
  let middle: Counts = { updates: 0, hot: 0 };
  const start = performance.now();
  for (let pass = 0; pass < passes; pass += 1) {
    if (pass === passes / 2) middle = await counts(client);
    await client.query('call touch_all($1)', [begin + pass * everyMinutes * 60_000]);
  }
  const seconds = (performance.now() - start) / 1_000;
  const end = await counts(client);
  const sizes = await sizesOf(client);
  return {
    layout: name,
    everyMinutes,
    hotShare: (end.hot - middle.hot) / (end.updates - middle.updates),
    bytesPerSession: sizes.records / sessions,
    indexBytesPerSession: sizes.indexes / sessions,
    updatesPerSecond: (sessions * passes) / seconds,
  };
};

/** The statistics of a session reach the view when it is idle for a while. */
const counts = async (client: pg.Client): Promise<Counts> => {
  await client.query('select pg_stat_force_next_flush()');
  const { rows } = await client.query<Counts>(
    `select n_tup_upd::int as updates, n_tup_hot_upd::int as hot from pg_stat_user_tables
where schemaname = current_schema() and relname = 'auth_records'`,
  );
  return rows[0] ?? { updates: 0, hot: 0 };
};

export const touchesRow = (touches: Touches): string =>
  `  ${touches.layout.padEnd(34)} every ${String(touches.everyMinutes).padStart(2)} min  HOT ${(touches.hotShare * 100).toFixed(1).padStart(5)} %  ${touches.bytesPerSession.toFixed(0).padStart(5)} B a session (${touches.indexBytesPerSession.toFixed(0)} index)  ${touches.updatesPerSecond.toFixed(0)} updates/s`;
