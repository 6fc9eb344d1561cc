import { describe, expect, it } from 'vitest';
import { migrate, type PostgresOptions, postgresStores, type Run } from '../src/index.ts';

const run: Run = async () => [];

describe('options', () => {
  const bad: readonly (readonly [string, unknown])[] = [
    ['schema', ''],
    ['schema', 'a b'],
    ['schema', '1a'],
    ['schema', 'a"b'],
    ['schema', 'a.b'],
    ['schema', 'a\n'],
    ['schema', 'é'],
    ['schema', 'a'.repeat(64)],
    ['schema', 'x"; drop table users; --'],
    ['schema', null],
    ['schema', ['a']],
    ['timeoutMs', 0],
    ['timeoutMs', -1],
    ['timeoutMs', 1.5],
    ['timeoutMs', Number.NaN],
    ['timeoutMs', Number.POSITIVE_INFINITY],
    ['timeoutMs', 2 ** 31],
    ['timeoutMs', '5000'],
  ];
  it.each(bad)('%s %j is refused when the stores are made, and before a statement of migrate', async (name, value) => {
    const options = { [name]: value } as PostgresOptions;
    expect(() => postgresStores(run, options)).toThrow(RangeError);
    expect(() => postgresStores(run, options)).toThrow(`${name}: `);
    await expect(migrate(run, options)).rejects.toThrow(RangeError);
  });

  it.each(['a', 'A_1', '_', 'a'.repeat(63)])('schema %s is taken', (schema) => {
    expect(() => postgresStores(run, { schema, timeoutMs: 1 })).not.toThrow();
  });

  it('a pool in place of run is refused with the mend', () => {
    expect(() => postgresStores({} as Run)).toThrow('fromPg(pool)');
  });

  it('a run that resolves with no rows is an outage, not an empty answer', async () => {
    const { users, rateLimits } = postgresStores((async () => ({ rows: [] })) as unknown as Run);
    await expect(users.get('a')).rejects.toThrow('store unavailable: users.get');
    await expect(rateLimits.take('a', { now: 1, incrementMs: 1, ceilingMs: 1 })).rejects.toThrow('store unavailable');
  });
});
