import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../../tools/services/child.ts';
import { redisCommand, startRedis } from '../../../tools/services/redis.ts';
import { type RedisEval, redisStores } from '../src/index.ts';
import * as scripts from '../src/scripts.ts';
import { type Connection, ioredis, missing, nodeRedis } from './clients.ts';
import { session } from './samples.ts';

const all = Object.entries(scripts);

describe('every script', () => {
  it.each(all)('%s has the SHA-1 of its text', (_, { lua, sha1 }) => {
    expect(sha1).toBe(createHash('sha1').update(lua).digest('hex'));
  });

  it.each(all)('%s touches its first key alone, so it runs on Cluster', (_, { lua }) => {
    expect(lua.match(/KEYS\b(?!\[1\])/g)).toBeNull();
    const calls = lua.match(/redis\.call\('\w+'(?:,(?:KEYS\[1\]|k\b))?/g) ?? [];
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.filter((call) => !/TIME'$|(?:KEYS\[1\]|,k)$/.test(call))).toEqual([]);
  });
});

/** Counts the calls of a verb, and in how many turns they left: a call after an answer is a round trip more. */
const counting = (evaluate: RedisEval) => {
  const seen = { calls: 0, trips: 0, keys: [] as number[] };
  let answered = true;
  const counted: RedisEval = async (script, keys, args) => {
    seen.calls += 1;
    seen.keys.push(keys.length);
    if (answered) seen.trips += 1;
    answered = false;
    const answer = await evaluate(script, keys, args);
    answered = true;
    return answer;
  };
  const during = async (verb: () => Promise<unknown>) => {
    answered = true;
    Object.assign(seen, { calls: 0, trips: 0, keys: [] });
    await verb();
    return { ...seen };
  };
  return { counted, during };
};

describe.skipIf(missing !== null)('what reaches Redis', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  describe.each([
    ['node-redis', nodeRedis],
    ['ioredis', ioredis],
  ])('from %s', (_, connect) => {
    let connection: Connection;
    let monitor: Redis;
    let seen: { readonly name: string; readonly args: readonly string[]; readonly fromScript: boolean }[] = [];
    beforeAll(async () => {
      connection = await connect(server.url);
      const client = new Redis(server.url);
      monitor = await client.monitor();
      client.disconnect();
      monitor.on('monitor', (_time: string, [name = '', ...args]: string[], source: string) => {
        seen.push({ name: name.toUpperCase(), args, fromScript: source === 'lua' });
      });
    });
    afterAll(() => {
      monitor.disconnect();
      connection.close();
    });

    const settled = async (): Promise<void> => {
      await redisCommand(server.port, 'ECHO', 'end');
      await expect.poll(() => seen.some(({ name, args }) => name === 'ECHO' && args[0] === 'end')).toBe(true);
    };
    const sentBy = async (verb: () => Promise<unknown>): Promise<readonly string[]> => {
      await settled();
      seen = [];
      await verb();
      await settled();
      const own = seen.filter(({ name, fromScript }) => !fromScript && name !== 'ECHO' && name !== 'CLIENT');
      return own.map(({ name }) => name);
    };

    it('is one round trip a verb: one command, and one for the index where a record has an owner', async () => {
      const { counted, during } = counting(connection.evaluate);
      const { ephemeral, rateLimits } = redisStores(counted);
      const store = ephemeral.open('session');
      const owned = session();
      const ofNobody = { ...session(), userId: null };
      await store.create(session());
      await redisCommand(server.port, 'SCRIPT', 'FLUSH');
      for (const { lua } of Object.values(scripts)) await redisCommand(server.port, 'SCRIPT', 'LOAD', lua);
      const take = { now: Date.now(), incrementMs: 1_000, ceilingMs: 5_000 };
      const verbs: readonly (readonly [readonly string[], () => Promise<unknown>])[] = [
        [['EVALSHA', 'EVALSHA'], () => store.create(owned)],
        [['EVALSHA'], () => store.create(ofNobody)],
        [['GET'], () => store.get(owned.id)],
        [['EVALSHA', 'EVALSHA'], () => store.replace({ ...owned, version: 2 }, 1)],
        [['EVALSHA'], () => store.replace({ ...ofNobody, version: 2 }, 1)],
        [['EVALSHA'], () => store.delete(ofNobody.id)],
        [['EVALSHA'], () => rateLimits.take('key', take)],
        [['EVALSHA'], () => rateLimits.reset('key')],
      ];
      for (const [commands, verb] of verbs) {
        let counts = { calls: 0, trips: 0, keys: [] as number[] };
        expect(
          await sentBy(async () => {
            counts = await during(verb);
          }),
        ).toEqual(commands);
        expect(counts).toEqual({ calls: commands.length, trips: 1, keys: commands.map(() => 1) });
      }
      await store.create({ ...session(), userId: owned.userId });
      const lists = await during(() => store.listByUser(owned.userId ?? ''));
      expect(lists).toMatchObject({ calls: 3, trips: 2 });
    });

    it('is never a scan, a transaction or a command on more than one key', async () => {
      await settled();
      seen = [];
      const { ephemeral, rateLimits } = redisStores(connection.evaluate);
      const store = ephemeral.open('session');
      const one = session();
      await store.create(one);
      await store.get(one.id);
      await store.replace({ ...one, version: 2, expiresAt: null }, 1);
      await store.listByUser(one.userId ?? '');
      await store.delete(one.id);
      await store.listByUser(one.userId ?? '');
      await rateLimits.take('k', { now: 1, incrementMs: 1, ceilingMs: 1 });
      await rateLimits.reset('k');
      await settled();
      const of = (fromScript: boolean) => {
        const names = seen.filter((one) => one.fromScript === fromScript).map(({ name }) => name);
        return [...new Set(names)].filter((name) => name !== 'ECHO' && name !== 'CLIENT').sort();
      };
      expect(of(false).filter((name) => name !== 'EVAL')).toEqual(['EVALSHA', 'GET']);
      expect(of(true)).toEqual(
        [
          'DEL',
          'EXPIREAT',
          'GET',
          'GETRANGE',
          'PERSIST',
          'SET',
          'TIME',
          'ZADD',
          'ZRANGE',
          'ZREMRANGEBYSCORE',
          'ZSCORE',
        ].sort(),
      );
    });

    it('is EVAL once for a script that Redis has forgotten, in the middle of everything', async () => {
      const { ephemeral, rateLimits } = redisStores(connection.evaluate);
      const store = ephemeral.open('session');
      const sent = await sentBy(async () => {
        for (let round = 0; round < 5; round += 1) {
          const one = session();
          await redisCommand(server.port, 'SCRIPT', 'FLUSH');
          expect(await store.create(one)).toBe(true);
          await redisCommand(server.port, 'SCRIPT', 'FLUSH');
          expect(await store.replace({ ...one, version: 2 }, 1)).toBe(true);
          await redisCommand(server.port, 'SCRIPT', 'FLUSH');
          expect(await store.listByUser(one.userId ?? '')).toEqual([{ ...one, version: 2 }]);
          await redisCommand(server.port, 'SCRIPT', 'FLUSH');
          expect(await store.delete(one.id)).toBe(true);
          expect(await store.delete(one.id)).toBe(false);
          expect(await rateLimits.take(one.id, { now: 5, incrementMs: 2, ceilingMs: 2 })).toEqual({
            allowed: true,
            tat: 7,
          });
        }
      });
      const evals = sent.filter((name) => name === 'EVAL').length;
      expect(evals).toBe(5 * 7);
    });
  });
});
