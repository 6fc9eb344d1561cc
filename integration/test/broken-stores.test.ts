import { type ContractOptions, storesContract } from '@sallyport/contract';
import { selfTest } from '@sallyport/contract/broken';
import { type Stores, StoreUnavailableError } from '@sallyport/core/ports';
import { fromPg, migrate, postgresStores } from '@sallyport/postgres';
import { fromNodeRedis, redisStores } from '@sallyport/redis';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, inject, test } from 'vitest';

const { missing, postgres, redis } = inject('services');

const unique = `mixed_${process.pid}_${Date.now().toString(36)}`;

/** Two processes as far as connections go: each has a pool and a client of its own. */
const clients = [1, 2].map(() => {
  const pool = new pg.Pool({ connectionString: postgres ?? '', max: 8 });
  const cache = createClient({ url: redis ?? '', disableOfflineQueue: true });
  cache.on('error', () => {});
  const whole = postgresStores(fromPg(pool), { schema: unique });
  const mixed: Stores = { ...whole, ...redisStores(fromNodeRedis(cache), { prefix: `${unique}:` }) };
  return { pool, cache, whole, mixed };
});
const [one, two] = clients;
if (one === undefined || two === undefined) throw new Error('two clients are made above');

/** An outage as an adapter reports it: what is tried here is how the broken ones hide it. */
const down = (): never => {
  throw new StoreUnavailableError('run', { cause: new Error('connection refused') });
};
const unreachable: Stores = { ...postgresStores(async () => down()), ...redisStores(async () => down()) };

/** The writes of one handle: the first is done and its answer lost. */
const losing = (isMixed: boolean): Stores => {
  let isLost = false;
  const once = async <T>(answer: Promise<T>): Promise<T> => {
    const value = await answer;
    if (isLost) return value;
    isLost = true;
    return down();
  };
  const run = fromPg(one.pool);
  const evaluate = fromNodeRedis(one.cache);
  return {
    ...postgresStores((sql, params) => once(run(sql, params)), { schema: unique }),
    ...(isMixed ? redisStores((...call) => once(evaluate(...call)), { prefix: `${unique}:` }) : {}),
  };
};

beforeAll(async () => {
  if (missing !== null) return;
  await migrate(fromPg(one.pool), { schema: unique });
  await Promise.all(clients.map(({ cache }) => cache.connect()));
});
afterAll(async () => {
  for (const { pool, cache } of clients) {
    cache.destroy();
    await pool.end();
  }
});

const sets: readonly (readonly [string, ContractOptions<Stores>])[] = [
  ['Postgres', { clients: [one.whole, two.whole], unreachable, lostAnswer: () => losing(false) }],
  [
    'Postgres and Redis, mixed by a spread',
    { clients: [one.mixed, two.mixed], unreachable, lostAnswer: () => losing(true) },
  ],
];

describe.skipIf(missing !== null).each(sets)('on %s', (_, set) => {
  const options = { ...set, rounds: 4, outageMs: 2_000 };

  describe('the adapters keep every law', () => {
    for (const { name, run } of storesContract(options)) test.concurrent(name, run);
  });

  describe('every broken store is caught', () => {
    // A race that is lost by chance, once, says nothing of the contract; three times in a row would.
    for (const { name, run } of selfTest(options)) test.concurrent(name, { retry: 2 }, run);
  });
});
