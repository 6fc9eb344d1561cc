import type { Stores } from '@sallyport/core/ports';
import { fromPg, migrate, postgresStores } from '@sallyport/postgres';
import { fromIoredis, fromNodeRedis, type RedisEval, redisStores } from '@sallyport/redis';
import { Cluster, Redis } from 'ioredis';
import pg from 'pg';
import { createClient, createCluster, createSentinel } from 'redis';
import type { RedisSettings, Settings } from './settings.ts';

export interface Backends {
  readonly stores: Stores;
  readonly pool: pg.Pool;
}

/** Drivers as the guide sets them. The pool has no listener for errors of its own: that is the adapter's to add. */
export const connect = async ({ postgres, redis, timeoutMs }: Settings): Promise<Backends> => {
  const pool = new pg.Pool({
    connectionString: postgres.url,
    max: postgres.poolSize,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  const run = fromPg(pool);
  await migrate(run);
  const evaluate = await open(redis);
  return { stores: { ...postgresStores(run, { timeoutMs }), ...redisStores(evaluate, { timeoutMs }) }, pool };
};

/** Both clients report here what they mend by themselves; without a listener node-redis ends the process. */
const quiet = (): void => {};

const open = (settings: RedisSettings): Promise<RedisEval> =>
  settings.client === 'node-redis' ? openNodeRedis(settings) : openIoredis(settings);

const openNodeRedis = async (settings: RedisSettings): Promise<RedisEval> => {
  const client = nodeRedis(settings);
  client.on('error', quiet);
  await client.connect();
  return fromNodeRedis(client);
};

const nodeRedis = (settings: RedisSettings) => {
  if (settings.kind === 'single') return createClient({ url: urlOf(settings.port), disableOfflineQueue: true });
  if (settings.kind === 'cluster') {
    const rootNodes = settings.ports.map((port) => ({ url: urlOf(port) }));
    return createCluster({ rootNodes, defaults: { disableOfflineQueue: true } });
  }
  const sentinelRootNodes = settings.ports.map((port) => ({ host: '127.0.0.1', port }));
  return createSentinel({ name: settings.name, sentinelRootNodes, nodeClientOptions: { disableOfflineQueue: true } });
};

const openIoredis = async (settings: RedisSettings): Promise<RedisEval> => {
  const client = ioredis(settings);
  client.on('error', quiet);
  await new Promise((resolve) => client.once('ready', resolve));
  return fromIoredis(client);
};

const ioredis = (settings: RedisSettings): Redis | Cluster => {
  if (settings.kind === 'single') return new Redis(urlOf(settings.port), { maxRetriesPerRequest: 0 });
  const nodes = settings.ports.map((port) => ({ host: '127.0.0.1', port }));
  return settings.kind === 'cluster'
    ? new Cluster(nodes, { retryDelayOnFailover: 0 })
    : new Redis({ name: settings.name, sentinels: nodes, maxRetriesPerRequest: 0 });
};

const urlOf = (port: number): string => `redis://127.0.0.1:${port}`;
