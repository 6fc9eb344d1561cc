import { describe, expect, it } from 'vitest';
import { fromPg, postgresStores } from '../src/index.ts';
import { missing, recorded, tables } from './harness.ts';

describe.skipIf(missing !== null)('take', () => {
  const { schema, pool, client, someoneWaits } = tables();
  const { run, statements } = recorded(fromPg(pool));
  const { rateLimits } = postgresStores(run, { schema });
  const take = { now: 1_000, incrementMs: 10, ceilingMs: 20 };

  it('that is refused writes nothing and locks nothing', async () => {
    for (const tat of [1_010, 1_020]) expect(await rateLimits.take('full', take)).toEqual({ allowed: true, tat });
    const rowOf = async (): Promise<unknown> =>
      (await pool.query(`select ctid, xmin, xmax, tat from ${schema}.auth_rates where key = 'full'`)).rows;
    const before = await rowOf();
    const one = await client();
    const inside = postgresStores(fromPg(one), { schema }).rateLimits;
    await one.query('begin');
    for (let n = 0; n < 5; n += 1) expect(await inside.take('full', take)).toEqual({ allowed: false, tat: 1_020 });
    expect(await inside.take('none', { ...take, ceilingMs: 9 })).toEqual({ allowed: false, tat: 0 });
    const { rows } = await one.query('select pg_current_xact_id_if_assigned()::text as id');
    expect(rows).toEqual([{ id: null }]);
    await one.query('commit');
    expect(await rowOf()).toEqual(before);
  });

  it.each([
    { first: 'commit', answer: { allowed: false, tat: 1_010 }, asked: 2 },
    { first: 'rollback', answer: { allowed: true, tat: 1_010 }, asked: 1 },
  ] as const)('after the $first of who was first on a fresh key says what is stored', async ({ first, ...wanted }) => {
    const one = await client();
    await one.query('begin');
    const single = { ...take, ceilingMs: 10 };
    await postgresStores(fromPg(one), { schema }).rateLimits.take(first, single);
    statements.length = 0;
    const answer = rateLimits.take(first, single);
    await someoneWaits();
    await one.query(first);
    expect(await answer).toEqual(wanted.answer);
    expect(statements).toHaveLength(wanted.asked);
  });

  it('goes with every number that a policy may have, and with instants that are not whole', async () => {
    const wide = { now: 1_700_000_000_000.5, incrementMs: 10 ** 10, ceilingMs: 10 ** 20 };
    expect(await rateLimits.take('wide', wide)).toEqual({ allowed: true, tat: 1_710_000_000_000.5 });
    const third = { now: 0.1, incrementMs: 1_000 / 3, ceilingMs: 1_000 };
    expect(await rateLimits.take('third', third)).toEqual({ allowed: true, tat: 0.1 + 1_000 / 3 });
    expect(await rateLimits.take('early', { ...take, now: -100 })).toEqual({ allowed: false, tat: 0 });
  });
});
