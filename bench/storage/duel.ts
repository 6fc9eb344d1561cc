import { type Figure, figure } from '../measure.ts';

/** What is asked many times, ready to go: whatever it needs was made before the clock starts. */
export type Thunk = () => Promise<unknown>;

export interface Contestant {
  /** That many calls, none of which spoils another. */
  prepare(count: number): Promise<readonly Thunk[]>;
  /** Of an answer: a contestant that is fast because it finds nothing is none. */
  isRight(answer: unknown): boolean;
}

/** One verb of a store, and the same by the driver alone. */
export interface Pair {
  readonly verb: string;
  readonly ours: Contestant;
  readonly bare: Contestant;
}

export interface Effort {
  readonly rounds: number;
  /** Calls of each side in a round, all within one second or so. */
  readonly calls: number;
  /** Calls of each side, one after another. */
  readonly singles: number;
}

export interface Side {
  readonly perSecond: Figure;
  /** User and system time of this process, in microseconds a call. */
  readonly cpu: Figure;
  readonly medianMicros: number;
  readonly p99Micros: number;
}

export interface Duel {
  readonly verb: string;
  readonly ours: Side;
  readonly bare: Side;
  /** Ours to bare, of the two slices of one round: what else the machine does hits both. */
  readonly perSecondRatio: Figure;
  readonly cpuRatio: Figure;
}

const inFlight = 32;

interface Slice {
  readonly perSecond: number;
  readonly cpu: number;
}

/** 32 callers, each with its next call as soon as its last is answered. */
const flood = async (contestant: Contestant, count: number): Promise<Slice> => {
  const thunks = await contestant.prepare(count);
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let thunk = thunks[next++]; thunk !== undefined; thunk = thunks[next++]) check(contestant, await thunk());
  };
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, caller));
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: count / seconds, cpu: (user + system) / count };
};

const check = ({ isRight }: Contestant, answer: unknown): void => {
  if (!isRight(answer)) throw new Error(`a wrong answer: ${JSON.stringify(answer)}`);
};

/** Who goes first changes from round to round. The first two rounds warm up, and ours makes the scripts known. */
export const duel = async ({ verb, ours, bare }: Pair, { rounds, calls, singles }: Effort): Promise<Duel> => {
  const slices: { readonly ours: Slice; readonly bare: Slice }[] = [];
  for (let round = -2; round < rounds; round += 1) {
    const bareFirst = round % 2 !== 0 ? await flood(bare, calls) : null;
    const own = await flood(ours, calls);
    const other = bareFirst ?? (await flood(bare, calls));
    if (round >= 0) slices.push({ ours: own, bare: other });
  }
  const [ownTimes, bareTimes] = await turns({ verb, ours, bare }, singles);
  const side = (name: 'ours' | 'bare', times: readonly number[]): Side => ({
    perSecond: figure(slices.map((slice) => slice[name].perSecond)),
    cpu: figure(slices.map((slice) => slice[name].cpu)),
    medianMicros: quantile(times, 0.5),
    p99Micros: quantile(times, 0.99),
  });
  return {
    verb,
    ours: side('ours', ownTimes),
    bare: side('bare', bareTimes),
    perSecondRatio: figure(slices.map((slice) => slice.ours.perSecond / slice.bare.perSecond)),
    cpuRatio: figure(slices.map((slice) => slice.ours.cpu / slice.bare.cpu)),
  };
};

/** The driver beside itself: how far from 1 chance alone goes. */
export const control = ({ verb, bare }: Pair): Pair => ({ verb: `${verb}, bare beside bare`, ours: bare, bare });

/** One call of each in turn, nothing else in flight. */
const turns = async ({ ours, bare }: Pair, singles: number): Promise<readonly [number[], number[]]> => {
  const [own, other] = [await ours.prepare(singles), await bare.prepare(singles)];
  const times: readonly [number[], number[]] = [[], []];
  for (let n = 0; n < singles; n += 1) {
    times[0].push(await micros(own[n]));
    times[1].push(await micros(other[n]));
  }
  return times;
};

export const micros = async (thunk: Thunk | undefined): Promise<number> => {
  const start = performance.now();
  await thunk?.();
  return (performance.now() - start) * 1_000;
};

export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

const head = `  ${'verb'.padEnd(34)} calls/s     bare  ratio (least to most)   CPU µs  bare  ratio   one: µs  bare   p99  bare`;

export const duelTable = (title: string, duels: readonly Duel[]): string => {
  const lines = duels.map(({ verb, ours, bare, perSecondRatio: ratio, cpuRatio }) =>
    [
      `  ${verb.padEnd(34)}`,
      cell(ours.perSecond.median, 7, 0),
      cell(bare.perSecond.median, 8, 0),
      cell(ratio.median, 6, 2),
      ` (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})   `,
      cell(ours.cpu.median, 8, 1),
      cell(bare.cpu.median, 5, 1),
      cell(cpuRatio.median, 6, 2),
      cell(ours.medianMicros, 9, 0),
      cell(bare.medianMicros, 5, 0),
      cell(ours.p99Micros, 5, 0),
      cell(bare.p99Micros, 5, 0),
    ].join(' '),
  );
  return [title, head, ...lines].join('\n');
};

const cell = (value: number, width: number, digits: number): string => value.toFixed(digits).padStart(width);
