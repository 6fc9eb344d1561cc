import { availableParallelism } from 'node:os';
import { type Argon2Params, portableHasher } from '@sallyport/core/hashing';
import type { PasswordHasher } from '@sallyport/core/ports';
import { type Command, type Input, numberFlag, ProblemError, textFlag, UsageError } from '../command.ts';

export const benchHash: Command = {
  name: 'bench-hash',
  summary: 'measures password hashing here and proposes parameters',
  help: `Measures Argon2id on this machine, at the parameters of the OWASP sheet and above, and proposes the costliest that stay
within the target. Run it where the application runs, and while nothing else does. A change of parameters needs no
migration: passwords are hashed anew as their owners sign in.`,
  takes: [],
  flags: {
    target: { type: 'string', value: 'MS', help: 'milliseconds that a hash may take; default 100' },
    hasher: {
      type: 'string',
      value: 'NAME',
      help: 'argon2 (native) or portable; default argon2 where it is installed',
    },
    samples: { type: 'string', value: 'N', help: 'hashes measured of each; default 5' },
  },
  run: async (input, { elapsed }) => {
    const targetMs = numberFlag(input, 'target', { least: 1, most: 10_000 }) ?? 100;
    const samples = numberFlag(input, 'samples', { least: 1, most: 100 }) ?? 5;
    const { name, make } = await hasherOf(input);
    const measured: Measured[] = [];
    for (const params of ladder) {
      const ms = await medianOf(make(params), samples, elapsed);
      measured.push({ ...params, ms: rounded(ms) });
      // The ladder rises: what follows costs more.
      if (ms > 2 * targetMs && measured.length > floorRows) break;
    }
    const best = measured.filter(({ ms }) => ms <= targetMs).sort(byCost)[0] ?? null;
    const perSecond = best === null ? null : await loginsPerSecond(make(best), samples, elapsed);
    const json = {
      hasher: name,
      cores: availableParallelism(),
      targetMs,
      measured,
      proposal: best,
      loginsPerSecond: perSecond,
    };
    return { exit: best === null ? 1 : 0, text: textOf(json), json };
  },
};

interface Measured extends Argon2Params {
  readonly ms: number;
}

/** OWASP Password Storage Cheat Sheet, Argon2id: each of the first five is as strong as the others. Then memory first (RFC 9106 §4). */
const ladder: readonly Argon2Params[] = (
  [
    [7_168, 5],
    [9_216, 4],
    [12_288, 3],
    [19_456, 2],
    [47_104, 1],
    [47_104, 2],
    [65_536, 2],
    [65_536, 3],
    [131_072, 2],
    [131_072, 3],
    [262_144, 2],
    [262_144, 3],
  ] as const
).map(([memoryKiB, passes]) => ({ memoryKiB, passes, lanes: 1 }));
const floorRows = 5;

/** Work first; of equal work the one with more memory, which is what makes guessing dear. */
const byCost = (a: Argon2Params, b: Argon2Params): number =>
  b.memoryKiB * b.passes - a.memoryKiB * a.passes || b.memoryKiB - a.memoryKiB;

type Make = (params: Argon2Params) => PasswordHasher;

const hasherOf = async (input: Input): Promise<{ readonly name: string; readonly make: Make }> => {
  const wanted = textFlag(input, 'hasher');
  const portable = { name: 'portable', make: (params: Argon2Params) => portableHasher({ params }) };
  if (wanted === 'portable') return portable;
  if (wanted !== undefined && wanted !== 'argon2') throw new UsageError('--hasher takes argon2 or portable');
  try {
    const { argon2 } = await import('@sallyport/argon2');
    return { name: 'argon2', make: argon2 };
  } catch {
    if (wanted === undefined) return portable;
    throw new ProblemError('the native hasher cannot be loaded: npm install @sallyport/argon2');
  }
};

const word = 'correct horse battery staple';

/** The first hash loads code and touches memory for the first time; it is not counted. */
const medianOf = async (hasher: PasswordHasher, samples: number, elapsed: () => number): Promise<number> => {
  const times: number[] = [];
  for (let at = 0; at <= samples; at += 1) {
    const from = elapsed();
    await hasher.hash(word);
    if (at > 0) times.push(elapsed() - from);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.POSITIVE_INFINITY;
};

/** With as many in flight as the hasher allows by itself. */
const loginsPerSecond = async (hasher: PasswordHasher, samples: number, elapsed: () => number): Promise<number> => {
  const count = 4 * Math.max(2, samples);
  const from = elapsed();
  await Promise.all(Array.from({ length: count }, () => hasher.hash(word)));
  return rounded((1_000 * count) / (elapsed() - from));
};

const rounded = (value: number): number => Math.round(10 * value) / 10;

interface Result {
  readonly hasher: string;
  readonly cores: number;
  readonly targetMs: number;
  readonly measured: readonly Measured[];
  readonly proposal: Measured | null;
  readonly loginsPerSecond: number | null;
}

const textOf = ({ hasher, cores, targetMs, measured, proposal, loginsPerSecond: perSecond }: Result): string => {
  const rows = measured.map(
    ({ memoryKiB, passes, ms }) =>
      `  ${`${memoryKiB}`.padStart(9)} ${`${passes}`.padStart(7)} ${ms.toFixed(1).padStart(9)}\n`,
  );
  const table = `${hasher}, ${cores} cores\n  memoryKiB  passes        ms\n${rows.join('')}`;
  if (proposal === null) {
    return `${table}\nNothing at or above the OWASP floor takes ${targetMs} ms or less here. Stay at the floor, on a faster machine or by @sallyport/argon2.\n`;
  }
  const { memoryKiB, passes } = proposal;
  const call =
    hasher === 'argon2'
      ? `argon2({ memoryKiB: ${memoryKiB}, passes: ${passes} })`
      : `portableHasher({ params: { memoryKiB: ${memoryKiB}, passes: ${passes}, lanes: 1 } })`;
  return `${table}\n${call}: ${proposal.ms} ms a hash, ${perSecond} logins a second, ${Math.ceil(memoryKiB / 1_024)} MiB for each in flight\n`;
};
