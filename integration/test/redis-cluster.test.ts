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
import { enrolled, lateOnly, newWatcher, stageOf, start, type Watcher } from './faults/recovery.ts';
import { count, newVisitor } from './faults/visitor.ts';

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

describe.skipIf(missing !== null)('a Cluster', lateOnly, () => {
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
    const [one, two] = cluster.primaries;
    if (one === undefined || two === undefined) throw new Error('no cluster');
    // They do nothing meanwhile, so that their sessions are there to be moved.
    const bystanders = await enrolled(stage, 24);
    const keys = (await redisCommand(one.port, 'KEYS', 'auth:session*')).split('\n').slice(0, 8);
    const people = await enrolled(stage, 8);
    const crowd = gather(people);
    await crowd.more(40);
    let moved = 0;
    for (const key of keys) {
      const slot = Number(await redisCommand(one.port, 'CLUSTER', 'KEYSLOT', key));
      await cluster.moveSlots([slot, slot], one, two);
      moved += Number(await redisCommand(two.port, 'CLUSTER', 'COUNTKEYSINSLOT', slot));
    }
    await crowd.more(100);
    await crowd.stop();
    expect(moved).toBeGreaterThan(5);
    for (const person of [...people, ...bystanders]) await person.audit();
    say('resharding', stage);
    for (const app of apps) await app.mustHaveLived();
  });

  it('with a slot between two nodes: each client finds the session there, renews it once and ends it', async () => {
    const stage = stageOf(apps);
    for (const app of apps) {
      const [person] = await enrolled({ ...stage, urls: [app.url] }, 1);
      const visitor = newVisitor({ url: () => app.url, tally: stage.tally });
      const password = person?.password();
      await visitor.post('/auth/login', { email: person?.email, password });
      const { body } = await visitor.get('/auth/session');
      const key = `auth:session:${(body as { session: { id: string } }).session.id}`;
      const slot = Number(await redisCommand(cluster.nodes[0]?.port ?? 0, 'CLUSTER', 'KEYSLOT', key));
      const held = await Promise.all(cluster.primaries.map(({ port }) => redisCommand(port, 'EXISTS', key)));
      const from = cluster.primaries[held.indexOf('1')];
      const to = cluster.primaries[(held.indexOf('1') + 1) % 3];
      if (from === undefined || to === undefined) throw new Error('no node has the session');
      const [source, target] = await Promise.all([cluster.idOf(from), cluster.idOf(to)]);
      await redisCommand(to.port, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', source);
      await redisCommand(from.port, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', target);
      await redisCommand(from.port, 'MIGRATE', '127.0.0.1', to.port, key, 0, 5_000);
      // So that the script has to be sent whole, past the redirection.
      await redisCommand(to.port, 'SCRIPT', 'FLUSH');
      expect((await visitor.copy().get('/me')).status).toBe(200);
      const racers = [visitor.copy(), visitor.copy(), visitor.copy()];
      const steps = await Promise.all(racers.map((one) => one.post('/auth/step-up', { password })));
      expect(steps.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
      expect((await visitor.get('/me')).status).toBe(401);
      for (const { port } of [to, from, ...cluster.primaries]) {
        await redisCommand(port, 'CLUSTER', 'SETSLOT', slot, 'NODE', target);
      }
      await app.mustHaveLived();
    }
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

describe.skipIf(missing !== null)('Sentinels', lateOnly, () => {
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
