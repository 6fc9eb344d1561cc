import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoServices } from '../../tools/services/binaries.ts';
import { startPostgres } from '../../tools/services/postgres.ts';
import { startRedis } from '../../tools/services/redis.ts';
import { type Connected, connected } from './backends.ts';
import { contenders } from './contenders.ts';
import { running } from './mounted.ts';
import { faultsOf } from './proof.ts';
import { type TripCounter, tripCounter } from './trips.ts';

const get = ['GET'];
const expected: Readonly<Record<string, { readonly redis: readonly string[]; readonly statements: number }>> = {
  'Express, one Redis GET': { redis: get, statements: 0 },
  'Express, one Redis GET, no timer': { redis: get, statements: 0 },
  'Express, one prepared join': { redis: [], statements: 1 },
  'Sallyport, Redis, lag 5 s': { redis: get, statements: 0 },
  'Sallyport, Redis and Postgres, lag 0': { redis: get, statements: 1 },
  'Sallyport, Postgres': { redis: [], statements: 1 },
  'better-auth, Redis': { redis: ['GET', 'GET'], statements: 0 },
  'better-auth, Postgres': { redis: [], statements: 2 },
  'better-auth, Postgres, joins': { redis: [], statements: 1 },
  'express-session, connect-redis': { redis: ['GET', 'EXPIRE'], statements: 0 },
};
const nothing = { redis: [], statements: 0 };

const missing = whyNoServices();

describe.skipIf(missing !== null)('what is measured beside each other', () => {
  const stops: (() => Promise<void> | void)[] = [];
  let backends: Connected;
  let trips: TripCounter;
  beforeAll(async () => {
    const [postgres, redis] = await Promise.all([
      startPostgres({ settings: { shared_preload_libraries: 'pg_stat_statements' } }),
      startRedis(),
    ]);
    stops.push(postgres.stop, redis.stop);
    backends = await connected(postgres.url, redis.url);
    trips = await tripCounter(backends, redis.url);
    stops.unshift(trips.close, backends.close);
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  it.each(contenders)('$name answers 200 to its user and 401 to others, by so many round trips', async (contender) => {
    const server = await running(contender, backends);
    try {
      expect(await faultsOf(contender, server)).toEqual([]);
      expect(await trips.count(server)).toEqual(expected[contender.name] ?? nothing);
    } finally {
      await server.stop();
    }
  });

  it('knows a contender that lets everybody in, and one that refuses everybody', async () => {
    const [open] = contenders;
    if (open === undefined) throw new Error('there are contenders');
    const server = await running({ ...open, refuses: true }, backends);
    try {
      expect(await faultsOf({ ...open, refuses: true }, server)).toHaveLength(2);
      expect(await faultsOf(open, { ...server, userId: 'somebody else' })).toHaveLength(1);
    } finally {
      await server.stop();
    }
  });
});
