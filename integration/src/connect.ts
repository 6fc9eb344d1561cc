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
  if (settings.kind !== 'single') {
    const client = severalNodes(settings);
    client.on('error', quiet);
    await client.connect();
    return fromNodeRedis(client);
  }
  const client = createClient({ url: urlOf(settings.port), disableOfflineQueue: true, commandOptions });
  client.on('error', quiet);
  await client.connect();
  replaceWhenDead(client);
  return fromNodeRedis(client);
};

/**
 * A connection whose other end is gone without a word stays open for a quarter of an hour. `socketTimeout` of node-redis
 * does not help where there is traffic: Node's timer counts what is written as life.
 */
const replaceWhenDead = (client: NodeRedis): void => {
  const ask = async (): Promise<void> => {
    const answer = client.isReady ? client.ping().catch(quiet) : null;
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, deadMs, 'late'));
    if ((await Promise.race([answer, late])) === 'late') {
      client.destroy();
      client.connect().catch(quiet);
    }
    setTimeout(() => void ask(), deadMs / 5);
  };
  void ask();
};

interface NodeRedis {
  readonly isReady: boolean;
  ping(): Promise<unknown>;
  connect(): Promise<unknown>;
  destroy(): void;
}

/** Longer than a test waits for an answer: it is the stores that bound a call. */
const deadMs = 10_000;
const socketTimeout = deadMs;
const commandOptions = { timeout: 0 };

const severalNodes = (settings: Exclude<RedisSettings, { readonly kind: 'single' }>) => {
  if (settings.kind === 'cluster') {
    const rootNodes = settings.ports.map((port) => ({ url: urlOf(port) }));
    return createCluster({ rootNodes, defaults: { disableOfflineQueue: true }, commandOptions });
  }
  const sentinelRootNodes = settings.ports.map((port) => ({ host: '127.0.0.1', port }));
  const nodeClientOptions = { disableOfflineQueue: true };
  return createSentinel({ name: settings.name, sentinelRootNodes, nodeClientOptions, commandOptions });
};

const openIoredis = async (settings: RedisSettings): Promise<RedisEval> => {
  const client = ioredis(settings);
  client.on('error', quiet);
  await new Promise((resolve) => client.once('ready', resolve));
  return fromIoredis(client);
};

/** Without `socketTimeout` a connection whose other end is gone without a word stays open for a quarter of an hour. */
const ioredis = (settings: RedisSettings): Redis | Cluster => {
  if (settings.kind === 'single') return new Redis(urlOf(settings.port), { maxRetriesPerRequest: 0, socketTimeout });
  const nodes = settings.ports.map((port) => ({ host: '127.0.0.1', port }));
  return settings.kind === 'cluster'
    ? new Cluster(nodes, { retryDelayOnFailover: 0, redisOptions: { socketTimeout } })
    : new Redis({ name: settings.name, sentinels: nodes, maxRetriesPerRequest: 0, socketTimeout });
};

const urlOf = (port: number): string => `redis://127.0.0.1:${port}`;
