import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { until } from '../../../tools/services/child.ts';
import { startProxy } from '../../../tools/services/proxy.ts';
import { fromPg, postgresStores } from '../src/index.ts';
import { missing, portOf, sharedPostgres, tables, urlOf } from './harness.ts';

describe.skipIf(missing !== null)('connections', () => {
  const { schema, pool } = tables();
  const pidOf = async (one: pg.Pool | pg.Client): Promise<number> =>
    (await one.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;

  it('an idle one of a pool that breaks ends nothing, and the next call has another', async () => {
    const own = new pg.Pool({ connectionString: sharedPostgres(), max: 1 });
    const { users } = postgresStores(fromPg(own), { schema });
    expect(own.listenerCount('error')).toBe(1);
    fromPg(own);
    expect(own.listenerCount('error')).toBe(1);
    await pool.query('select pg_terminate_backend($1)', [await pidOf(own)]);
    await until('the pool has noticed', () => own.totalCount === 0);
    expect(await users.get('nobody')).toBeNull();
    await own.end();
  });

  it('a client that breaks rejects the next call', async () => {
    const one = new pg.Client({ connectionString: sharedPostgres() });
    await one.connect();
    const { users } = postgresStores(fromPg(one), { schema });
    let ended = false;
    one.once('end', () => {
      ended = true;
    });
    await pool.query('select pg_terminate_backend($1)', [await pidOf(one)]);
    await until('the client has noticed', () => ended);
    await expect(users.get('nobody')).rejects.toThrow('store unavailable: users.get');
  });

  it('a listener of the application stays the only one', () => {
    const own = new pg.Pool({ connectionString: sharedPostgres() });
    own.on('error', () => {});
    fromPg(own);
    expect(own.listenerCount('error')).toBe(1);
  });

  it('a server that does not answer is an outage after timeoutMs, for every method', async () => {
    const wire = await startProxy({ to: portOf(sharedPostgres()) });
    const own = new pg.Pool({ connectionString: urlOf(wire.port), max: 20 });
    const { users, durable, ephemeral, rateLimits } = postgresStores(fromPg(own), { schema, timeoutMs: 200 });
    expect(await users.get('nobody')).toBeNull();
    wire.set('hold');
    const store = durable.open('held');
    const record = { id: 'a', userId: null, version: 1, expiresAt: null };
    const calls: Readonly<Record<string, () => Promise<unknown> | undefined>> = {
      'held.create': () => store.create(record),
      'held.get': () => store.get('a'),
      'held.replace': () => store.replace(record, 1),
      'held.delete': () => store.delete('a'),
      'held.listByUser': () => store.listByUser('a'),
      'users.get': () => users.get('a'),
      'users.delete': () => users.delete('a'),
      'session.identify': () => ephemeral.joined?.identify?.('a'),
      'users.account': () => durable.joined?.account?.('a'),
      'records.sweep': () => durable.sweep?.(1),
      'limits.take': () => rateLimits.take('a', { now: 1, incrementMs: 1, ceilingMs: 1 }),
      'limits.reset': () => rateLimits.reset('a'),
    };
    await Promise.all(
      Object.entries(calls).map(([operation, call]) =>
        expect(call()).rejects.toMatchObject({ name: 'StoreUnavailableError', operation }),
      ),
    );
    wire.set('refuse');
    await wire.stop();
    await own.end();
  });
});
