import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Server } from '../../tools/services/child.ts';
import { startPostgres } from '../../tools/services/postgres.ts';
import { startRedis } from '../../tools/services/redis.ts';
import type { App } from './faults/app.ts';
import { lateOnly, newWatcher, start, type Watcher } from './faults/recovery.ts';
import { type Answer, newestToken, newVisitor, type Tally, type Visitor } from './faults/visitor.ts';
import { startWire, type Wire } from './faults/wire.ts';

const { missing } = inject('services');

interface Known {
  readonly email: string;
  readonly id: string;
  /** Signed in, in two browsers. */
  readonly here: Visitor;
  readonly there: Visitor;
}

const old = 'the pass phrase of before';
const fresh = 'the pass phrase of afterwards';

describe.skipIf(missing !== null)('an answer is lost on the wire after the work was done', lateOnly, () => {
  let postgres: Server;
  let redis: Server;
  const wires: Wire[] = [];
  /** Behind the wires: one on each client of Redis. */
  let cut: readonly App[] = [];
  /** Sees what is stored. */
  let judge: App;
  let watcher: Watcher;
  const tally: Tally = new Map();
  let faults = 0;

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    const { url } = postgres;
    const wireTo = async (port: number): Promise<number> => {
      const wire = await startWire({ to: port });
      wires.push(wire);
      return wire.port;
    };
    const wired = new URL(url);
    wired.port = `${await wireTo(postgres.port)}`;
    const ports = [await wireTo(redis.port), await wireTo(redis.port)];
    const [first, second, whole] = await Promise.all([
      start({
        postgres: { url: wired.href, poolSize: 10 },
        redis: { client: 'node-redis', kind: 'single', port: ports[0] ?? 0 },
      }),
      start({ postgres: { url, poolSize: 10 }, redis: { client: 'ioredis', kind: 'single', port: ports[1] ?? 0 } }),
      start({ postgres: { url, poolSize: 10 }, redis: { client: 'node-redis', kind: 'single', port: redis.port } }),
    ]);
    cut = [first, second];
    judge = whole;
    watcher = await newWatcher([judge]);
  }, 120_000);
  afterAll(async () => {
    console.log(`answers that were lost: ${faults}`);
    for (const app of [...cut, judge]) await app?.stop();
    for (const wire of wires) await wire.stop();
    await Promise.all([postgres?.stop(), redis?.stop()]);
  });

  const visit = (app: App, jar?: Map<string, string>): Visitor => newVisitor({ url: () => app.url, tally }, jar);
  /** The same browser at another process. */
  const at = (app: App, { jar }: Visitor): Visitor => visit(app, jar);
  const login = (email: string, password: string): Promise<Answer> =>
    visit(judge).post('/auth/login', { email, password });
  const isLive = async (visitor: Visitor): Promise<boolean> => (await at(judge, visitor).get('/me')).status === 200;

  let made = 0;
  const address = (): string => {
    made += 1;
    return `lost${made}@example.com`;
  };
  const register = async (email: string): Promise<Visitor> => {
    const browser = visit(judge);
    await browser.post('/auth/register', { email, password: old });
    await judge.drain();
    return browser;
  };
  const linkOf = async (email: string): Promise<string> =>
    (await newestToken(
      [...cut, judge].map(({ url }) => url),
      email,
    )) ?? 'none';
  const newKnown = async (): Promise<Known> => {
    const email = address();
    const here = await register(email);
    await here.post('/auth/verify-email', { token: await linkOf(email) });
    const { status, body } = await here.post('/auth/login', { email, password: old });
    expect(status).toBe(200);
    const there = visit(judge);
    await there.post('/auth/login', { email, password: old });
    return { email, id: (body as { user: { id: string } }).user.id, here, there };
  };

  /**
   * Runs a flow once for each answer that it gets from a store, with that answer lost, until it gets through without; then
   * `judgeIt` looks at what is stored.
   */
  const everyAnswer = async <T>(
    success: number,
    prepare: () => Promise<T>,
    run: (app: App, subject: T) => Promise<Answer>,
    judgeIt: (subject: T, isDone: boolean) => Promise<void>,
  ): Promise<void> => {
    const [first, second] = cut;
    if (first === undefined || second === undefined) throw new Error('no application');
    for (const [app, wire] of [
      [first, wires[0]],
      [first, wires[1]],
      [second, wires[2]],
    ] as const) {
      for (let n = 1; n < 20; n += 1) {
        const subject = await prepare();
        await watcher.recovered([app]);
        await app.drain();
        wire?.loseAnswer(n);
        const { status, code } = await run(app, subject);
        await app.drain();
        const isLost = wire?.disarm() === true;
        if (isLost) faults += 1;
        const possible = isLost ? [`${success} null`, '503 store_unavailable'] : [`${success} null`];
        expect(possible, `answer ${n}`).toContain(`${status} ${code}`);
        await judgeIt(subject, status === success);
        if (!isLost) break;
      }
    }
    for (const app of cut) await app.mustHaveLived();
  };

  it('login', () =>
    everyAnswer(
      200,
      newKnown,
      (app, { email }) => visit(app).post('/auth/login', { email, password: old }),
      async ({ email, here }) => {
        expect(await isLive(here)).toBe(true);
        expect((await login(email, old)).status).toBe(200);
      },
    ));

  it('step-up: the old session or the new one, never both', () =>
    everyAnswer(
      200,
      async () => ({ ...(await newKnown()), renewed: new Map<string, string>() }),
      async (app, { here, renewed }) => {
        for (const [name, value] of here.jar) renewed.set(name, value);
        return visit(app, renewed).post('/auth/step-up', { password: old });
      },
      async ({ email, here, there, renewed }, isDone) => {
        if (isDone) expect([await isLive(here), await isLive(visit(judge, renewed))]).toEqual([false, true]);
        expect(await isLive(there)).toBe(true);
        expect((await login(email, old)).status).toBe(200);
      },
    ));

  it('change of the password: the old one or the new one, never both', () =>
    everyAnswer(
      204,
      newKnown,
      (app, { here }) => at(app, here).post('/auth/change-password', { current: old, password: fresh }),
      async ({ email, there }, isDone) => {
        const [before, after] = [(await login(email, old)).status, (await login(email, fresh)).status];
        expect([[401, 200], ...(isDone ? [] : [[200, 401]])]).toContainEqual([before, after]);
        expect(await isLive(there)).toBe(after === 401);
        const again = visit(judge);
        await again.post('/auth/login', { email, password: after === 200 ? fresh : old });
        const change = { current: after === 200 ? fresh : old, password: `${fresh} again` };
        expect((await again.post('/auth/change-password', change)).status).toBe(204);
        expect((await login(email, `${fresh} again`)).status).toBe(200);
      },
    ));

  it('logout', () =>
    everyAnswer(
      204,
      newKnown,
      (app, { here }) => at(app, here).copy().post('/auth/logout'),
      async ({ here, there }, isDone) => {
        if (isDone) expect(await isLive(here)).toBe(false);
        expect((await at(judge, here).copy().post('/auth/logout')).status).toBe(204);
        expect([await isLive(here), await isLive(there)]).toEqual([false, true]);
      },
    ));

  it('logout everywhere: all or nobody', () =>
    everyAnswer(
      204,
      newKnown,
      (app, { here }) => at(app, here).copy().post('/auth/logout', { everywhere: true }),
      async ({ email, here, there }, isDone) => {
        const live = [await isLive(here), await isLive(there)];
        expect([[false, false], ...(isDone ? [] : [[true, true]])]).toContainEqual(live);
        expect((await login(email, old)).status).toBe(200);
      },
    ));

  it('the end of another session', () =>
    everyAnswer(
      204,
      newKnown,
      async (app, { here }) => {
        const { body } = await at(judge, here).get('/auth/sessions');
        const { sessions } = body as { sessions: { id: string; current: boolean }[] };
        return at(app, here).delete(`/auth/sessions/${sessions.find(({ current }) => !current)?.id}`);
      },
      async ({ here, there }, isDone) => {
        if (isDone) expect(await isLive(there)).toBe(false);
        expect(await isLive(here)).toBe(true);
      },
    ));

  it('registration: doing it again heals', () =>
    everyAnswer(
      202,
      async () => ({ email: address(), jar: new Map<string, string>() }),
      (app, { email, jar }) => visit(app, jar).post('/auth/register', { email, password: old }),
      async ({ email }) => {
        expect([401, 403]).toContain((await login(email, old)).status);
        const browser = await register(email);
        await browser.post('/auth/verify-email/send', { email });
        await judge.drain();
        const token = await linkOf(email);
        expect((await browser.post('/auth/verify-email', { token, password: old })).status).toBe(204);
        expect((await login(email, old)).status).toBe(200);
      },
    ));

  it('confirmation: a link is spent once, and another one heals', () =>
    everyAnswer(
      204,
      async () => {
        const email = address();
        const browser = await register(email);
        return { email, browser, token: await linkOf(email) };
      },
      (app, { browser, token }) => at(app, browser).post('/auth/verify-email', { token }),
      async ({ email, browser, token }, isDone) => {
        const again = (await browser.post('/auth/verify-email', { token })).status;
        expect(isDone ? [400] : [204, 400]).toContain(again);
        if ((await login(email, old)).status === 403) {
          expect([isDone, again]).toEqual([false, 400]);
          await browser.post('/auth/verify-email/send', { email });
          await judge.drain();
          const next = { token: await linkOf(email), password: old };
          expect((await browser.post('/auth/verify-email', next)).status).toBe(204);
        }
        expect((await login(email, old)).status).toBe(200);
      },
    ));

  it('disabling and deletion by the application: doing it again heals', async () => {
    await everyAnswer(
      204,
      newKnown,
      (app, { id }) => visit(app).post(`/admin/disable/${id}`),
      async ({ email, id, here }, isDone) => {
        const status = (await login(email, old)).status;
        expect(isDone ? [403] : [200, 403]).toContain(status);
        expect(await isLive(here)).toBe(status === 200);
        expect((await visit(judge).post(`/admin/disable/${id}`)).status).toBe(204);
        expect([(await login(email, old)).status, await isLive(here)]).toEqual([403, false]);
      },
    );
    await everyAnswer(
      204,
      newKnown,
      (app, { id }) => visit(app).post(`/admin/delete/${id}`),
      async ({ email, id, here }, isDone) => {
        expect(isDone ? [404] : [204, 404]).toContain((await visit(judge).post(`/admin/delete/${id}`)).status);
        expect([(await login(email, old)).status, await isLive(here)]).toEqual([401, false]);
      },
    );
  });
});
