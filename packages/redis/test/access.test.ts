import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../../tools/services/child.ts';
import { redisCommand, startRedis } from '../../../tools/services/redis.ts';
import { redisStores } from '../src/index.ts';
import { ioredis, missing, nodeRedis } from './clients.ts';
import { session } from './samples.ts';

/** What the guide says is enough. */
const rights = (): readonly string[] => {
  const guide = readFileSync(new URL('../../../docs/guide/redis.md', import.meta.url), 'utf8');
  const quoted = [/`(~auth:\* \+get [^`]+)`/, /`(\+hello [^`]+)`/].map((pattern) => pattern.exec(guide)?.[1] ?? '');
  return quoted.join(' ').split(' ');
};

describe.skipIf(missing !== null)('a user with the rights that the guide names', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startRedis();
    expect(await redisCommand(server.port, 'ACL', 'SETUSER', 'auth', 'on', '>pass', ...rights())).toBe('OK');
  });
  afterAll(() => server.stop());

  it.each([
    ['node-redis', nodeRedis],
    ['ioredis', ioredis],
  ])('can do everything that is done here, by %s', async (_, connect) => {
    // The helper's ping is not among them.
    await redisCommand(server.port, 'ACL', 'SETUSER', 'auth', '+ping');
    const { evaluate, close } = await connect(server.url.replace('//', '//auth:pass@'));
    const { ephemeral, rateLimits } = redisStores(evaluate);
    const store = ephemeral.open('session');
    const one = session();
    const user = one.userId ?? '';
    await redisCommand(server.port, 'SCRIPT', 'FLUSH');
    expect(await store.create(one)).toBe(true);
    expect(await store.replace({ ...one, version: 2, expiresAt: null }, 1)).toBe(true);
    expect(await store.listByUser(user)).toHaveLength(1);
    expect(await store.delete(one.id)).toBe(true);
    await redisCommand(server.port, 'ZADD', `auth:session@${user}`, 1, one.id);
    expect(await store.listByUser(user)).toEqual([]);
    expect(await redisCommand(server.port, 'ZCARD', `auth:session@${user}`)).toBe('0');
    expect(await store.get(one.id)).toBeNull();
    const take = { now: 5, incrementMs: 1, ceilingMs: 1 };
    expect(await rateLimits.take('k', take)).toEqual({ allowed: true, tat: 6 });
    await rateLimits.reset('k');
    close();
  });
});
