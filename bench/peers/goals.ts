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
    other: 'Express, one Redis GET, no timer',
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

/** Who is compared is in one company, whoever is in no comparison alone; in the order of the names. */
export const companies = (names: readonly string[]): readonly (readonly string[])[] => {
  const all: Set<string>[] = names.map((name) => new Set([name]));
  for (const { ours, other } of goals) {
    const [one, two] = [ours, other].map((name) => all.find((company) => company.has(name)));
    if (one === undefined || two === undefined || one === two) continue;
    for (const name of two) one.add(name);
    all.splice(all.indexOf(two), 1);
  }
  return all.map((company) => names.filter((name) => company.has(name)));
};

const ways = { perSecond: 'requests a second', inProcessCpuUs: 'CPU in process' } as const;

/** Of requests a second by turn, so that slow seconds are on both sides; the median of the round's turns counts. */
const ratioIn = (round: Round, { ours, other, by }: Goal): number | null => {
  const [us, them] = [round[ours], round[other]];
  if (us === undefined || them === undefined) return null;
  if (by === 'perSecond') {
    return figure(us.turns.map((turn, n) => turn.perSecond / (them.turns[n]?.perSecond ?? Number.NaN))).median;
  }
  const [a, b] = [us[by], them[by]];
  return a === null || b === null ? null : a / b;
};

/** The goals of which both sides were measured. */
export const goalResults = (rounds: readonly Round[], bundles: readonly BundleSize[]): readonly GoalResult[] => [
  ...goals.flatMap((goal): readonly GoalResult[] => {
    const { ours, other, by, wanted, bound } = goal;
    const ratios = rounds.flatMap((round) => ratioIn(round, goal) ?? []);
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
