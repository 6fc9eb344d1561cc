import { type Figure, table } from '../measure.ts';
import { adapterAlone } from './adapter.ts';
import { type Duel, duelTable } from './duel.ts';
import { type ExpressOnStores, expressOnStores } from './express.ts';
import { storagePostgres } from './postgres.ts';
import { storageRedis } from './redis.ts';
import { storageTrips, type Trips, tripsTable } from './trips.ts';

export interface StorageResults {
  readonly adapterAlone: Readonly<Record<string, Figure>>;
  readonly postgres: readonly Duel[];
  readonly redis: readonly Duel[];
  readonly trips: readonly Trips[];
  readonly expressOnStores: ExpressOnStores;
}

export const storage = async (rounds: number): Promise<StorageResults> => {
  // Short slices in turn: what disturbs one of a pair then mostly disturbs both.
  const effort = { rounds: rounds * 6, calls: 500, singles: 1_000 };
  return {
    trips: await storageTrips(),
    adapterAlone: await adapterAlone(rounds),
    postgres: await storagePostgres(effort),
    redis: await storageRedis(effort),
    expressOnStores: await expressOnStores(Math.min(rounds, 5), 3),
  };
};

export const storageTables = ({
  postgres,
  redis,
  trips,
  adapterAlone: alone,
  expressOnStores: web,
}: StorageResults): string =>
  [
    tripsTable(trips),
    table('Adapters over a driver that answers at once, 32 in flight', 'µs of CPU', alone),
    duelTable('Postgres by pg, 32 in flight, a pool of 10', postgres),
    duelTable('Redis by node-redis, 32 in flight, one connection', redis),
    table('GET /api/profile over stores, 32 connections', 'req/s', web.perSecond),
    table('  CPU of the server', 'µs a request', web.cpu),
    table('  ratios', '', web.ratios),
  ].join('\n');
