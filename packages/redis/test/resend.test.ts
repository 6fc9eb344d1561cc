import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { createSentinel } from 'redis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startProxy } from '../../../tools/services/proxy.ts';
import { startRedisCluster } from '../../../tools/services/redis-cluster.ts';
import { type RedisSentinel, startRedisSentinel } from '../../../tools/services/redis-sentinel.ts';
import { fromIoredis, type RedisEval, redisStores } from '../src/index.ts';
import { missing, nodeRedisSentinel } from './clients.ts';
import { loadScripts, passAfterOne } from './kit.ts';
import { session } from './samples.ts';

type Options = Pick<
  RedisOptions,
  'maxRetriesPerRequest' | 'autoResendUnfulfilledCommands' | 'role' | 'sentinels' | 'name'
>;
const accepts = (options: Options): boolean => {
  fromIoredis(new Redis({ ...options, lazyConnect: true }));
  return true;
};
const nodes = [{ host: '127.0.0.1', port: 1 }];
const accepted = (options: ConstructorParameters<typeof Cluster>[1]): boolean => {
  fromIoredis(new Cluster(nodes, { lazyConnect: true, ...options }));
  return true;
};

describe('fromIoredis refuses a client that would send a write again', () => {
  it.each<Options>([
    {},
    { maxRetriesPerRequest: 1 },
    { maxRetriesPerRequest: null },
    { autoResendUnfulfilledCommands: true },
    { maxRetriesPerRequest: 5, autoResendUnfulfilledCommands: true },
  ])('%j', (options) => {
    expect(() => accepts(options)).toThrow(/maxRetriesPerRequest: 0/);
  });

  it.each<Options>([{ maxRetriesPerRequest: 0 }, { autoResendUnfulfilledCommands: false }])(
    'and takes %j',
    (options) => {
      expect(accepts(options)).toBe(true);
    },
  );

  it('or that reads from replicas', () => {
    const sentinels = { maxRetriesPerRequest: 0, sentinels: nodes, name: 'x' };
    expect(() => accepts({ ...sentinels, role: 'slave' })).toThrow(/role: 'master'/);
    expect(accepts(sentinels)).toBe(true);
    for (const scaleReads of ['slave', 'all', () => []] as const) {
      expect(() => accepted({ retryDelayOnFailover: 0, scaleReads } as never)).toThrow(/scaleReads: 'master'/);
    }
  });

  it('on Cluster too', () => {
    expect(() => accepted({})).toThrow(/retryDelayOnFailover: 0/);
    expect(() => accepted({ retryDelayOnFailover: 100 })).toThrow(/retryDelayOnFailover: 0/);
    const keepsNodes = { retryDelayOnFailover: 0, clusterNodeRetryStrategy: () => 100 };
    expect(() => accepted(keepsNodes)).toThrow(/redisOptions: \{ maxRetriesPerRequest: 0 \}/);
    expect(accepted({ ...keepsNodes, redisOptions: { maxRetriesPerRequest: 0 } })).toBe(true);
    expect(accepted({ retryDelayOnFailover: 0 })).toBe(true);
  });
});

/** Without the refusals above: what the options do, so that we know that they still do it. */
const unguarded =
  (client: Redis | Cluster): RedisEval =>
  ({ lua }, keys, args) =>
    client.eval(lua, keys.length, ...keys, ...args);

describe.skipIf(missing !== null)('why: a create whose answer was lost', () => {
  let sentinel: RedisSentinel;
  beforeAll(async () => {
    sentinel = await startRedisSentinel();
  });
  afterAll(() => sentinel.stop());

  const createThrough = async (port: number, connect: (proxyPort: number) => Promise<RedisEval>): Promise<unknown> => {
    const proxy = await startProxy({ to: port });
    await loadScripts(port);
    const store = redisStores(await connect(proxy.port), { timeoutMs: 5_000 }).ephemeral.open('session');
    const fresh = { ...session(), userId: null };
    proxy.set('lose-answers');
    const end = passAfterOne([proxy]);
    const outcome = await store.create(fresh).catch((error: Error) => error.name);
    await end();
    await proxy.stop();
    return outcome;
  };

  it('is answered false by ioredis as it comes', async () => {
    const { port } = sentinel.primary;
    const clients: Redis[] = [];
    const outcome = await createThrough(port, async (proxied) => {
      const client = new Redis(proxied);
      client.on('error', () => {});
      clients.push(client);
      await client.ping();
      return unguarded(client);
    });
    expect(outcome).toBe(false);
    for (const client of clients) client.disconnect();
  });

  const map = (port: number, proxied: number) => ({ [`127.0.0.1:${port}`]: { host: '127.0.0.1', port: proxied } });

  it('is answered false by a Sentinel client of node-redis, and rejects with ours around it', async () => {
    const { port } = sentinel.primary;
    const ends: (() => unknown)[] = [];
    const bare = await createThrough(port, async (proxied) => {
      const client = createSentinel({
        name: sentinel.name,
        sentinelRootNodes: sentinel.sentinels.map((one) => ({ host: '127.0.0.1', port: one.port })),
        nodeAddressMap: map(port, proxied),
      });
      client.on('error', () => {});
      await client.connect();
      ends.push(() => client.destroy());
      return ({ lua }, keys, args) => client.sendCommand(false, ['EVAL', lua, `${keys.length}`, ...keys, ...args]);
    });
    expect(bare).toBe(false);
    const ours = await createThrough(port, async (proxied) => {
      const { evaluate, close } = await nodeRedisSentinel(sentinel, map(port, proxied));
      ends.push(close);
      return evaluate;
    });
    expect(ours).toBe('StoreUnavailableError');
    for (const end of ends) await end();
  });

  it('is answered false by a Cluster client of ioredis as it comes', async () => {
    const cluster = await startRedisCluster();
    onTestFinished(() => cluster.stop());
    const proxies = await Promise.all(cluster.primaries.map(({ port }) => startProxy({ to: port })));
    const natMap = Object.assign({}, ...cluster.primaries.map(({ port }, n) => map(port, proxies[n]?.port ?? 0)));
    const client = new Cluster([{ host: '127.0.0.1', port: cluster.nodes[0]?.port ?? 0 }], { natMap });
    client.on('error', () => {});
    await new Promise((resolve) => client.once('ready', resolve));
    const store = redisStores(unguarded(client)).ephemeral.open('session');
    await Promise.all(Array.from({ length: 50 }, () => store.get(session().id)));
    for (const one of proxies) one.set('lose-answers');
    const end = passAfterOne(proxies);
    expect(await store.create({ ...session(), userId: null })).toBe(false);
    await end();
    client.disconnect();
    for (const one of proxies) await one.stop();
  });
});
