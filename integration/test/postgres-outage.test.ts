import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Server, until } from '../../tools/services/child.ts';
import { startPostgres } from '../../tools/services/postgres.ts';
import { startRedis } from '../../tools/services/redis.ts';
import type { App } from './faults/app.ts';
import { gather } from './faults/crowd.ts';
import { newPerson } from './faults/person.ts';
import { enrolled, lateOnly, newWatcher, stageOf, start, type Watcher } from './faults/recovery.ts';
import { count } from './faults/visitor.ts';
import { startWire, type Wire } from './faults/wire.ts';

const { missing } = inject('services');

/** One application in two processes: with a pool of ten, and with a pool of two behind a wire. */
describe.skipIf(missing !== null)('Postgres fails', lateOnly, () => {
  let postgres: Server;
  let redis: Server;
  let wire: Wire;
  let apps: readonly App[] = [];
  let watcher: Watcher;
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    wire = await startWire({ to: postgres.port });
    const wired = new URL(postgres.url);
    wired.port = `${wire.port}`;
    const settings = { client: 'node-redis', kind: 'single', port: redis.port } as const;
    apps = await Promise.all([
      start({ postgres: { url: postgres.url, poolSize: 10 }, redis: settings }),
      start({ postgres: { url: wired.href, poolSize: 2 }, redis: settings }),
    ]);
    watcher = await newWatcher(apps);
  }, 120_000);
  afterAll(async () => {
    for (const app of apps) await app.stop();
    await wire?.stop();
    await Promise.all([postgres?.stop(), redis?.stop()]);
  });
  const mustHaveLived = async (): Promise<void> => {
    for (const app of apps) await app.mustHaveLived();
  };

  it('killed in the middle of writes and restarted: no write that was answered is lost, none is half done', async () => {
    const stage = stageOf(apps);
    const people = await enrolled(stage, 8);
    const crowd = gather(people);
    await crowd.more(100);
    const newcomers = [newPerson(stage), newPerson(stage)];
    const arriving = Promise.all(newcomers.map((one) => one.enrol()));
    await postgres.kill();
    newcomers.push(newPerson(stage));
    const late = newcomers.at(-1)?.enrol();
    await crowd.more(80);
    await postgres.restart();
    await Promise.all([crowd.more(150), arriving, late]);
    await crowd.stop();
    await watcher.recovered(apps);
    for (const person of [...people, ...newcomers]) await person.audit();
    expect(count(stage.tally, 503)).toBeGreaterThan(20);
    await mustHaveLived();
  });

  it('while it is away everything is 503, and nobody is told to be signed out or wrong', async () => {
    await postgres.kill();
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
        visitor.post('/auth/logout', { everywhere: true }),
        visitor.post('/admin/disable/usr_somebody'),
        stranger.post('/auth/login', { email, password }),
        stranger.post('/auth/login', { email, password: 'wrong' }),
        stranger.post('/auth/login', { email: 'nobody@example.com', password }),
        stranger.post('/auth/register', { email, password }),
        stranger.post('/auth/verify-email/send', { email }),
      ]);
      expect(answers.map(({ status, code }) => `${status} ${code}`)).toEqual(
        answers.map(() => '503 store_unavailable'),
      );
      expect(visitor.jar.has('__Host-session')).toBe(true);
    }
    await postgres.restart();
    await watcher.recovered(apps);
    await mustHaveLived();
  });

  it('frozen under traffic: 503 in bounded time, the pool is not lost, and late writes do no harm', async () => {
    const stage = stageOf(apps);
    const people = await enrolled(stage, 8);
    const crowd = gather(people);
    await crowd.more(60);
    const before = count(stage.tally, 503);
    postgres.pause();
    await crowd.more(20);
    const during = count(stage.tally, 503);
    postgres.resume();
    await crowd.more(150);
    await crowd.stop();
    await watcher.recovered(apps);
    for (const person of people) await person.audit();
    expect(during - before).toBeGreaterThan(7);
    await mustHaveLived();
  });

  it('connections that went dead without a word are replaced', async () => {
    const [, wired] = apps;
    if (wired === undefined) throw new Error('no application');
    const visitor = watcher.at(wired);
    await Promise.all([1, 2, 3, 4].map(() => visitor.get('/me')));
    wire.freeze();
    const answers = await Promise.all([1, 2].map(() => visitor.get('/me')));
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    await watcher.recovered([wired]);
    await mustHaveLived();
  });

  it('a pool of two takes two hundred requests at once: each is answered, 200 or 503', async () => {
    const [, wired] = apps;
    if (wired === undefined) throw new Error('no application');
    const visitor = watcher.at(wired);
    const rush = async (): Promise<readonly number[]> => {
      const answers = await Promise.all(Array.from({ length: 200 }, () => visitor.copy().get('/me')));
      return [...new Set(answers.map(({ status }) => status))].sort();
    };
    expect([[200], [200, 503]]).toContainEqual(await rush());
    const holder = new pg.Client(postgres.url);
    await holder.connect();
    try {
      await holder.query('begin; lock table auth_users, auth_records in access exclusive mode');
      expect(await rush()).toEqual([503]);
      // What nobody waits for any more is not asked later.
      await until('nothing waits for a connection', async () => (await wired.report()).pool.waiting === 0, 5_000);
    } finally {
      await holder.end();
    }
    await watcher.recovered([wired]);
    expect((await wired.report()).pool.total).toBeLessThanOrEqual(2);
    await mustHaveLived();
  });
});
