import { createHash } from 'node:crypto';
import { createAuth, type HeaderSource, password, type Stores, seconds } from '@sallyport/core';
import { fromPg, migrate, postgresStores, type Run } from '@sallyport/postgres';
import { fromNodeRedis, type RedisEval, redisStores } from '@sallyport/redis';
import pg from 'pg';
import { createClient } from 'redis';
import { startPostgres } from '../../tools/services/postgres.ts';
import { startRedis } from '../../tools/services/redis.ts';
import { fastVerbs, populate } from './verbs.ts';

export interface Trips {
  readonly what: string;
  /** Commands that clients sent to Redis, as `MONITOR` shows them; those of scripts are not among them. */
  readonly redis: readonly string[];
  /** Statements on Postgres, as `pg_stat_statements` counts them. */
  readonly statements: number;
  /** How often somebody waited: calls that leave in one turn are one. */
  readonly turns: number;
}

/** Counted, not timed: what a verb and a request cost in round trips. */
export const storageTrips = async (): Promise<readonly Trips[]> => {
  const wire = await openWire();
  try {
    const list: Trips[] = [];
    for (const [where, stores] of [
      ['Postgres', wire.postgres],
      ['Redis', { ...wire.postgres, ...wire.redis }],
    ] as const) {
      for (const { name, prepare } of fastVerbs(stores, await populate(stores))) {
        const [first, thunk] = await prepare(stores, 2);
        // The first one makes the script known to the server, and the statement to the connection.
        await first?.();
        if (thunk !== undefined) list.push(await wire.count(`${name} on ${where}`, thunk));
      }
    }
    const mixed: Stores = { ...wire.postgres, ...wire.redis };
    list.push(...(await requests('Postgres alone', wire, { stores: wire.postgres })));
    list.push(...(await requests('Redis and Postgres', wire, { stores: mixed })));
    list.push(
      ...(await requests('Redis and Postgres, lag 5 s', wire, {
        stores: mixed,
        session: { revocationLag: seconds(5) },
      })),
    );
    return list;
  } finally {
    await wire.close();
  }
};

const requests = async (
  where: string,
  wire: Wire,
  own: { readonly stores: Stores; readonly session?: { readonly revocationLag: number } },
): Promise<readonly Trips[]> => {
  const auth = createAuth({
    mode: 'development',
    origin: 'https://app.example.com',
    secrets: `1:${createHash('sha256').update('bench').digest('base64url')}`,
    notifier: { send: async () => {} },
    registration: 'open',
    features: [password()],
    ...own,
  });
  const input = { email: `${where.replaceAll(/\W/g, '')}@example.com`, password: 'correct horse battery staple' };
  const context = { peer: '127.0.0.1' };
  const { cookies } = await auth.api.register(input, new Headers(), context);
  const cookie = cookies.map((one) => one.split(';', 1)[0]).join('; ');
  const source: HeaderSource = { get: (name) => (name === 'cookie' ? cookie : null) };
  const authenticate = async (): Promise<void> => {
    if ((await auth.authenticate(source)) === null) throw new Error('nobody is signed in');
  };
  const login = async (): Promise<void> => {
    await auth.api.login(input, new Headers(), context);
  };
  // What registration leaves to do, and the cache within the lag.
  await new Promise((resolve) => setTimeout(resolve, 100));
  await authenticate();
  return [
    await wire.count(`an authenticated request, ${where}`, authenticate),
    await wire.count(`a login by password, ${where}`, login),
  ];
};

interface Wire {
  readonly postgres: Stores;
  readonly redis: Pick<Stores, 'ephemeral' | 'rateLimits'>;
  count(what: string, call: () => Promise<unknown>): Promise<Trips>;
  close(): Promise<void>;
}

const openWire = async (): Promise<Wire> => {
  const database = await startPostgres({ settings: { shared_preload_libraries: 'pg_stat_statements' } });
  const server = await startRedis();
  const pool = new pg.Pool({ connectionString: database.url });
  const client = createClient({ url: server.url });
  const watcher = createClient({ url: server.url });
  await Promise.all([client.connect(), watcher.connect()]);
  const seen: string[] = [];
  await watcher.monitor((line) => seen.push(line));
  await pool.query('create extension pg_stat_statements');

  let turns = 0;
  let open = 0;
  const waited = async <T>(call: () => Promise<T>): Promise<T> => {
    if (open === 0) turns += 1;
    open += 1;
    try {
      return await call();
    } finally {
      open -= 1;
    }
  };
  const run = fromPg(pool);
  const counted: Run = (sql, params) => waited(() => run(sql, params));
  const evaluate = fromNodeRedis(client);
  const countedEval: RedisEval = (...call) => waited(() => evaluate(...call));
  await migrate(run);

  return {
    postgres: postgresStores(counted),
    redis: redisStores(countedEval),
    count: async (what, call) => {
      await pool.query('select pg_stat_statements_reset()');
      await settled(client);
      seen.length = 0;
      turns = 0;
      await call();
      const turnsOfCall = turns;
      // What a request leaves to do is counted too: it begins in a turn of its own.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await settled(client);
      const { rows } = await pool.query<{ calls: number }>(
        "select coalesce(sum(calls), 0)::int as calls from pg_stat_statements where toplevel and query not like '%pg_stat_statements%'",
      );
      return { what, redis: commandsIn(seen), statements: rows[0]?.calls ?? Number.NaN, turns: turnsOfCall };
    },
    close: async () => {
      client.destroy();
      watcher.destroy();
      await pool.end();
      await Promise.all([database.stop(), server.stop()]);
    },
  };
};

/** The monitor has shown all that came before this. */
const settled = async (client: { echo(text: string): Promise<unknown> }): Promise<void> => {
  await client.echo('settled');
  await new Promise((resolve) => setTimeout(resolve, 20));
};

/** `1700000000.000000 [0 127.0.0.1:40000] "GET" "auth:…"`; a script's own commands say `[0 lua]`. */
const commandsIn = (lines: readonly string[]): readonly string[] =>
  lines
    .filter((line) => !line.includes('[0 lua]'))
    .map((line) => /"(\w+)"/.exec(line)?.[1]?.toUpperCase() ?? line)
    .filter((command) => command !== 'ECHO');

export const tripsTable = (trips: readonly Trips[]): string => {
  const lines = trips.map(({ what, redis, statements, turns }) => {
    const commands = redis.length === 0 ? '-' : redis.join(' ');
    return `  ${what.padEnd(54)} ${String(statements).padStart(4)} statements   ${turns} turns   ${commands}`;
  });
  return ['Round trips', ...lines].join('\n');
};
