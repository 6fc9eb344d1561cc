import type { Stores } from '@sallyport/core';
import { fromPg, migrate, postgresStores, type Run } from '@sallyport/postgres';
import { fromNodeRedis, redisStores } from '@sallyport/redis';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, inject } from 'vitest';
import { bringStores } from '../../packages/core/test/stores.ts';

export interface Backends {
  /** Postgres alone, in a schema of its own that is made at its first call. */
  postgres(): Stores;
  /** The same, with sessions, links and limits in Redis under a prefix of their own. */
  mixed(): Stores;
}

/** Connections to the run's servers, for one test file. */
export const backends = (): Backends => {
  const { postgres: database, redis: cache } = inject('services');
  const pool = new pg.Pool({ connectionString: database ?? '', max: 20 });
  const client = createClient({ url: cache ?? '', disableOfflineQueue: true });
  let made = 0;
  const name = (): string => {
    made += 1;
    return `story_${process.pid}_${Date.now().toString(36)}_${made}`;
  };
  beforeAll(async () => {
    client.on('error', () => {});
    await client.connect();
  });
  afterAll(async () => {
    client.destroy();
    await pool.end();
  });
  const postgres = (): Stores => {
    const run = fromPg(pool);
    const schema = name();
    let ready: Promise<void> | null = null;
    const lazily: Run = async (sql, params) => {
      ready ??= migrate(run, { schema });
      await ready;
      return run(sql, params);
    };
    return postgresStores(lazily, { schema });
  };
  return {
    postgres,
    mixed: () => ({ ...postgres(), ...redisStores(fromNodeRedis(client), { prefix: `${name()}:` }) }),
  };
};

/** The tests that are imported after it run on Postgres and Redis. */
export const onRealStores = (): void => {
  bringStores(backends().mixed);
};
