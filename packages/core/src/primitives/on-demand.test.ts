import { describe, expect, it } from 'vitest';
import { onDemand } from './on-demand.ts';

interface Sums {
  readonly add: (a: number, b: number) => Promise<number>;
  readonly twice: (a: number) => Promise<number>;
}
const sums: Sums = { add: async (a, b) => a + b, twice: async (a) => 2 * a };

describe('functions on demand', () => {
  it('loads nothing before the first call, and then once', async () => {
    let loads = 0;
    const later = onDemand<Sums>(['add', 'twice'], async () => {
      loads += 1;
      return sums;
    });
    expect(loads).toBe(0);
    expect(await Promise.all([later.add(2, 3), later.twice(4), later.add(1, 1)])).toEqual([5, 8, 2]);
    expect(loads).toBe(1);
  });

  it('tries a load that failed again', async () => {
    let loads = 0;
    const later = onDemand<Sums>(['add', 'twice'], async () => {
      loads += 1;
      if (loads === 1) throw new Error('the chunk did not come');
      return sums;
    });
    await expect(later.add(2, 3)).rejects.toMatchObject({
      name: 'LoadError',
      cause: { message: 'the chunk did not come' },
    });
    expect(await later.add(2, 3)).toBe(5);
    expect(loads).toBe(2);
  });
});
