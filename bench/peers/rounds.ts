import { type Figure, figure } from '../measure.ts';
import type { Contender } from './contender.ts';
import type { Round } from './goals.ts';
import type { Login } from './logins.ts';
import type { CheckResult, LoginResult } from './results.ts';
import type { CheckSample, Contestant, LoginSample, Turn } from './samples.ts';
import type { Trips } from './trips.ts';

/** Everybody once a round, one after another. */
export const inRounds = <T>(
  names: readonly string[],
  rounds: number,
  sample: (name: string) => Promise<T>,
): Promise<readonly Readonly<Record<string, T>>[]> =>
  roundsOf(rounds, async (isForth) => {
    const taken: [string, T][] = [];
    for (const name of isForth ? names : names.toReversed()) taken.push([name, await sample(name)]);
    return taken;
  });

/** Every other round from the last to the first: who runs after whom is no advantage. */
const roundsOf = async <T>(
  rounds: number,
  round: (isForth: boolean) => Promise<readonly (readonly [string, T])[]>,
): Promise<readonly Readonly<Record<string, T>>[]> => {
  const all: Readonly<Record<string, T>>[] = [];
  for (let number = 1; number <= rounds; number += 1) {
    all.push(Object.fromEntries(await round(number % 2 === 1)));
    console.info(`round ${number} of ${rounds}`);
  }
  return all;
};

/**
 * Those of a company are there at once, and are asked in short turns: what the machine does for some seconds it does to all of them.
 * No more are there than are compared: a process that waits for long is cold when its turn comes.
 */
export const inTurns = (
  companies: readonly (readonly string[])[],
  { rounds, turns }: { readonly rounds: number; readonly turns: number },
  start: (name: string) => Promise<Contestant>,
): Promise<readonly Round[]> => {
  const sit = async (company: readonly string[]): Promise<readonly (readonly [string, CheckSample])[]> => {
    const seated: { readonly name: string; readonly one: Contestant; readonly had: Turn[] }[] = [];
    try {
      for (const name of company) seated.push({ name, one: await start(name), had: [] });
      for (let turn = 0; turn < turns; turn += 1) {
        for (const { one, had } of turn % 2 === 0 ? seated : seated.toReversed()) had.push(await one.turn());
      }
      const taken: [string, CheckSample][] = [];
      for (const { name, one, had } of seated) {
        taken.push([name, { ...median(had), turns: had, ...(await one.inProcess()) }]);
      }
      return taken;
    } finally {
      await Promise.all(seated.map(({ one }) => one.stop()));
    }
  };
  return roundsOf(rounds, async (isForth) => {
    const order = isForth ? companies : companies.map((company) => company.toReversed()).toReversed();
    const taken: (readonly [string, CheckSample])[] = [];
    for (const company of order) taken.push(...(await sit(company)));
    return taken;
  });
};

const median = (turns: readonly Turn[]): Turn => ({
  perSecond: figure(turns.map(({ perSecond }) => perSecond)).median,
  cpuUs: figure(turns.map(({ cpuUs }) => cpuUs)).median,
});

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
