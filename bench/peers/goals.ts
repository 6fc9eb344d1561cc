import { figure } from '../measure.ts';
import type { BundleSize } from './bundles.ts';
import type { GoalResult } from './results.ts';
import type { CheckSample } from './samples.ts';

/** The samples of one round, by contender. */
export type Round = Readonly<Record<string, CheckSample>>;

interface Goal {
  readonly ours: string;
  readonly other: string;
  readonly by: 'perSecond' | 'inProcessCpuUs';
  readonly wanted: GoalResult['wanted'];
  readonly bound: number;
}

const goals: readonly Goal[] = [
  { ours: 'Sallyport, Redis, lag 5 s', other: 'better-auth, Redis', by: 'perSecond', wanted: 'at least', bound: 3 },
  {
    ours: 'Sallyport, Redis, lag 5 s',
    other: 'Express, one Redis GET',
    by: 'perSecond',
    wanted: 'at least',
    bound: 0.85,
  },
  {
    ours: 'Sallyport, Redis, lag 5 s',
    other: 'express-session, connect-redis',
    by: 'perSecond',
    wanted: 'at least',
    bound: 2,
  },
  {
    ours: 'Sallyport, Postgres',
    other: 'Express, one prepared join',
    by: 'perSecond',
    wanted: 'at least',
    bound: 0.85,
  },
  { ours: 'Sallyport, Postgres', other: 'better-auth, Postgres', by: 'perSecond', wanted: 'at least', bound: 4 },
  { ours: 'Sallyport, Postgres', other: 'better-auth, Postgres, joins', by: 'perSecond', wanted: 'at least', bound: 3 },
  {
    ours: 'Sallyport, access token',
    other: 'better-auth, cookie cache',
    by: 'perSecond',
    wanted: 'at least',
    bound: 4,
  },
  { ours: 'Sallyport, access token', other: 'iron-session', by: 'perSecond', wanted: 'at least', bound: 3 },
  { ours: 'Sallyport, memory', other: 'Express, SHA-256 and a map', by: 'inProcessCpuUs', wanted: 'at most', bound: 3 },
];

const ways = { perSecond: 'requests a second', inProcessCpuUs: 'CPU in process' } as const;

/** The goals of which both sides were measured. Ratios are taken within a round, so that a slow minute is on both sides. */
export const goalResults = (rounds: readonly Round[], bundles: readonly BundleSize[]): readonly GoalResult[] => [
  ...goals.flatMap(({ ours, other, by, wanted, bound }): readonly GoalResult[] => {
    const ratios = rounds.flatMap((round) => {
      const [a, b] = [round[ours]?.[by] ?? null, round[other]?.[by] ?? null];
      return a === null || b === null ? [] : [a / b];
    });
    if (ratios.length === 0) return [];
    return [{ what: `${ours} / ${other}`, unit: ways[by], wanted, bound, ratio: figure(ratios) }];
  }),
  ...bundleGoal(bundles),
];

const bundleGoal = (bundles: readonly BundleSize[]): readonly GoalResult[] => {
  const sizeOf = (name: string): number | undefined => bundles.find((one) => one.name === name)?.gzipped;
  const [ours, other] = ['Sallyport: createAuth, password', 'better-auth/minimal'];
  const [a, b] = [sizeOf(ours), sizeOf(other)];
  if (a === undefined || b === undefined) return [];
  const what = `${ours} / ${other}`;
  return [{ what, unit: 'bytes at once, with gzip', wanted: 'at most', bound: 0.2, ratio: figure([a / b]) }];
};
