import { describe, expect, it } from 'vitest';
import { figure } from '../measure.ts';
import type { BundleSize } from './bundles.ts';
import { contenders } from './contenders.ts';
import { goalResults, type Round } from './goals.ts';
import { peerOptions } from './options.ts';
import { forged } from './proof.ts';
import { isMet } from './results.ts';
import { checkResult, inRounds } from './rounds.ts';
import type { CheckSample } from './samples.ts';
import { short } from './tables.ts';

const sampleOf = (perSecond: number, inProcessUs: number | null = null): CheckSample => ({
  perSecond,
  cpuUs: 100,
  inProcessUs,
  inProcessCpuUs: inProcessUs,
});
const sizeOf = (name: string, gzipped: number): BundleSize => ({ name, of: 'ours', gzipped, minified: 0, later: 0 });

describe('the arithmetic of the comparison', () => {
  it('takes ratios within a round: a minute that is slow for both changes none', () => {
    const rounds: Round[] = [900, 90, 9].map((speed) => ({
      'Sallyport, Redis, lag 5 s': sampleOf(speed),
      'better-auth, Redis': sampleOf(speed / 3),
    }));
    const [goal, ...others] = goalResults(rounds, []);
    expect(others).toEqual([]);
    expect(goal?.ratio).toEqual({ median: 3, min: 3, max: 3 });
    expect(goal && isMet(goal)).toBe(true);
  });

  it('has a median between the two in the middle', () => {
    expect(figure([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(figure([9, 1, 2, 4])).toEqual({ median: 3, min: 1, max: 9 });
  });

  it('misses a goal by its median, in both directions', () => {
    const ratio = { median: 2, min: 1, max: 3 };
    const goal = { what: '', unit: '', ratio };
    expect(isMet({ ...goal, wanted: 'at least', bound: 2.01 })).toBe(false);
    expect(isMet({ ...goal, wanted: 'at least', bound: 2 })).toBe(true);
    expect(isMet({ ...goal, wanted: 'at most', bound: 1.99 })).toBe(false);
    expect(isMet({ ...goal, wanted: 'at most', bound: 2 })).toBe(true);
  });

  it('compares times in process and sizes where both sides are there', () => {
    const names = ['Sallyport: createAuth, password', 'better-auth/minimal'] as const;
    const rounds: Round[] = [
      { 'Sallyport, memory': sampleOf(1, 6), 'Express, SHA-256 and a map': sampleOf(1, 2) },
      { 'Sallyport, memory': sampleOf(1, null), 'Express, SHA-256 and a map': sampleOf(1, 2) },
    ];
    const found = goalResults(rounds, [sizeOf(names[0], 20), sizeOf(names[1], 100)]);
    expect(found.map(({ unit, ratio }) => [unit, ratio.median])).toEqual([
      ['CPU in process', 3],
      ['bytes at once, with gzip', 0.2],
    ]);
    expect(goalResults([], [sizeOf(names[0], 20)])).toEqual([]);
  });

  it('asks everybody once a round, and turns the order round', async () => {
    const asked: string[] = [];
    const rounds = await inRounds(['a', 'b', 'c'], 2, async (name) => asked.push(name));
    expect(asked.join('')).toBe('abccba');
    expect(rounds).toEqual([
      { a: 1, b: 2, c: 3 },
      { c: 4, b: 5, a: 6 },
    ]);
  });

  it('gives median, least and most, and none where there is no check in process', () => {
    const [contender] = contenders;
    if (contender === undefined) throw new Error('there are contenders');
    const rounds = [5, 1, 3].map((speed) => ({ [contender.name]: sampleOf(speed) }));
    const result = checkResult(contender, { redis: [], statements: 0 }, rounds);
    expect(result.perSecond).toEqual({ median: 3, min: 1, max: 5 });
    expect(result.inProcessUs).toBeNull();
  });

  it('shows as many digits as a figure is worth', () => {
    expect([1.234, 12.34, 1234.5].map(short)).toEqual(['1.23', '12.3', '1,235']);
  });

  it('forges one character of every cookie, and nothing else', () => {
    expect(forged({ cookie: 'a=wxyz; b=AAAA' })).toEqual({ cookie: 'a=wxAz; b=AABA' });
    expect(forged({ authorization: 'AAAA' })).toEqual({ authorization: 'AABA' });
  });
});

describe('the options of the comparison', () => {
  it('writes what is whole to its place, and what was tried nowhere', () => {
    expect(peerOptions([], 'usual')).toEqual({ rounds: 9, isQuick: false, only: '', out: 'usual' });
    expect(peerOptions(['--quick'], 'usual')).toMatchObject({ rounds: 1, out: null });
    expect(peerOptions(['--only', 'jose', '--rounds', '3'], 'usual')).toMatchObject({ rounds: 3, out: null });
    expect(peerOptions(['--quick', '--out', 'x'], 'usual').out).toBe('x');
  });

  it.each([['--fast'], ['--rounds', '0'], ['--rounds', 'many'], ['--rounds'], ['--only', '--quick']])(
    'refuses %s %s',
    (...args) => {
      expect(() => peerOptions(args, 'usual')).toThrow();
    },
  );
});
