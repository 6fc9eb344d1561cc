import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Server } from '../../tools/services/child.ts';
import { startPostgres } from '../../tools/services/postgres.ts';
import { redisCommand, startRedis } from '../../tools/services/redis.ts';
import type { App } from './faults/app.ts';
import { gather } from './faults/crowd.ts';
import { newPerson } from './faults/person.ts';
import { enrolled, lateOnly, newWatcher, stageOf, start, type Watcher } from './faults/recovery.ts';
import { count } from './faults/visitor.ts';
import { startWire, type Wire } from './faults/wire.ts';

const { missing } = inject('services');

/** One application in two processes, on either client, each behind a wire. */
describe.skipIf(missing !== null)('Redis fails', lateOnly, () => {
  let postgres: Server;
  let redis: Server;
  let wires: readonly Wire[] = [];
  let apps: readonly App[] = [];
  let watcher: Watcher;
  beforeAll(async () => {
    const settings = ['--appendonly', 'yes', '--appendfsync', 'everysec'];
    [postgres, redis] = await Promise.all([startPostgres(), startRedis({ settings })]);
    const { url } = postgres;
    const to = redis.port;
    wires = await Promise.all([startWire({ to }), startWire({ to })]);
    apps = await Promise.all(
      (['node-redis', 'ioredis'] as const).map((client, n) =>
        start({ postgres: { url, poolSize: 10 }, redis: { client, kind: 'single', port: wires[n]?.port ?? 0 } }),
      ),
    );
    watcher = await newWatcher(apps);
  }, 120_000);
  afterAll(async () => {
    for (const app of apps) await app.stop();
    for (const wire of wires) await wire.stop();
    await Promise.all([postgres?.stop(), redis?.stop()]);
  });
  const mustHaveLived = async (): Promise<void> => {
    for (const app of apps) await app.mustHaveLived();
  };

  it('killed and restarted under traffic: what was answered holds, newcomers get in, both processes live', async () => {
    const stage = stageOf(apps);
    const people = await enrolled(stage, 8);
    const crowd = gather(people);
    await crowd.more(150);
    const newcomers = [newPerson(stage), newPerson(stage)];
    const arriving = Promise.all(newcomers.map((one) => one.enrol()));
    await redis.kill();
    newcomers.push(newPerson(stage));
    const late = newcomers.at(-1)?.enrol();
    await crowd.more(100);
    await redis.restart();
    await Promise.all([crowd.more(200), arriving, late]);
    await crowd.stop();
    await watcher.recovered(apps);
    for (const person of [...people, ...newcomers]) await person.audit();
    expect(count(stage.tally, 503)).toBeGreaterThan(20);
    await mustHaveLived();
  });

  it('while it is away everything is 503, and nobody is told to be signed out or wrong', async () => {
    await redis.kill();
    const { email, password } = watcher;
    for (const app of apps) {
      const visitor = watcher.at(app);
      const stranger = visitor.copy();
      stranger.jar.clear();
      const answers = await Promise.all([
        visitor.get('/me'),
        visitor.get('/auth/session'),
        visitor.get('/auth/sessions'),
        visitor.post('/auth/change-password', { current: password, password: 'another pass phrase of mine' }),
        visitor.post('/auth/step-up', { password }),
        visitor.post('/auth/logout'),
        visitor.post('/auth/logout', { everywhere: true }),
        stranger.post('/auth/login', { email, password }),
        stranger.post('/auth/login', { email, password: 'wrong' }),
        stranger.post('/auth/login', { email: 'nobody@example.com', password }),
        stranger.post('/auth/register', { email, password }),
        stranger.post('/auth/verify-email', { token: 'A'.repeat(43) }),
        stranger.post('/auth/verify-email/send', { email }),
      ]);
      expect(answers.map(({ status, code }) => `${status} ${code}`)).toEqual(
        answers.map(() => '503 store_unavailable'),
      );
      expect(visitor.jar.has('__Host-session')).toBe(true);
      expect((await stranger.get('/me')).status).toBe(401);
    }
    await redis.restart();
    await watcher.recovered(apps);
    await mustHaveLived();
  });

  it('a revocation made while it is away holds when it is back with every session', async () => {
    const people = await enrolled(stageOf(apps), 4);
    for (const person of people) for (let n = 0; n < 2; n += 1) await person.act(0.45);
    const rows = (): Promise<string> =>
      redisCommand(redis.port, '--raw', 'EVAL', "return #redis.call('KEYS','auth:session:*')", 0);
    const before = await rows();
    await redis.kill();
    const [one, two, three, four] = people;
    expect(await Promise.all([one?.administer('revoke-all'), two?.administer('disable')])).toEqual([true, true]);
    expect([await three?.administer('disable'), await three?.administer('enable')]).toEqual([true, true]);
    await Promise.all(apps.map((app) => app.drain()));
    await redis.restart();
    expect(await rows()).toBe(before);
    await watcher.recovered(apps);
    for (const person of [one, two, three, four]) await person?.audit();
    await mustHaveLived();
  });

  it('a Redis that was rolled back brings no revoked session to life', async () => {
    const people = await enrolled(stageOf(apps), 3);
    const copyAll = (from: string, to: string): Promise<string> =>
      redisCommand(
        redis.port,
        'EVAL',
        `for _,k in ipairs(redis.call('KEYS',ARGV[1]..'session*')) do
           redis.call('COPY',k,ARGV[2]..string.sub(k,#ARGV[1]+1),'REPLACE') end`,
        ...[0, from, to],
      );
    await copyAll('auth:', 'old:');
    const [one, two, three] = people;
    await one?.act(0.9);
    await two?.act(0.6);
    await three?.administer('revoke-all');
    await Promise.all(apps.map((app) => app.drain()));
    await copyAll('old:', 'auth:');
    for (const person of people) await person.audit();
  });

  it('frozen under traffic: 503 in bounded time, and when it goes on what was asked late does no harm', async () => {
    const stage = stageOf(apps);
    const people = await enrolled(stage, 8);
    const crowd = gather(people);
    await crowd.more(60);
    const before = count(stage.tally, 503);
    redis.pause();
    await crowd.more(20);
    const during = count(stage.tally, 503);
    redis.resume();
    await crowd.more(150);
    await crowd.stop();
    await watcher.recovered(apps);
    for (const person of people) await person.audit();
    expect(during - before).toBeGreaterThan(7);
    await mustHaveLived();
  });

  it('connections that went dead without a word are replaced', async () => {
    for (const wire of wires) wire.freeze();
    const looks = await Promise.all(apps.map((app) => watcher.at(app).get('/me')));
    expect(looks.map(({ status }) => status)).toEqual([503, 503]);
    await watcher.recovered(apps);
    await mustHaveLived();
  });
});
