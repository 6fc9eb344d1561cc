import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Figure, figure } from '../measure.ts';

/** What a process does before its first request, in the packages as they are published. */
const programs: Readonly<Record<string, string>> = {
  nothing: '',
  '@sallyport/core': "await import('@sallyport/core');",
  '@sallyport/core, an Auth made': `
    const { createAuth, memoryStores, password } = await import('@sallyport/core');
    createAuth({
      mode: 'development',
      origin: 'http://localhost:3000',
      secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
      stores: memoryStores(),
      notifier: { send: async () => {} },
      features: [password()],
    });`,
  'better-auth': "await import('better-auth');",
  'better-auth, an Auth made': `
    const { betterAuth } = await import('better-auth');
    const { memoryAdapter } = await import('better-auth/adapters/memory');
    const auth = betterAuth({
      baseURL: 'http://localhost:3000',
      secret: 'iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
      database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
      emailAndPassword: { enabled: true },
      telemetry: { enabled: false },
    });
    await auth.$context;`,
  express: "await import('express');",
  'express, @sallyport/core and express, mounted': `
    const { createAuth, memoryStores, password } = await import('@sallyport/core');
    const { expressAuth } = await import('@sallyport/express');
    const { default: express } = await import('express');
    const auth = createAuth({
      mode: 'development',
      origin: 'http://localhost:3000',
      secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
      stores: memoryStores(),
      notifier: { send: async () => {} },
      features: [password()],
    });
    express().use(expressAuth(auth).router);`,
  'express and better-auth, mounted': `
    const { betterAuth } = await import('better-auth');
    const { memoryAdapter } = await import('better-auth/adapters/memory');
    const { toNodeHandler } = await import('better-auth/node');
    const { default: express } = await import('express');
    const auth = betterAuth({
      baseURL: 'http://localhost:3000',
      secret: 'iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
      database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
      emailAndPassword: { enabled: true },
      telemetry: { enabled: false },
    });
    await auth.$context;
    express().all('/api/auth/*splat', toNodeHandler(auth));`,
};

/** One fresh process. */
interface Sample {
  /** From the first line of the program to its last. */
  readonly ms: number;
  /** Of the processor, threads of the compiler included, since the process began. */
  readonly cpuMs: number;
  /** Resident, as the program leaves it. */
  readonly mb: number;
  /** On the heap once garbage is gone. */
  readonly heapMb: number;
}

const measured = (program: string): string => `
const begun = process.hrtime.bigint();
${program}
const ms = Number(process.hrtime.bigint() - begun) / 1e6;
const { user, system } = process.cpuUsage();
const { rss } = process.memoryUsage();
globalThis.gc();
const { heapUsed } = process.memoryUsage();
const mb = 1024 * 1024;
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1e3, mb: rss / mb, heapMb: heapUsed / mb }));
process.exit(0);
`;

const sampleOf = async (file: string): Promise<Sample> => {
  const { PATH } = process.env;
  const env = { PATH, BETTER_AUTH_TELEMETRY: '0' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', file], { env });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  return JSON.parse(line);
};

export type ColdFigures = { readonly [Of in keyof Sample]: Figure };

/** Over a process that imports nothing, taken in the same round. */
export const coldImports = async (rounds: number): Promise<Readonly<Record<string, ColdFigures>>> => {
  // Beside the dependencies of the bench, so that packages are found.
  const folder = fileURLToPath(new URL(`../node_modules/.cold-${process.pid}`, import.meta.url));
  mkdirSync(folder, { recursive: true });
  try {
    const files = Object.entries(programs).map(([name, program], at) => {
      const file = join(folder, `${at}.mjs`);
      writeFileSync(file, measured(program));
      return { name, file };
    });
    const taken = new Map<string, Sample[]>();
    for (let round = -1; round < rounds; round += 1) {
      for (const { name, file } of files) {
        const sample = await sampleOf(file);
        // The first round reads the disk.
        if (round >= 0) taken.set(name, [...(taken.get(name) ?? []), sample]);
      }
    }
    return overNothing(taken);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const members = ['ms', 'cpuMs', 'mb', 'heapMb'] as const;

const overNothing = (taken: ReadonlyMap<string, readonly Sample[]>): Readonly<Record<string, ColdFigures>> => {
  const bare = taken.get('nothing') ?? [];
  const figuresOf = (samples: readonly Sample[]): ColdFigures => {
    const over = (member: keyof Sample): Figure =>
      figure(samples.map((sample, round) => sample[member] - (bare[round]?.[member] ?? 0)));
    return Object.fromEntries(members.map((member) => [member, over(member)])) as ColdFigures;
  };
  const rest = [...taken].filter(([name]) => name !== 'nothing');
  return {
    'Node alone': Object.fromEntries(
      members.map((member) => [member, figure(bare.map((one) => one[member]))]),
    ) as ColdFigures,
    ...Object.fromEntries(rest.map(([name, samples]) => [name, figuresOf(samples)])),
  };
};
