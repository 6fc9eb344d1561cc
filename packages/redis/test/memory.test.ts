import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../../tools/services/child.ts';
import { redisCommand, startRedis } from '../../../tools/services/redis.ts';
import { redisStores } from '../src/index.ts';
import { type Connection, missing, nodeRedis } from './clients.ts';
import { session } from './samples.ts';

const sessions = 10_000;

describe.skipIf(missing !== null)('memory', () => {
  let server: Server;
  let connection: Connection;
  const redis = (...command: string[]): Promise<string> => redisCommand(server.port, ...command);
  const used = async (): Promise<number> => Number(/used_memory:(\d+)/.exec(await redis('INFO', 'memory'))?.[1]);

  beforeAll(async () => {
    server = await startRedis();
    connection = await nodeRedis(server.url);
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
  });

  // Of a session with a user agent of 111 characters, its address and its owner's UUID: 170 bytes that are its own.
  it.each([
    { each: 1, record: 480, index: 200, all: 800 },
    { each: 5, record: 480, index: 120, all: 660 },
  ])('a session of a user with $each takes at most $all bytes, the index included', async ({ each, ...most }) => {
    await redis('FLUSHALL');
    const store = redisStores(connection.evaluate).ephemeral.open('session');
    const before = await used();
    let last = session();
    for (let made = 0; made < sessions; made += 1_000) {
      const some = Array.from({ length: 1_000 }, (_, n) => {
        const owner = n % each === 0 ? session().userId : last.userId;
        last = { ...session(), userId: owner };
        return store.create(last);
      });
      await Promise.all(some);
    }
    const grown = ((await used()) - before) / sessions;
    const record = Number(await redis('MEMORY', 'USAGE', `auth:session:${last.id}`));
    const index = Number(await redis('MEMORY', 'USAGE', `auth:session@${last.userId}`)) / each;
    console.info(`Redis  ${each} a user: ${Math.round(grown)} bytes a session, of MEMORY USAGE ${record} + ${index}`);
    expect(record).toBeLessThanOrEqual(most.record);
    expect(index).toBeLessThanOrEqual(most.index);
    expect(grown).toBeLessThanOrEqual(most.all);
  });
});
