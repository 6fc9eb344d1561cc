import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { startRedis } from '../../../tools/services/redis.ts';
import { type Running, serve } from '../src/serve.ts';
import { type DemoStores, openStores } from '../src/stores.ts';
import { client, goodPassword, member, secrets } from './client.ts';

const { missing, postgres, redis } = inject('services');

/** The demo on stores of its own, as `main` starts it. */
const on = async (opened: DemoStores): Promise<Running> => {
  const demo = await serve({ port: 0, secrets, stores: opened.stores });
  return {
    ...demo,
    close: async () => {
      await demo.close();
      await opened.close();
    },
  };
};

describe('where the demo keeps things', () => {
  it('is memory when nothing is said', async () => {
    const opened = await openStores({ postgres: undefined, redis: '' });
    expect(opened.where).toBe('memory');
    await opened.close();
  });

  it.skipIf(missing !== null).each([
    ['Postgres', { postgres: postgres ?? '', redis: undefined }],
    ['Redis', { postgres: undefined, redis: redis ?? '' }],
    ['Postgres and Redis', { postgres: postgres ?? '', redis: redis ?? '' }],
  ])('is %s when their addresses are given: the whole story', async (where, urls) => {
    const opened = await openStores(urls);
    expect(opened.where).toBe(where);
    const demo = await on(opened);
    const browser = await member(demo, `${randomUUID()}@example.com`);
    const profile = await browser.get('/api/profile');
    expect(profile.status).toBe(200);
    expect((await browser.post('/auth/logout', {})).status).toBe(204);
    expect((await browser.get('/api/profile')).status).toBe(401);
    await demo.close();
  });

  it.skipIf(missing !== null)(
    'outlives a restart: the same account and session answer to another process',
    async () => {
      const urls = { postgres: postgres ?? '', redis: redis ?? '' };
      const before = await on(await openStores(urls));
      const email = `${randomUUID()}@example.com`;
      await member(before, email);
      await before.close();
      const after = await on(await openStores(urls));
      const browser = client(after.origin);
      expect((await browser.post('/auth/login', { email, password: goodPassword })).status).toBe(200);
      await after.close();
    },
  );

  it.skipIf(missing !== null)('that is down means 503, and is used again once it is back', async () => {
    const server = await startRedis({ settings: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    const demo = await on(await openStores({ postgres: postgres ?? '', redis: server.url }));
    const browser = await member(demo, `${randomUUID()}@example.com`);
    await server.kill();
    const down = await browser.get('/api/profile');
    expect([down.status, down.headers.has('retry-after')]).toEqual([503, true]);
    await server.restart();
    await expect.poll(async () => (await browser.get('/api/profile')).status, { timeout: 10_000 }).toBe(200);
    await demo.close();
    await server.stop();
  });

  it.each([
    ['DATABASE_URL', { postgres: 'postgres://ann:hunter2@127.0.0.1:1/a', redis: undefined }],
    ['REDIS_URL', { postgres: undefined, redis: 'redis://:hunter2@127.0.0.1:1' }],
  ])('that cannot be reached is said by the name of the variable, without the password: %s', async (name, urls) => {
    const failure = await openStores(urls).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RangeError);
    expect(String(failure)).toContain(`${name} names no database that answers`);
    expect(String(failure)).toContain('ECONNREFUSED');
    expect(String(failure)).not.toContain('hunter2');
  });
});
