import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Server, until } from '../../tools/services/child.ts';
import { startPostgres } from '../../tools/services/postgres.ts';
import { redisCommand } from '../../tools/services/redis.ts';
import { type RedisCluster, startRedisCluster } from '../../tools/services/redis-cluster.ts';
import { type RedisSentinel, startRedisSentinel } from '../../tools/services/redis-sentinel.ts';
import type { RedisClient } from '../src/settings.ts';
import type { App } from './faults/app.ts';
import { gather } from './faults/crowd.ts';
import { newPerson, type Stage } from './faults/person.ts';
import { enrolled, newWatcher, stageOf, start, type Watcher } from './faults/recovery.ts';
import { count } from './faults/visitor.ts';

const { missing } = inject('services');
const clients: readonly RedisClient[] = ['node-redis', 'ioredis'];

const isPrimary = async ({ port }: Server): Promise<boolean> =>
  (await redisCommand(port, 'INFO', 'replication')).includes('role:master');

const say = (what: string, { tally, losses }: Stage): void => {
  const { gone, back, twice } = losses;
  const answers = [...tally.values()].reduce((sum, n) => sum + n, 0);
  console.log(
    `${what}: ${answers} answers, ${count(tally, 503)} of them 503; sessions lost: ${gone}, back: ${back}, renewed twice: ${twice}`,
  );
};

describe.skipIf(missing !== null)('a Cluster', () => {
  let postgres: Server;
  let cluster: RedisCluster;
  let apps: readonly App[] = [];
  let watcher: Watcher;
  beforeAll(async () => {
    [postgres, cluster] = await Promise.all([startPostgres(), startRedisCluster()]);
    const { url } = postgres;
    const ports = cluster.nodes.map(({ port }) => port);
    apps = await Promise.all(
      clients.map((client) => start({ postgres: { url, poolSize: 10 }, redis: { client, kind: 'cluster', ports } })),
    );
    watcher = await newWatcher(apps);
  }, 120_000);
  afterAll(async () => {
    for (const app of apps) await app.stop();
    await Promise.all([postgres?.stop(), cluster?.stop()]);
  });

  it('resharded under traffic loses nothing', async () => {
    const stage = stageOf(apps);
    const people = await enrolled(stage, 8);
    const crowd = gather(people);
    await crowd.more(40);
    const [one, two] = cluster.primaries;
    if (one === undefined || two === undefined) throw new Error('no cluster');
    let moved = 0;
    for (let n = 0; n < 12; n += 1) {
      const key = await redisCommand(one.port, 'RANDOMKEY');
      const slot = Number(await redisCommand(one.port, 'CLUSTER', 'KEYSLOT', key));
      await cluster.moveSlots([slot, slot], one, two);
      moved += Number(await redisCommand(two.port, 'CLUSTER', 'COUNTKEYSINSLOT', slot));
    }
    await crowd.more(100);
    await crowd.stop();
    expect(moved).toBeGreaterThan(5);
    for (const person of people) await person.audit();
    say('resharding', stage);
    for (const app of apps) await app.mustHaveLived();
  });

  it('that lost a primary under traffic keeps all that is durable, and recovers', async () => {
    const stage = stageOf(apps, 'ephemeral');
    const people = await enrolled(stage, 8);
    const crowd = gather(people);
    await crowd.more(100);
    const [, , third] = cluster.primaries;
    const [, , replica] = cluster.replicas;
    if (third === undefined || replica === undefined) throw new Error('no cluster');
    await third.kill();
    const newcomer = newPerson(stage);
    const arriving = newcomer.enrol();
    await until('the replica took over', () => isPrimary(replica));
    await Promise.all([crowd.more(150), arriving]);
    await crowd.stop();
    await watcher.recovered(apps);
    for (const person of [...people, newcomer]) await person.audit();
    say('fail-over of a Cluster', stage);
    expect(count(stage.tally, 503)).toBeGreaterThan(5);
    for (const app of apps) await app.mustHaveLived();
  });
});

describe.skipIf(missing !== null)('Sentinels', () => {
  let postgres: Server;
  let sentinel: RedisSentinel;
  let apps: readonly App[] = [];
  let watcher: Watcher;
  beforeAll(async () => {
    [postgres, sentinel] = await Promise.all([startPostgres(), startRedisSentinel()]);
    const { url } = postgres;
    const { name } = sentinel;
    const ports = sentinel.sentinels.map(({ port }) => port);
    apps = await Promise.all(
      clients.map((client) =>
        start({ postgres: { url, poolSize: 10 }, redis: { client, kind: 'sentinel', name, ports } }),
      ),
    );
    watcher = await newWatcher(apps);
  }, 120_000);
  afterAll(async () => {
    for (const app of apps) await app.stop();
    await Promise.all([postgres?.stop(), sentinel?.stop()]);
  });

  it('that replace a primary under traffic: all that is durable holds, and both clients find the new one', async () => {
    const stage = stageOf(apps, 'ephemeral');
    const people = await enrolled(stage, 6);
    const crowd = gather(people);
    await crowd.more(80);
    await sentinel.primary.kill();
    await until('the replica took over', () => isPrimary(sentinel.replica));
    await crowd.more(80);
    await crowd.stop();
    await watcher.recovered(apps);
    for (const person of people) await person.audit();
    say('fail-over by Sentinels', stage);
    expect(count(stage.tally, 503)).toBeGreaterThan(5);
    for (const app of apps) await app.mustHaveLived();
  });
});
