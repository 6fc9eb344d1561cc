import { createRequire } from 'node:module';
import { fromIoredis, fromNodeRedis, type IoredisClient, type RedisEval, redisStores } from '@sallyport/redis';
import { createClient } from 'redis';
import { startRedis } from '../../tools/services/redis.ts';
import { type Contestant, control, type Duel, duel, type Effort, type Pair, type Thunk } from './duel.ts';
import { type FastStores, fastVerbs, populate, type Verb } from './verbs.ts';

/** Every verb on Redis by node-redis, and `get` by ioredis, beside the same commands sent by the client itself. */
export const storageRedis = async (effort: Effort): Promise<readonly Duel[]> => {
  const server = await startRedis();
  const client = await openNodeRedis(server.url);
  const other = openIoredis(server.port);
  try {
    const stores = redisStores(fromNodeRedis(client));
    const there = await populate(stores);
    const verbs = fastVerbs(stores, there);
    const send: Send = (command) => client.sendCommand([...command]);
    const duels: Duel[] = [];
    const pairs = verbs.map((verb) => pairOf(stores, verb, bareBy(client, send)));
    for (const pair of [...pairs.slice(0, 1).map(control), ...pairs]) duels.push(await duel(pair, effort));
    const [get] = verbs;
    if (get !== undefined) {
      const parsing: Bare = (commands) => {
        const ask = bareBy(client, send)(commands);
        return async () => {
          const value = String(await ask());
          return JSON.parse(value.slice(value.indexOf(' ') + 1));
        };
      };
      const pair = pairOf(stores, get, parsing);
      duels.push(await duel({ ...pair, verb: `${get.name}, bare and JSON.parse` }, effort));
    }
    if (get !== undefined) {
      const bare: Bare = ([command]) => {
        const [, key = ''] = command ?? [];
        return () => other.get(key);
      };
      const pair = pairOf(redisStores(fromIoredis(other)), get, bare);
      duels.push(await duel({ ...pair, verb: 'session.get, ioredis' }, effort));
    }
    return duels;
  } finally {
    client.destroy();
    other.disconnect();
    await server.stop();
  }
};

const openNodeRedis = async (url: string) => {
  // Ours leaves the timer of a command out: the bare call that it is compared with has none either.
  const client = createClient({ url, commandOptions: { timeout: 0 } });
  await client.connect();
  return client;
};
type Client = Awaited<ReturnType<typeof openNodeRedis>>;

interface Ioredis extends IoredisClient {
  disconnect(): void;
}

/** It is a dependency of the tests of `@sallyport/redis`, not of the bench. */
const openIoredis = (port: number): Ioredis => {
  const ofBench = createRequire(import.meta.url);
  const { Redis } = createRequire(ofBench.resolve('@sallyport/redis/package.json'))('ioredis') as {
    readonly Redis: new (options: object) => Ioredis;
  };
  return new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: 0 });
};

type Command = readonly string[];
type Send = (command: Command) => Promise<unknown>;
/** The commands of one call, as a thunk that sends them without us. */
type Bare = (commands: readonly Command[]) => Thunk;

/** A plain command where one does the same, and else the same `EVALSHA`, two in one turn where there are two. */
const bareBy =
  (client: Client, send: Send): Bare =>
  (commands) => {
    const [first = [], second] = commands;
    const [name = '', sha1OrKey = '', , key = '', value = '', ...rest] = first;
    if (name === 'GET') return () => client.get(sha1OrKey);
    if (value === '' && second === undefined && key.includes('one_time:')) return () => client.del(key);
    if (key.includes('one_time:')) return () => client.set(key, value, { condition: 'NX', expiration: endIn(rest) });
    if (key.includes('@')) return () => listed(client, send, first);
    if (second === undefined) return () => send(first);
    return async () => (await Promise.all([send(first), send(second)]))[0];
  };

const endIn = ([word, instant]: readonly string[]): { type: 'PXAT'; value: number } => {
  if (word !== 'PXAT') throw new Error(`a lifetime in ${word}`);
  return { type: 'PXAT', value: Number(instant) };
};

const listed = async (client: Client, send: Send, command: Command): Promise<unknown> => {
  const reply = await send(command);
  const ids = (Array.isArray(reply) ? reply : []).map(String).filter((_, n) => n % 2 === 0);
  const [values] = await Promise.all(ids.map((id) => client.get(`auth:session:${id}`)));
  return values;
};

/** `NX` answers OK; scripts answer 1, or a list; everything else the value. */
const isAnswer = (answer: unknown): boolean => answer !== null && answer !== 0 && answer !== '0';

const pairOf = (stores: FastStores, verb: Verb<FastStores>, bare: Bare): Pair => {
  const contestant: Contestant = {
    prepare: async (count) => (await recorded(verb, count)).map(bare),
    isRight: isAnswer,
  };
  return {
    verb: verb.name,
    ours: { prepare: (count) => verb.prepare(stores, count), isRight: verb.isRight },
    bare: contestant,
  };
};

/** What the stores would send, call by call. */
const recorded = async (verb: Verb<FastStores>, count: number): Promise<readonly (readonly Command[])[]> => {
  let commands: Command[] = [];
  const evaluate: RedisEval = async ({ command, sha1 }, keys, args) => {
    const rest = [...keys, ...args];
    commands.push(command === null ? ['EVALSHA', sha1, `${keys.length}`, ...rest] : [command, ...rest]);
    throw new Error('recorded, not sent');
  };
  const calls: Command[][] = [];
  for (const thunk of await verb.prepare(redisStores(evaluate), count)) {
    commands = [];
    await thunk().catch(() => {});
    calls.push(commands);
  }
  return calls;
};
