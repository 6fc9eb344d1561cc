import { describe, expect, it } from 'vitest';
import { figure } from '../measure.ts';
import type { BundleSize } from './bundles.ts';
import { contenders } from './contenders.ts';
import { companies, goalResults, type Round } from './goals.ts';
import { peerOptions } from './options.ts';
import { forged } from './proof.ts';
import { isMet } from './results.ts';
import { checkResult, inRounds, inTurns } from './rounds.ts';
import type { CheckSample, Contestant } from './samples.ts';
import { short } from './tables.ts';
import { loadIn } from './wrk.ts';

const sampleOf = (speeds: number | readonly number[], inProcessUs: number | null = null): CheckSample => ({
  perSecond: figure([speeds].flat()).median,
  cpuUs: 100,
  turns: [speeds].flat().map((perSecond) => ({ perSecond, cpuUs: 100 })),
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

  it('takes them within a turn: seconds that are slow for both change none, those that one has are outvoted', () => {
    const round = { 'Sallyport, Redis, lag 5 s': sampleOf([900, 9, 60]), 'better-auth, Redis': sampleOf([300, 3, 60]) };
    expect(goalResults([round], [])[0]?.ratio).toEqual({ median: 3, min: 3, max: 3 });
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

  it('has everybody of a company there before the first turn, and takes the median turn of each', async () => {
    const log: string[] = [];
    const start = async (name: string): Promise<Contestant> => {
      log.push(`+${name}`);
      const speeds = [1, 900, 2];
      return {
        turn: async () => {
          log.push(name);
          const [perSecond = Number.NaN] = speeds.splice(0, 1);
          return { perSecond, cpuUs: 1 / perSecond };
        },
        inProcess: async () => ({ inProcessUs: null, inProcessCpuUs: null }),
        stop: async () => void log.push(`-${name}`),
      };
    };
    const rounds = await inTurns([['a', 'b'], ['c']], { rounds: 2, turns: 3 }, start);
    const forth = ['+a+b', 'ab', 'ba', 'ab', '-a-b', '+c', 'ccc', '-c'];
    const back = ['+c', 'ccc', '-c', '+b+a', 'ba', 'ab', 'ba', '-b-a'];
    expect(log.join('')).toBe([...forth, ...back].join(''));
    const turns = [1, 900, 2].map((perSecond) => ({ perSecond, cpuUs: 1 / perSecond }));
    const sample = { perSecond: 2, cpuUs: 0.5, turns, inProcessUs: null, inProcessCpuUs: null };
    expect(rounds).toEqual([
      { a: sample, b: sample, c: sample },
      { a: sample, b: sample, c: sample },
    ]);
  });

  it('stops everybody who is there when one fails', async () => {
    const log: string[] = [];
    const start = async (name: string): Promise<Contestant> => ({
      turn: async () => {
        if (name === 'b') throw new Error('b is gone');
        return { perSecond: 1, cpuUs: 1 };
      },
      inProcess: async () => ({ inProcessUs: null, inProcessCpuUs: null }),
      stop: async () => void log.push(name),
    });
    await expect(inTurns([['a', 'b', 'c'], ['d']], { rounds: 1, turns: 1 }, start)).rejects.toThrow('b is gone');
    expect(log).toEqual(['a', 'b', 'c']);
  });

  it('puts together who is compared, and nobody else', () => {
    expect(companies(contenders.map(({ name }) => name)).filter(({ length }) => length > 1)).toEqual([
      ['Express, SHA-256 and a map', 'Sallyport, memory'],
      [
        'Express, one Redis GET',
        'Express, one Redis GET, no timer',
        'Sallyport, Redis, lag 5 s',
        'better-auth, Redis',
        'express-session, connect-redis',
      ],
      ['Express, one prepared join', 'Sallyport, Postgres', 'better-auth, Postgres', 'better-auth, Postgres, joins'],
      ['Sallyport, access token', 'better-auth, cookie cache', 'iron-session'],
    ]);
    expect(
      companies(contenders.map(({ name }) => name))
        .flat()
        .toSorted(),
    ).toEqual(contenders.map(({ name }) => name).toSorted());
    expect(companies(['jose', 'iron-session'])).toEqual([['jose'], ['iron-session']]);
  });

  it('reads what the load generator printed, and takes no answer that was refused', () => {
    const printed = (more: string) => `Running 1s test @ http://127.0.0.1:8123/me
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   223.79us  513.57us   6.03ms   93.89%
    Req/Sec    18.28k     7.26k   24.78k    72.73%
  19939 requests in 1.10s, 2.34MB read
${more}Requests/sec:  18135.25
Transfer/sec:      2.13MB`;
    expect(loadIn(printed(''))).toEqual({ perSecond: 19_939 / 1.1, total: 19_939 });
    expect(() => loadIn(printed('  Non-2xx or 3xx responses: 1\n'))).toThrow('wrk: Non-2xx or 3xx responses: 1');
    expect(() => loadIn(printed('  Socket errors: connect 0, read 2, write 0, timeout 0\n'))).toThrow('read 2');
    expect(() => loadIn('unable to connect to 127.0.0.1:1 Connection refused')).toThrow('refused');
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
