import type { SessionRecord } from '@sallyport/core/ports';
import { fromNodeRedis, type RedisEval, redisStores } from '@sallyport/redis';
import { createClient } from 'redis';
import { startRedis } from '../../tools/services/redis.ts';
import { micros, quantile, type Thunk } from '../storage/duel.ts';
import { places, secretId, sessionOf, takeOf, userIdOf } from '../storage/samples.ts';
import { idOf } from './postgres.ts';

export interface RedisGrowth {
  readonly sessions: number;
  readonly perUser: number;
  readonly fillSeconds: number;
  /** `used_memory` that was not there before, the index included. */
  readonly bytesPerSession: number;
  readonly residentMiB: number;
  /** Medians, one after another. */
  readonly micros: Readonly<Record<string, number>>;
}

const calls = 2_000;
const chunk = 1_000;

export const growthOnRedis = async (sessions: number, perUser: number): Promise<RedisGrowth> => {
  const server = await startRedis();
  const client = createClient({ url: server.url });
  await client.connect();
  const memory = async (): Promise<{ readonly used: number; readonly resident: number }> => {
    const info = await client.info('memory');
    const of = (name: string): number => Number(new RegExp(`${name}:(\\d+)`).exec(info)?.[1]);
    return { used: of('used_memory'), resident: of('used_memory_rss') };
  };
  const send = (command: readonly string[]): Promise<unknown> => client.sendCommand([...command]);
  try {
    const users = Math.ceil(sessions / perUser);
    // Numbers first, so that the table of keys is as large as it is at that size.
    const before = await memory();
    const start = performance.now();
    await makeKnown(send);
    for (let done = 0; done < sessions; done += chunk) {
      const count = Math.min(chunk, sessions - done);
      await Promise.all(
        Array.from({ length: count }, (_, n) => commandsOf(sessionOf(idOf(done + n), userIdOf((done + n) % users))))
          .flat()
          .map(send),
      );
    }
    const fillSeconds = (performance.now() - start) / 1_000;
    const after = await memory();
    const stores = redisStores(fromNodeRedis(client));
    const store = stores.ephemeral.open<SessionRecord>('session');
    const place = places(7);
    const verbs: Readonly<Record<string, Thunk>> = {
      get: () => store.get(idOf(place(sessions))),
      listByUser: () => store.listByUser(userIdOf(place(users))),
      create: () => store.create(sessionOf(secretId(), userIdOf(place(users)))),
      take: () => stores.rateLimits.take(`login_ip:${place(sessions)}`, takeOf()),
    };
    const medians: Record<string, number> = {};
    for (const [name, thunk] of Object.entries(verbs)) medians[name] = await median(thunk);
    return {
      sessions,
      perUser,
      fillSeconds,
      bytesPerSession: (after.used - before.used) / sessions,
      residentMiB: after.resident / 2 ** 20,
      micros: medians,
    };
  } finally {
    client.destroy();
    await server.stop();
  }
};

const median = async (thunk: Thunk): Promise<number> => {
  for (let n = 0; n < calls / 10; n += 1) if ((await thunk()) === null) throw new Error('a wrong answer');
  const times: number[] = [];
  for (let n = 0; n < calls; n += 1) times.push(await micros(thunk));
  return quantile(times, 0.5);
};

/** What the store sends for a new session. A fill waits for no answer of each, only for those of a thousand. */
const commandsOf = (session: SessionRecord): readonly (readonly string[])[] => {
  const commands: (readonly string[])[] = [];
  const evaluate: RedisEval = async ({ sha1 }, keys, args) => {
    commands.push(['EVALSHA', sha1, `${keys.length}`, ...keys, ...args]);
    return 1;
  };
  void redisStores(evaluate).ephemeral.open<SessionRecord>('session').create(session);
  return commands;
};

const makeKnown = async (send: (command: readonly string[]) => Promise<unknown>): Promise<void> => {
  const texts = new Set<string>();
  const evaluate: RedisEval = async ({ lua }) => {
    texts.add(lua);
    return 1;
  };
  await redisStores(evaluate)
    .ephemeral.open<SessionRecord>('session')
    .create(sessionOf(secretId(), userIdOf(0)));
  for (const lua of texts) await send(['SCRIPT', 'LOAD', lua]);
};

export const redisGrowthRow = ({
  sessions,
  perUser,
  bytesPerSession,
  residentMiB,
  micros: times,
}: RedisGrowth): string => {
  const costs = Object.entries(times).map(([name, value]) => `${name} ${value.toFixed(0)} µs`);
  return `  ${sessions.toExponential(0)} sessions, ${perUser} a user  ${bytesPerSession.toFixed(0).padStart(4)} B a session  ${residentMiB.toFixed(0).padStart(6)} MiB resident  ${costs.join(', ')}`;
};
