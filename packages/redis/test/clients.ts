import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster, createSentinel } from 'redis';
import { inject } from 'vitest';
import type { Services } from '../../../tools/services/global-setup.ts';
import type { RedisCluster } from '../../../tools/services/redis-cluster.ts';
import type { RedisSentinel } from '../../../tools/services/redis-sentinel.ts';
import { fromIoredis, fromNodeRedis, type RedisEval } from '../src/index.ts';

/** A connection of a test's own. */
export interface Connection {
  readonly evaluate: RedisEval;
  close(): void;
}

const services: Services = inject('services');
/** The Redis of the run. */
export const sharedRedis = (): string => services.redis ?? '';
export const missing: string | null = services.missing;

/** Both clients say on every reconnection what failed; tests look at what calls answer. */
const quiet = (): void => {};

export const nodeRedis = async (url: string, patient: 'offline queue' | 'none' = 'none'): Promise<Connection> => {
  const client = createClient({ url, disableOfflineQueue: patient === 'none' });
  client.on('error', quiet);
  await client.connect();
  return { evaluate: fromNodeRedis(client), close: () => client.destroy() };
};

export const ioredis = async (url: string): Promise<Connection> => {
  const client = new Redis(url, { maxRetriesPerRequest: 0 });
  client.on('error', quiet);
  await client.ping();
  return { evaluate: fromIoredis(client), close: () => client.disconnect() };
};

const addressesOf = ({ nodes }: RedisCluster): readonly string[] => nodes.map(({ port }) => `127.0.0.1:${port}`);

export const nodeRedisCluster = async (cluster: RedisCluster, proxied: Addresses = {}): Promise<Connection> => {
  const client = createCluster({
    rootNodes: addressesOf(cluster).map((address) => ({ url: `redis://${address}` })),
    nodeAddressMap: Object.fromEntries(Object.entries(proxied).map(([from, to]) => [from, { ...to }])),
    defaults: { disableOfflineQueue: true },
    commandOptions: { timeout: 0 },
  });
  client.on('error', quiet);
  await client.connect();
  return { evaluate: fromNodeRedis(client), close: () => client.destroy() };
};

export const ioredisCluster = async (cluster: RedisCluster, proxied: Addresses = {}): Promise<Connection> => {
  const client = new Cluster(
    cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
    { retryDelayOnFailover: 0, natMap: { ...proxied } },
  );
  client.on('error', quiet);
  await new Promise((resolve) => client.once('ready', resolve));
  return { evaluate: fromIoredis(client), close: () => client.disconnect() };
};

/** What a node calls itself, and where the client is to go instead. */
export type Addresses = Readonly<Record<string, { readonly host: string; readonly port: number }>>;

export const nodeRedisSentinel = async (
  { name, sentinels }: RedisSentinel,
  proxied: Addresses = {},
): Promise<Connection> => {
  const client = createSentinel({
    name,
    sentinelRootNodes: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
    nodeAddressMap: { ...proxied },
    nodeClientOptions: { disableOfflineQueue: true },
    commandOptions: { timeout: 0 },
  });
  client.on('error', quiet);
  await client.connect();
  return { evaluate: fromNodeRedis(client), close: () => void client.destroy() };
};

export const ioredisSentinel = async (
  { name, sentinels }: RedisSentinel,
  proxied: Addresses = {},
): Promise<Connection> => {
  const client = new Redis({
    name,
    sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
    natMap: { ...proxied },
    maxRetriesPerRequest: 0,
  });
  client.on('error', quiet);
  await client.ping();
  return { evaluate: fromIoredis(client), close: () => client.disconnect() };
};
