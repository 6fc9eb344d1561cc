import type { OwnedRecordStore, SessionRecord } from '@sallyport/core/ports';
import { StoreUnavailableError } from '@sallyport/core/ports';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort, type Server } from '../../../tools/services/child.ts';
import { startProxy } from '../../../tools/services/proxy.ts';
import { redisCommand, startRedis } from '../../../tools/services/redis.ts';
import { fromIoredis, fromNodeRedis, type RedisEval, redisStores } from '../src/index.ts';
import { type Connection, ioredis, missing, nodeRedis } from './clients.ts';
import { loadScripts, passAfterOne } from './kit.ts';
import { session } from './samples.ts';

const take = { now: 1_700_000_000_000, incrementMs: 1_000, ceilingMs: 9_000 };
const open = (evaluate: RedisEval, timeoutMs = 3_000) => {
  const { ephemeral, rateLimits } = redisStores(evaluate, { timeoutMs });
  return { rateLimits, store: ephemeral.open<SessionRecord>('session') };
};
const one = session();
const reads = (store: OwnedRecordStore<SessionRecord>): readonly Promise<unknown>[] => [
  store.get(one.id),
  store.listByUser(one.userId ?? ''),
];
const additions = ({ store, rateLimits }: ReturnType<typeof open>): readonly Promise<unknown>[] => [
  store.create(session()),
  store.replace({ ...one, version: 2 }, 1),
  rateLimits.take('k', take),
];
const removals = ({ store, rateLimits }: ReturnType<typeof open>): readonly Promise<unknown>[] => [
  store.delete(one.id),
  rateLimits.reset('k'),
];
const everything = (stores: ReturnType<typeof open>) => [
  ...reads(stores.store),
  ...additions(stores),
  ...removals(stores),
];
const mustAllBeUnavailable = async (calls: readonly Promise<unknown>[]): Promise<void> => {
  const answers = await Promise.all(calls.map((call) => call.catch((error: unknown) => error)));
  for (const answer of answers) expect(answer).toBeInstanceOf(StoreUnavailableError);
};

describe.skipIf(missing !== null).each([
  ['node-redis', nodeRedis],
  ['ioredis', ioredis],
])('%s', (_, connect) => {
  let server: Server;
  let connection: Connection;
  beforeAll(async () => {
    server = await startRedis();
    connection = await connect(server.url);
    await open(connection.evaluate).store.create(one);
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
  });
  const redis = (...command: string[]): Promise<string> => redisCommand(server.port, ...command);

  it('a primary that became a replica refuses writes: unavailable; reads are still answered', async () => {
    await redis('REPLICAOF', '127.0.0.1', `${await freePort()}`);
    const stores = open(connection.evaluate);
    await mustAllBeUnavailable([...additions(stores), ...removals(stores)]);
    await redis('REPLICAOF', 'NO', 'ONE');
    expect(await stores.store.get(one.id)).toEqual(one);
  });

  it('a full Redis refuses what adds: unavailable; signing out and reading go on', async () => {
    await redis('CONFIG', 'SET', 'maxmemory', '1');
    const stores = open(connection.evaluate);
    await mustAllBeUnavailable(additions(stores));
    expect(await stores.store.get(one.id)).toEqual(one);
    expect(await stores.store.delete(one.id)).toBe(true);
    await redis('CONFIG', 'SET', 'maxmemory', '0');
    expect(await stores.store.create(one)).toBe(true);
  });

  it('a key that holds something foreign is unavailable, never "no such session"', async () => {
    const { store } = open(connection.evaluate);
    const [list, text] = [session(), session()];
    await redis('RPUSH', `auth:session:${list.id}`, 'x');
    await redis('SET', `auth:session:${text.id}`, 'foreign');
    await mustAllBeUnavailable([store.get(list.id), store.get(text.id), store.replace({ ...list, version: 2 }, 1)]);
    expect(await store.replace({ ...text, version: 2 }, 1)).toBe(false);
    expect(await store.create(text)).toBe(false);
  });

  it('a Redis that hangs is unavailable after timeoutMs, and is answered again when it goes on', async () => {
    const stores = open(connection.evaluate, 200);
    server.pause();
    await mustAllBeUnavailable(everything(stores));
    server.resume();
    await expect.poll(() => stores.store.get(session().id), { timeout: 5_000 }).toBeNull();
  });

  it('a create whose answer was lost has happened, rejects, and the next one is told that the id is taken', async () => {
    const proxy = await startProxy({ to: server.port });
    const cut = await connect(`redis://127.0.0.1:${proxy.port}`);
    await loadScripts(server.port);
    const fresh = session();
    const { store } = open(cut.evaluate);
    proxy.set('lose-answers');
    const end = passAfterOne([proxy]);
    await mustAllBeUnavailable([store.create(fresh)]);
    await end();
    expect(proxy.lost()).toBeGreaterThan(0);
    expect(await open(connection.evaluate).store.create(fresh)).toBe(false);
    expect(await open(connection.evaluate).store.listByUser(fresh.userId ?? '')).toEqual([fresh]);
    cut.close();
    await proxy.stop();
  });

  it('a Redis that restarts is answered again by the same client', async () => {
    const own = await startRedis({ settings: ['--appendonly', 'yes'] });
    onTestFinished(() => own.stop());
    const client = await connect(own.url);
    const stores = open(client.evaluate);
    await stores.store.create(one);
    await own.kill();
    await mustAllBeUnavailable(everything(stores));
    await own.restart();
    await expect.poll(() => stores.store.get(one.id).catch(() => null), { timeout: 10_000 }).toEqual(one);
    client.close();
  });

  it('a client that is closed is unavailable', async () => {
    const client = await connect(server.url);
    client.close();
    await mustAllBeUnavailable(everything(open(client.evaluate)));
  });
});

describe('an answer that makes no sense', () => {
  it.each([[undefined], ['OK'], [2], [{}], [''], [['x', 1]], [true]])(
    '%j is unavailable, never an outcome',
    async (answer) => {
      const stores = open(async () => answer);
      await mustAllBeUnavailable(everything(stores));
    },
  );

  it('and a function that throws at once is unavailable', async () => {
    const stores = open(() => {
      throw new Error('not connected');
    });
    await mustAllBeUnavailable(everything(stores));
  });
});

describe('what the seams refuse', () => {
  it.each(['', 'auth', ':auth', '{a}:', 'a b:', 'a\n:', 'é:', `${'a'.repeat(64)}:`, 5, null])('prefix %j', (prefix) => {
    expect(() => redisStores(async () => null, { prefix: prefix as string })).toThrow(/prefix/);
  });

  it.each([0, -1, 1.5, Number.NaN, 600_001, '5'])('timeoutMs %j', (timeoutMs) => {
    expect(() => redisStores(async () => null, { timeoutMs: timeoutMs as number })).toThrow(/timeoutMs/);
  });

  it.each(['', 'a:b', 'a@b', 'a/b', 'a b', 'x'.repeat(65)])(
    'kind %j, of which keys could be those of another',
    (kind) => {
      const { ephemeral } = redisStores(async () => null);
      expect(() => ephemeral.open(kind)).toThrow(/kind/);
    },
  );

  it('a thing that is no client', () => {
    for (const thing of [null, {}, { sendCommand: () => {}, isCluster: false }]) {
      expect(() => fromNodeRedis(thing as never)).toThrow(/createClient/);
    }
    for (const thing of [null, {}, { evalsha: () => {} }])
      expect(() => fromIoredis(thing as never)).toThrow(/new Redis/);
    expect(() => redisStores({} as never)).toThrow(/fromNodeRedis/);
  });
});
