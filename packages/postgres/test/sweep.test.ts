import { describe, expect, it } from 'vitest';
import { fromPg, postgresStores } from '../src/index.ts';
import { missing, recorded, tables } from './harness.ts';

const hour = 3_600_000;
const before = 1_700_000_000_000;

describe.skipIf(missing !== null)('sweep', () => {
  const { schema, pool, client } = tables();
  const { run, statements } = recorded(fromPg(pool));
  const { durable, ephemeral, rateLimits } = postgresStores(run, { schema });
  const fill = async (kind: string, count: number, expiresAt: number | null): Promise<void> => {
    await pool.query(
      `insert into ${schema}.auth_records (kind, id, version, expires_at, body)
      select $1, $1 || n, 1, $3, '{}' from generate_series(1, $2::int) n`,
      [kind, count, expiresAt],
    );
  };
  const left = async (): Promise<unknown> =>
    (
      await pool.query(`select kind, count(*)::int as n from ${schema}.auth_records group by kind order by kind`)
    ).rows.map(({ kind, n }) => [kind, n]);

  it('removes a thousand at a time, says how many records, and stops at the instant', async () => {
    await fill('old', 2_500, before - 5 * hour);
    await fill('just', 3, before - 1);
    await fill('now', 3, before);
    await fill('next', 3, before + 1);
    await fill('far', 3, before + 5 * hour);
    await fill('ever', 3, null);
    statements.length = 0;
    expect(await ephemeral.sweep?.(before)).toBe(2_503);
    expect(statements.filter((sql) => sql.includes('auth_records'))).toHaveLength(3);
    expect(await left()).toEqual([
      ['ever', 3],
      ['far', 3],
      ['next', 3],
      ['now', 3],
    ]);
    expect(await durable.sweep?.(before)).toBe(0);
    expect(await durable.sweep?.(before + 0.5)).toBe(3);
    expect(await durable.sweep?.(before + 6 * hour)).toBe(6);
    expect(await durable.sweep?.(Number.POSITIVE_INFINITY)).toBe(0);
    expect(await left()).toEqual([['ever', 3]]);
  });

  it('forgets rates that are full again, without counting them, and no others', async () => {
    for (const tat of [before - hour, before - 1, before, before + 1]) {
      expect(await rateLimits.take(`tat-${tat}`, { now: tat - 10, incrementMs: 10, ceilingMs: 10 })).toEqual({
        allowed: true,
        tat,
      });
    }
    expect(await durable.sweep?.(before)).toBe(0);
    const { rows } = await pool.query(`select tat from ${schema}.auth_rates order by tat`);
    expect(rows).toEqual([{ tat: before }, { tat: before + 1 }]);
  });

  it('waits for nobody: a record that is being moved stays, and moves', async () => {
    await fill('moving', 10, before - 1);
    const one = await client();
    await one.query('begin');
    const store = postgresStores(fromPg(one), { schema }).ephemeral.open('moving');
    const moved = { id: 'moving7', userId: null, version: 2, expiresAt: before + hour };
    expect(await store.replace(moved, 1)).toBe(true);
    expect(await ephemeral.sweep?.(before)).toBe(9);
    await one.query('commit');
    expect(await ephemeral.open('moving').get('moving7')).toEqual(moved);
    expect(await ephemeral.sweep?.(before)).toBe(0);
  });

  it('shares the work with another one', async () => {
    await fill('shared', 5_000, before - hour);
    const removed = await Promise.all([1, 2, 3, 4].map(async () => (await ephemeral.sweep?.(before)) ?? 0));
    expect(removed.reduce((sum, n) => sum + n, 0)).toBe(5_000);
  });
});
