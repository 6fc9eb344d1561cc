import { describe } from 'vitest';
import { type RedisCluster, startRedisCluster } from '../../../tools/services/redis-cluster.ts';
import { type Addresses, type Connection, ioredisCluster, missing, nodeRedisCluster } from './clients.ts';
import { contractSuite, type Way } from './kit.ts';

const clusterWay = (connect: (cluster: RedisCluster, proxied: Addresses) => Promise<Connection>): Way => {
  let started: RedisCluster | null = null;
  const cluster = (): RedisCluster => {
    if (started === null) throw new Error('not started');
    return started;
  };
  return {
    start: async () => {
      started = await startRedisCluster();
    },
    stop: () => cluster().stop(),
    primaries: () => cluster().primaries.map(({ port }) => port),
    connect: (proxied) => connect(cluster(), proxied),
  };
};

describe.skipIf(missing !== null)('a Cluster of six', () => {
  contractSuite('node-redis', clusterWay(nodeRedisCluster), 3);
  contractSuite('ioredis', clusterWay(ioredisCluster), 3);
});
