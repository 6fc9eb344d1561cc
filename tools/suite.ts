import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Excuse, type Judged, judge, type Project, type Results } from './results.ts';

/** Scripts of package.json, in order; each can be run alone under the same name. */
export const steps: readonly string[] = [
  'lockfile',
  'lint',
  'typecheck',
  'tree',
  'docs-code',
  'site',
  'build',
  'packages',
  'consumer',
  'bundles',
  'browser',
  'services',
];

const folder = '.vitest';
const file = `${folder}/report.json`;
/** The last line, for whoever runs the suite and wants the last word. */
const count = `${folder}/count`;
const vitest = ['exec', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];

export interface Suite {
  readonly root: string;
  readonly projects: readonly Project[];
  /** Runs pnpm and returns its exit status. */
  pnpm(args: readonly string[]): number;
  /** Which tests may be skipped on this machine, and why. Asked after the steps that may install what they need. */
  excuses(): readonly Excuse[];
  print(line: string): void;
}

const failed = (...complaints: readonly string[]): Judged => ({ line: null, complaints });

/** Stops at the first step that fails. `line` is `null` when no test was reached. */
export const runSuite = ({ root, projects, pnpm, excuses, print }: Suite): Judged => {
  const timed = (name: string, args: readonly string[]): number => {
    print(`\n== ${name}`);
    const start = performance.now();
    const status = pnpm(args);
    print(`== ${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
    return status;
  };
  // Yesterday's report must not speak for today's run.
  rmSync(join(root, folder), { recursive: true, force: true });
  const stop = steps.find((step) => timed(step, ['--silent', 'run', step]) !== 0);
  if (stop !== undefined) return failed(`at the step "${stop}"; alone: npx -y pnpm@10.34.9 ${stop}`);
  const status = timed('tests', vitest);
  if (!existsSync(join(root, file))) return failed('vitest wrote no report');
  const results = JSON.parse(readFileSync(join(root, file), 'utf8')) as Results;
  const judged = judge(results, { root, projects, excuses: excuses() });
  writeFileSync(join(root, count), `${judged.line}\n`);
  if (status === 0 || judged.complaints.length > 0) return judged;
  return { ...judged, complaints: ['vitest found an error outside the tests, see above'] };
};
