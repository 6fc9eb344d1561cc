import type { SessionRecord } from '@sallyport/core/ports';
import { createCluster } from 'redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Server } from '../../../tools/services/child.ts';
import { redisCommand } from '../../../tools/services/redis.ts';
import { type RedisCluster, startRedisCluster } from '../../../tools/services/redis-cluster.ts';
import { fromNodeRedis, redisStores } from '../src/index.ts';
import { type Addresses, type Connection, ioredisCluster, missing, nodeRedisCluster } from './clients.ts';
import { contractSuite, type Way } from './kit.ts';
import { session } from './samples.ts';

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

/** How many GETs they have answered. */
const gets = async (servers: readonly Server[]): Promise<number> => {
  const texts = await Promise.all(servers.map(({ port }) => redisCommand(port, 'INFO', 'commandstats')));
  return texts.reduce((sum, text) => sum + Number(/cmdstat_get:calls=(\d+)/.exec(text)?.[1] ?? 0), 0);
};

it.skipIf(missing !== null)(
  'every verb follows a slot that moves, with the scripts to run there, and none asks a replica',
  async () => {
    const cluster = await startRedisCluster();
    onTestFinished(() => cluster.stop());
    const [from, to] = cluster.primaries;
    if (from === undefined || to === undefined) throw new Error('no cluster');
    const connections = [await nodeRedisCluster(cluster), await ioredisCluster(cluster)];
    for (const { close } of connections) onTestFinished(close);
    const ofFirst = async (): Promise<SessionRecord> => {
      for (;;) {
        const one = { ...session(), userId: null };
        const slot = Number(await redisCommand(from.port, 'CLUSTER', 'KEYSLOT', `auth:session:${one.id}`));
        if (slot < 5_000) return one;
      }
    };
    for (const { evaluate } of connections) {
      const store = redisStores(evaluate).ephemeral.open<SessionRecord>('session');
      const [kept, gone, fresh] = [await ofFirst(), await ofFirst(), await ofFirst()];
      for (const one of [kept, gone]) expect(await store.create(one)).toBe(true);
      for (const { id } of [kept, gone, fresh]) {
        const slot = Number(await redisCommand(from.port, 'CLUSTER', 'KEYSLOT', `auth:session:${id}`));
        await cluster.moveSlots([slot, slot], from, to);
      }
      await redisCommand(to.port, 'SCRIPT', 'FLUSH');
      const next = { ...kept, version: 2 };
      expect(await store.get(kept.id)).toEqual(kept);
      expect(await store.replace(next, 1)).toBe(true);
      expect(await store.get(kept.id)).toEqual(next);
      expect([await store.delete(gone.id), await store.delete(gone.id)]).toEqual([true, false]);
      expect([await store.create(fresh), await store.create(fresh)]).toEqual([true, false]);
    }

    const near = createCluster({ rootNodes: [{ url: from.url }], useReplicas: true });
    await near.connect();
    onTestFinished(() => near.destroy());
    const store = redisStores(fromNodeRedis(near)).ephemeral.open<SessionRecord>('session');
    const before = await gets(cluster.replicas);
    for (let n = 0; n < 30; n += 1) {
      const one = session();
      await store.create(one);
      expect(await store.get(one.id)).toEqual(one);
    }
    expect(await gets(cluster.replicas)).toBe(before);
    expect(await gets(cluster.primaries)).toBeGreaterThanOrEqual(30);
    near.destroy();
    await cluster.stop();
  },
);
