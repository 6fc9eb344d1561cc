import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import type { Judged } from './results.ts';
import { runSuite, steps } from './suite.ts';
import { plant } from './testing/plant.ts';

const report = (status: 'passed' | 'failed'): string =>
  JSON.stringify({
    numPassedTests: status === 'passed' ? 1 : 0,
    numFailedTests: status === 'failed' ? 1 : 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [{ name: 'packages/core/a.test.ts', status, assertionResults: [{ status, fullName: 'a' }] }],
  });

interface Scene {
  readonly statusOf?: (step: string) => number;
  readonly report?: string;
}

/** Plays pnpm: each step ends with its status, and the tests leave their report. */
const play = ({
  statusOf = () => 0,
  report: text,
}: Scene): Judged & { readonly ran: readonly string[]; readonly root: string } => {
  const root = plant({ '.vitest/report.json': report('passed') });
  const ran: string[] = [];
  const pnpm = (args: readonly string[]): number => {
    const step = args[0] === 'exec' ? 'tests' : (args.at(-1) ?? '');
    ran.push(step);
    mkdirSync(join(root, '.vitest'), { recursive: true });
    if (step === 'tests' && text !== undefined) writeFileSync(join(root, '.vitest/report.json'), text);
    return statusOf(step);
  };
  const projects = [{ name: 'core', root: 'packages/core' }];
  return { ...runSuite({ root, projects, pnpm, excuses: () => [], print: () => {} }), ran, root };
};

test('every step runs, and then the tests', () => {
  const { ran, line, complaints, root } = play({ report: report('passed') });
  expect(readFileSync(join(root, '.vitest/count'), 'utf8')).toBe(`${line}\n`);
  expect(ran).toEqual([...steps, 'tests']);
  expect({ line, complaints }).toEqual({ line: '1 passed, 0 failed, 0 skipped', complaints: [] });
});

test.each(steps)('nothing runs after %s has failed', (step) => {
  const { ran, line, complaints } = play({ statusOf: (name) => (name === step ? 2 : 0), report: report('passed') });
  expect(ran.at(-1)).toBe(step);
  expect({ line, complaints }).toEqual({
    line: null,
    complaints: [`at the step "${step}"; alone: npx -y pnpm@10.34.9 ${step}`],
  });
});

test('the report of an earlier run does not count', () => {
  expect(play({}).complaints).toEqual(['vitest wrote no report']);
});

test('a failed test fails the suite', () => {
  const { line, complaints } = play({ statusOf: (step) => (step === 'tests' ? 1 : 0), report: report('failed') });
  expect(line).toBe('0 passed, 1 failed, 0 skipped');
  expect(complaints).toContain('1 failed');
});

test('an error outside the tests fails the suite', () => {
  const { complaints } = play({ statusOf: (step) => (step === 'tests' ? 1 : 0), report: report('passed') });
  expect(complaints).toEqual(['vitest found an error outside the tests, see above']);
});

test('every step is a script', () => {
  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining([...steps]));
});
