import { cpus, loadavg } from 'node:os';

/** Median and spread of samples of one figure. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export const figure = (samples: readonly number[]): Figure => {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, min: at(0), max: at(sorted.length - 1) };
};

export type Sampler = () => Promise<number>;

/** Every contestant once a round, so that a machine that speeds up or slows down does so for all; the first round warms up. */
export const interleave = async (
  contestants: Readonly<Record<string, Sampler>>,
  rounds: number,
): Promise<Readonly<Record<string, Figure>>> => {
  const samples = new Map<string, number[]>();
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, sample] of Object.entries(contestants)) {
      const value = await sample();
      if (round >= 0) samples.set(name, [...(samples.get(name) ?? []), value]);
    }
  }
  return Object.fromEntries([...samples].map(([name, list]) => [name, figure(list)]));
};

/** Microseconds of one call, over many. */
export const microsecondsEach = async (count: number, call: () => unknown): Promise<number> => {
  const start = process.hrtime.bigint();
  for (let index = 0; index < count; index += 1) await call();
  return Number(process.hrtime.bigint() - start) / count / 1_000;
};

export const table = (title: string, unit: string, figures: Readonly<Record<string, Figure>>): string => {
  const lines = Object.entries(figures).map(([name, { median, min, max }]) => {
    const spread = `(${min.toFixed(2)} to ${max.toFixed(2)})`;
    return `  ${name.padEnd(46)} ${median.toFixed(2).padStart(10)} ${unit} ${spread}`;
  });
  return [title, ...lines].join('\n');
};

export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** Mean of the last minute, at the time of asking: what ran beside the bench, and the bench itself. */
  readonly load: number;
}

export const machine = (): Machine => {
  const [load = Number.NaN] = loadavg();
  return { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, load };
};
