import { type Figure, figure } from '../measure.ts';
import type { Contender } from './contender.ts';
import type { Round } from './goals.ts';
import type { Login } from './logins.ts';
import type { CheckResult, LoginResult } from './results.ts';
import type { CheckSample, LoginSample } from './samples.ts';
import type { Trips } from './trips.ts';

/** Everybody once a round, every other round from the last to the first: who runs after whom is no advantage. */
export const inRounds = async <T>(
  names: readonly string[],
  rounds: number,
  sample: (name: string) => Promise<T>,
): Promise<readonly Readonly<Record<string, T>>[]> => {
  const all: Readonly<Record<string, T>>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? names : names.toReversed();
    const taken: [string, T][] = [];
    for (const name of order) taken.push([name, await sample(name)]);
    all.push(Object.fromEntries(taken));
    console.info(`round ${round + 1} of ${rounds}`);
  }
  return all;
};

const figureOf = <T>(samples: readonly T[], key: keyof T): Figure =>
  rounded(figure(samples.map((one) => Number(one[key]))));

const figureOrNull = (samples: readonly CheckSample[], key: 'inProcessUs' | 'inProcessCpuUs'): Figure | null =>
  samples.some((one) => one[key] === null) ? null : figureOf(samples, key);

/** Four digits are more than such a figure is worth. */
const rounded = ({ median, min, max }: Figure): Figure => {
  const [a = 0, b = 0, c = 0] = [median, min, max].map((value) => Number(value.toPrecision(4)));
  return { median: a, min: b, max: c };
};

export const checkResult = ({ name, of, about }: Contender, trips: Trips, rounds: readonly Round[]): CheckResult => {
  const samples = rounds.flatMap((round) => round[name] ?? []);
  return {
    name,
    of,
    about,
    trips,
    perSecond: figureOf(samples, 'perSecond'),
    cpuUs: figureOf(samples, 'cpuUs'),
    inProcessUs: figureOrNull(samples, 'inProcessUs'),
    inProcessCpuUs: figureOrNull(samples, 'inProcessCpuUs'),
  };
};

export const loginResult = (
  { name, about }: Login,
  rounds: readonly Readonly<Record<string, LoginSample>>[],
): LoginResult => {
  const samples = rounds.flatMap((round) => round[name] ?? []);
  return {
    name,
    about,
    perSecond: figureOf(samples, 'perSecond'),
    cpuMs: figureOf(samples, 'cpuMs'),
    loopDelayP99Ms: figureOf(samples, 'loopDelayP99Ms'),
  };
};
