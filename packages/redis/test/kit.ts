import { type ContractOptions, rateLimitContract, recordSpaceContract } from '@sallyport/contract';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { until } from '../../../tools/services/child.ts';
import { startProxy, type Proxy as Wire } from '../../../tools/services/proxy.ts';
import { redisCommand } from '../../../tools/services/redis.ts';
import { type RedisEval, redisStores } from '../src/index.ts';
import * as scripts from '../src/scripts.ts';
import type { Addresses, Connection } from './clients.ts';

/** One way to reach a Redis. */
export interface Way {
  /** Starts what is needed, before the first case. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The ports of the primaries, once started. */
  primaries(): readonly number[];
  /** With a proxy in place of each primary that is named. */
  connect(proxied: Addresses): Promise<Connection>;
}

export type RedisStores = ReturnType<typeof redisStores>;

/** The whole contract, with wires that can be cut. */
export const contractSuite = (name: string, way: Way, rounds = 8): void => {
  describe(name, () => {
    const ends: (() => unknown)[] = [];
    beforeAll(() => way.start());
    afterAll(async () => {
      for (const end of ends) await end();
      await way.stop();
    });

    const stores = (connect: () => Promise<Connection>): RedisStores => {
      let made: Promise<Connection> | null = null;
      const connection = (): Promise<Connection> => {
        made ??= connect().then((one) => {
          ends.unshift(one.close);
          return one;
        });
        return made;
      };
      const evaluate: RedisEval = async (...call) => (await connection()).evaluate(...call);
      return redisStores(evaluate, { timeoutMs: 3_000 });
    };
    const proxies = async (): Promise<{ readonly proxied: Addresses; readonly all: readonly Wire[] }> => {
      const ports = way.primaries();
      const all = await Promise.all(ports.map((to) => startProxy({ to })));
      for (const one of all) ends.push(() => one.stop());
      const pairs = ports.map((port, n) => [`127.0.0.1:${port}`, { host: '127.0.0.1', port: all[n]?.port ?? 0 }]);
      return { all, proxied: Object.fromEntries(pairs) };
    };
    const cases = contractCases({
      clients: [stores(() => way.connect({})), stores(() => way.connect({}))],
      unreachable: stores(async () => {
        const { all, proxied } = await proxies();
        const connection = await way.connect(proxied);
        for (const one of all) one.set('refuse');
        return connection;
      }),
      lostAnswer: async () => {
        const { all, proxied } = await proxies();
        const connection = await way.connect(proxied);
        ends.unshift(connection.close);
        // The answer that is lost shall be that of the write, not "I do not know this script".
        await Promise.all(way.primaries().map(loadScripts));
        const losing = redisStores(connection.evaluate, { timeoutMs: 3_000 });
        for (const one of all) one.set('lose-answers');
        ends.unshift(passAfterOne(all));
        return losing;
      },
      rounds,
    });
    for (const one of cases) test(one.name, one.run);
  });
};

/** Every case of the parts that Redis has. */
export const contractCases = (
  options: ContractOptions<RedisStores>,
): readonly { readonly name: string; readonly run: () => Promise<void> }[] => {
  const { clients, unreachable, lostAnswer, ...rest } = options;
  const part = <X>(of: (stores: RedisStores) => X): ContractOptions<X> => ({
    ...rest,
    clients: [of(clients[0]), of(clients[1])],
    ...(unreachable === undefined ? {} : { unreachable: of(unreachable) }),
    ...(lostAnswer === undefined ? {} : { lostAnswer: async () => of(await lostAnswer()) }),
  });
  const named = (slot: string) => (one: { readonly name: string; readonly run: () => Promise<void> }) => ({
    name: `${slot} ${one.name}`,
    run: one.run,
  });
  return [
    ...recordSpaceContract(part(({ ephemeral }) => ephemeral)).map(named('ephemeral')),
    ...rateLimitContract(part(({ rateLimits }) => rateLimits)).map(named('rateLimits')),
  ];
};

export const loadScripts = async (port: number): Promise<void> => {
  for (const { lua } of Object.values(scripts)) await redisCommand(port, 'SCRIPT', 'LOAD', lua);
};

/** Lets everything through once an answer was lost. Gives what ends the watch. */
export const passAfterOne = (all: readonly Wire[]): (() => Promise<void>) => {
  let over = false;
  const watch = until('an answer is lost', () => over || all.some((one) => one.lost() > 0), 60_000).then(() => {
    for (const one of all) one.set('pass');
  });
  return async () => {
    over = true;
    await watch;
  };
};
