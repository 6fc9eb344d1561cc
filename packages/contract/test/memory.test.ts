import { describe, expect, it } from 'vitest';
import { storesContract } from '../src/index.ts';
import { memoryOptions } from './harness.ts';

describe('the stores in memory keep every law', () => {
  const cases = storesContract(memoryOptions());

  it('with no case skipped, and no name twice', () => {
    expect(cases.filter(({ skip }) => skip !== null)).toEqual([]);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  for (const { name, run } of cases) it(name, run);
});
