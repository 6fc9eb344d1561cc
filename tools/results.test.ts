import { expect, test } from 'vitest';
import workspaceProjects from '../vitest.workspace.ts';
import { judge, projectsOf, type Results } from './results.ts';

const root = '/home/me/tools/repo';
const projects = [
  { name: 'core', root: 'packages/core' },
  { name: 'demo', root: 'examples/express' },
];

const excused = (reason: string) => [{ reason, folders: ['examples'] }];

type Files = Readonly<Record<string, readonly string[]>>;

const resultsOf = (files: Files, broken: readonly string[] = []): Results => {
  const all = Object.values(files).flat();
  const count = (...wanted: readonly string[]): number => all.filter((status) => wanted.includes(status)).length;
  return {
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('skipped', 'pending'),
    numTodoTests: count('todo'),
    testResults: Object.entries(files).map(([name, statuses]) => ({
      name: `/home/me/tools/repo/${name}`,
      status: broken.includes(name) || statuses.includes('failed') ? 'failed' : 'passed',
      assertionResults: statuses.map((status) => ({ status, fullName: 'a test' })),
    })),
  };
};

const core = 'packages/core/src/a.test.ts';
const demo = 'examples/express/test/browser.test.ts';

test('all passed', () => {
  const judged = judge(resultsOf({ [core]: ['passed', 'passed'], [demo]: ['passed'] }), {
    root,
    projects,
    excuses: [],
  });
  expect(judged).toEqual({ line: '3 passed, 0 failed, 0 skipped', complaints: [] });
});

test.each<[string, Files, string | null, string, string]>([
  [
    'a failure',
    { [core]: ['passed', 'failed'], [demo]: ['passed'] },
    null,
    '2 passed, 1 failed, 0 skipped',
    '1 failed',
  ],
  [
    'a silent skip',
    { [core]: ['passed', 'skipped'], [demo]: ['passed'] },
    'no browser',
    '2 passed, 0 failed, 1 skipped',
    `skipped without a reason: ${core}: a test`,
  ],
  [
    'a todo',
    { [core]: ['passed', 'todo'], [demo]: ['passed'] },
    null,
    '2 passed, 0 failed, 1 skipped',
    `skipped without a reason: ${core}: a test`,
  ],
  [
    'a browser test skipped where there is a browser',
    { [core]: ['passed'], [demo]: ['passed', 'skipped'] },
    null,
    '2 passed, 0 failed, 1 skipped',
    `skipped without a reason: ${demo}: a test`,
  ],
  [
    'a project that never ran',
    { [core]: ['passed'] },
    null,
    '1 passed, 0 failed, 0 skipped',
    'project demo: no test passed',
  ],
])('%s is a complaint', (_, files, reason, line, complaint) => {
  const judged = judge(resultsOf(files), { root, projects, excuses: reason === null ? [] : excused(reason) });
  expect(judged).toEqual({ line, complaints: [complaint] });
});

test('a browser test may be skipped for the printed reason', () => {
  const judged = judge(resultsOf({ [core]: ['passed'], [demo]: ['passed', 'skipped'] }), {
    root,
    projects,
    excuses: excused('no chromium on PATH'),
  });
  expect(judged).toEqual({ line: '2 passed, 0 failed, 1 skipped', complaints: [] });
});

test('a file that cannot be loaded counts as a failure', () => {
  const files = { [core]: ['passed'], [demo]: ['passed'], 'packages/core/src/b.test.ts': [] };
  const judged = judge(resultsOf(files, ['packages/core/src/b.test.ts']), { root, projects, excuses: [] });
  expect(judged.line).toBe('2 passed, 1 failed, 0 skipped');
  expect(judged.complaints).toContain('failed outside its tests: packages/core/src/b.test.ts');
});

test('no test at all is a complaint', () => {
  expect(judge(resultsOf({}), { root, projects: [], excuses: [] })).toEqual({
    line: '0 passed, 0 failed, 0 skipped',
    complaints: ['no test passed'],
  });
});

test('a project whose every test was skipped did not run', () => {
  const judged = judge(resultsOf({ [core]: ['passed'], [demo]: ['skipped'] }), {
    root,
    projects,
    excuses: excused('no browser'),
  });
  expect(judged.complaints).toEqual(['project demo: no test passed']);
  const whole = [{ reason: 'no database', folders: ['examples/express'] }];
  expect(
    judge(resultsOf({ [core]: ['passed'], [demo]: ['skipped'] }), { root, projects, excuses: whole }).complaints,
  ).toEqual([]);
});

test('a folder of that name somewhere else is no project', () => {
  const named = { root, projects: [{ name: 'tools', root: 'tools' }], excuses: [] };
  expect(judge(resultsOf({ 'packages/core/tools/a.test.ts': ['passed'] }), named).complaints).toEqual([
    'project tools: no test passed',
  ]);
});

test('every project of the workspace says its name and root', () => {
  const named = projectsOf(workspaceProjects);
  expect(named).toContainEqual({ name: 'core', root: 'packages/core' });
  expect(named).toHaveLength(workspaceProjects.length);
  expect(() => projectsOf(['packages/*'])).toThrow(/name and root/);
});
