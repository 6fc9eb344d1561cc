import { createClient } from 'redis';
import type { Backends } from './contender.ts';
import type { Running } from './mounted.ts';

/** What one signed-in request asks of the stores. */
export interface Trips {
  /** Commands that a client sent to Redis, as `MONITOR` shows them; those of scripts are not among them. */
  readonly redis: readonly string[];
  /** Statements on Postgres, as `pg_stat_statements` counts them. */
  readonly statements: number;
}

export interface TripCounter {
  count(server: Running): Promise<Trips>;
  close(): void;
}

/** Needs a Postgres with `shared_preload_libraries: pg_stat_statements`. */
export const tripCounter = async ({ pool, redis }: Backends, redisUrl: string): Promise<TripCounter> => {
  await pool.query('create extension if not exists pg_stat_statements');
  const seen: string[] = [];
  const watcher = createClient({ url: redisUrl });
  watcher.on('error', () => {});
  await watcher.connect();
  await watcher.monitor((line) => seen.push(line));
  /** The monitor has shown all that came before this. */
  const settled = async (): Promise<void> => {
    const mark = `settled ${Math.random()}`;
    await redis.echo(mark);
    while (!seen.some((line) => line.includes(mark))) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return {
    count: async ({ url, credentials }) => {
      const ask = async (): Promise<void> => {
        await (await fetch(url, { headers: credentials })).arrayBuffer();
        // What a request leaves to do after its answer is counted too.
        await new Promise((resolve) => setTimeout(resolve, 30));
      };
      // The first one fills what is cached within a lag, and prepares statements.
      await ask();
      await pool.query('select pg_stat_statements_reset()');
      await settled();
      seen.length = 0;
      await ask();
      await settled();
      const { rows } = await pool.query<{ calls: number }>(
        "select coalesce(sum(calls), 0)::int as calls from pg_stat_statements where toplevel and query not like '%pg_stat_statements%'",
      );
      return { redis: commandsIn(seen), statements: rows[0]?.calls ?? Number.NaN };
    },
    close: () => watcher.destroy(),
  };
};

/** `1700000000.000000 [0 127.0.0.1:40000] "GET" "auth:…"`; a script's own commands say `[0 lua]`. */
const commandsIn = (lines: readonly string[]): readonly string[] =>
  lines
    .filter((line) => !line.includes('[0 lua]'))
    .map((line) => /"(\w+)"/.exec(line)?.[1]?.toUpperCase() ?? line)
    .filter((command) => command !== 'ECHO');
