import type { SessionRecord } from '@sallyport/core/ports';
import { fromPg, type PgClient, postgresStores } from '@sallyport/postgres';
import { fromNodeRedis, type NodeRedisClient, redisStores } from '@sallyport/redis';
import { type Figure, figure } from '../measure.ts';
import type { Thunk } from './duel.ts';
import { secretId, sessionOf, userIdOf } from './samples.ts';

const inFlight = 32;
const turns = 100;

/** What an adapter costs by itself: over a driver that has its answer at hand, in CPU microseconds a call. */
export const adapterAlone = async (rounds: number): Promise<Readonly<Record<string, Figure>>> => {
  const session = sessionOf(secretId(), userIdOf(1));
  const body = JSON.stringify(session);
  const pg: PgClient = { totalCount: 1, query: async () => ({ rows: [{ body }] }) };
  const onPostgres = postgresStores(fromPg(pg)).ephemeral.open<SessionRecord>('session');

  let value = '';
  const redis: NodeRedisClient = { sendCommand: async ([name]: readonly string[]) => (name === 'GET' ? value : '1') };
  const onRedis = redisStores(fromNodeRedis(redis)).ephemeral.open<SessionRecord>('session');
  await redisStores(async (_, [key = ''], args) => {
    if (key.includes(':session:')) [value = ''] = args;
    return '1';
  })
    .ephemeral.open<SessionRecord>('session')
    .create(session);

  const next = { ...session, version: 2 };
  const contestants: Readonly<Record<string, Thunk>> = {
    'a driver that answers at once': async () => value,
    'JSON.parse of a session': async () => JSON.parse(body),
    'JSON.stringify of a session': async () => JSON.stringify(session),
    'Postgres session.get': () => onPostgres.get(session.id),
    'Postgres session.create': () => onPostgres.create(session),
    'Postgres session.replace': () => onPostgres.replace(next, 1),
    'Postgres session.delete': () => onPostgres.delete(session.id),
    'Redis session.get': () => onRedis.get(session.id),
    'Redis session.create': () => onRedis.create(session),
    'Redis session.replace': () => onRedis.replace(next, 1),
    'Redis session.delete': () => onRedis.delete(session.id),
  };
  const samples = new Map<string, number[]>();
  for (let round = -2; round < rounds; round += 1) {
    for (const [name, call] of Object.entries(contestants)) {
      const cpu = await cpuEach(call);
      if (round >= 0) samples.set(name, [...(samples.get(name) ?? []), cpu]);
    }
  }
  return Object.fromEntries([...samples].map(([name, list]) => [name, figure(list)]));
};

const cpuEach = async (call: Thunk): Promise<number> => {
  const before = process.cpuUsage();
  for (let turn = 0; turn < turns; turn += 1) await Promise.all(Array.from({ length: inFlight }, call));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (turns * inFlight);
};
