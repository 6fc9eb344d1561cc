import { fromPg, postgresStores } from '@sallyport/postgres';
import { startPostgres } from '../../tools/services/postgres.ts';
import { fill } from './fill.ts';
import { openSchema, settings } from './postgres.ts';

export interface Sweep {
  readonly sessions: number;
  readonly removed: number;
  readonly seconds: number;
  /** Of one batch, which is how long a row is held at the most. */
  readonly longestMs: number;
  readonly batches: number;
  /** One `delete` of them all, rolled back. */
  readonly bareSeconds: number;
  /** What is left to do when there is nothing. */
  readonly nothingMs: number;
}

/** One session in ten has ended. */
export const sweepOnPostgres = async (sessions: number): Promise<Sweep> => {
  const server = await startPostgres({ settings });
  const client = await openSchema(server.url, 'sweep');
  try {
    await fill(client, { sessions, endedOneIn: 10 });
    const now = Date.now();
    const bareSeconds = await secondsOf(async () => {
      await client.query('begin');
      await client.query('delete from auth_records where expires_at < $1', [now]);
    });
    await client.query('rollback');
    await client.query('vacuum (analyze) auth_records');
    const times: number[] = [];
    const run = fromPg(client);
    const { ephemeral } = postgresStores(async (sql, params) => {
      const start = performance.now();
      const rows = await run(sql, params);
      times.push(performance.now() - start);
      return rows;
    });
    let removed = 0;
    const seconds = await secondsOf(async () => {
      removed = (await ephemeral.sweep?.(now)) ?? 0;
    });
    const batches = times.length;
    const longestMs = Math.max(...times);
    await ephemeral.sweep?.(now);
    const nothingMs = times.slice(batches).reduce((sum, ms) => sum + ms, 0);
    return { sessions, removed, seconds, longestMs, batches, bareSeconds, nothingMs };
  } finally {
    await client.end();
    await server.stop();
  }
};

const secondsOf = async (call: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await call();
  return (performance.now() - start) / 1_000;
};

export const sweepRow = ({ sessions, removed, seconds, longestMs, batches, bareSeconds, nothingMs }: Sweep): string =>
  `  ${removed} of ${sessions} in ${seconds.toFixed(1)} s, ${batches} statements, the longest ${longestMs.toFixed(0)} ms; one delete of them all ${bareSeconds.toFixed(1)} s; nothing to remove ${nothingMs.toFixed(1)} ms`;
