import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../../tools/services/child.ts';
import { redisCommand, startRedis } from '../../../tools/services/redis.ts';
import { redisStores } from '../src/index.ts';
import { type Connection, missing, nodeRedis } from './clients.ts';
import { session } from './samples.ts';

describe.skipIf(missing !== null)('lifetimes in Redis', () => {
  let server: Server;
  let connection: Connection;
  const redis = (...command: (string | number)[]): Promise<string> => redisCommand(server.port, ...command);
  const stores = () => redisStores(connection.evaluate);
  const endOf = async (key: string): Promise<number> => Number(await redis('PEXPIRETIME', key));

  beforeAll(async () => {
    server = await startRedis();
    connection = await nodeRedis(server.url);
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
  });

  it('a record goes a minute after expiresAt, to the millisecond; null is for ever; replace moves it both ways', async () => {
    const store = stores().ephemeral.open('session');
    const one = session();
    const key = `auth:session:${one.id}`;
    const at = Date.now() + 1_234_567;
    await store.create({ ...one, expiresAt: at });
    expect(await endOf(key)).toBe(at + 60_000);
    const moves = [at + 999, at - 999, null, at, null, 253_402_300_799_999, Number.MAX_SAFE_INTEGER];
    for (const [n, expiresAt] of moves.entries()) {
      expect(await store.replace({ ...one, version: n + 2, expiresAt }, n + 1)).toBe(true);
      expect(await endOf(key)).toBe(expiresAt === null ? -1 : expiresAt + 60_000);
    }
    expect(await store.replace({ ...one, version: 9, expiresAt: at }, 7)).toBe(false);
    expect(await store.create({ ...one, expiresAt: at })).toBe(false);
    expect(await endOf(key)).toBe(Number.MAX_SAFE_INTEGER + 60_000);
  });

  it.each([-Number.MAX_SAFE_INTEGER, -60_000, 0, 1, Date.now() - 60_001])(
    'a record that ended at %i is made, told so, and gone',
    async (expiresAt) => {
      const store = stores().ephemeral.open('session');
      const one = session();
      expect(await store.create({ ...one, expiresAt })).toBe(true);
      expect(await store.get(one.id)).toBeNull();
      expect(await store.create(one)).toBe(true);
      expect(await store.replace({ ...one, version: 2, expiresAt }, 1)).toBe(true);
      expect(await store.get(one.id)).toBeNull();
      expect(await redis('EXISTS', `auth:session:${one.id}`)).toBe('0');
    },
  );

  it('a limit goes a minute after its instant, counted from now; a refused take changes nothing', async () => {
    const { rateLimits } = stores();
    const key = 'auth:rate/k';
    const take = { now: 1_700_000_000_000, incrementMs: 3_600_000, ceilingMs: 7_200_000 };
    for (const n of [1, 2]) {
      const before = Date.now();
      expect((await rateLimits.take('k', take)).allowed).toBe(true);
      const end = await endOf(key);
      expect(end).toBeGreaterThanOrEqual(before + n * 3_600_000 + 60_000);
      expect(end).toBeLessThanOrEqual(Date.now() + n * 3_600_000 + 60_000);
    }
    const [end, value] = [await endOf(key), await redis('GET', key)];
    expect(value).toBe('1700007200000');
    for (const now of [take.now, take.now - 86_400_000, take.now + 1]) {
      expect(await rateLimits.take('k', { ...take, now })).toEqual({ allowed: false, tat: 1_700_007_200_000 });
    }
    expect([await endOf(key), await redis('GET', key)]).toEqual([end, value]);
    expect(await rateLimits.take('other', { ...take, ceilingMs: 1 })).toEqual({ allowed: false, tat: 0 });
    expect(await redis('EXISTS', 'auth:rate/other')).toBe('0');
    await rateLimits.reset('k');
    expect(await redis('EXISTS', key)).toBe('0');
  });
});
