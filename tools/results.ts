import type { TestProjectConfiguration } from 'vitest/config';

/** What we read of the report that vitest writes as JSON. */
export interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export interface Project {
  readonly name: string;
  readonly root: string;
}

/** Name and root of each project of vitest.workspace.ts. */
export const projectsOf = (projects: readonly TestProjectConfiguration[]): readonly Project[] =>
  projects.map((project) => {
    const test = typeof project === 'object' && 'test' in project ? project.test : undefined;
    if (test?.root === undefined) throw new Error('vitest.workspace.ts: each project says its name and root in line');
    return { name: String(test.name), root: test.root };
  });

export interface Judged {
  /** `N passed, N failed, N skipped`; `null` = there is nothing to count. */
  readonly line: string | null;
  readonly complaints: readonly string[];
}

/** What this machine lacks, and the folders whose tests may be skipped for it. */
export interface Excuse {
  readonly reason: string;
  readonly folders: readonly string[];
}

export interface Expected {
  /** The workspace: the report names files by their whole path. */
  readonly root: string;
  readonly projects: readonly Project[];
  /** Printed by the steps before; none = no test may be skipped. */
  readonly excuses: readonly Excuse[];
}

type File = Results['testResults'][number];

const countOf = (file: File, wanted: string): number =>
  file.assertionResults.filter(({ status }) => status === wanted).length;

const skippedIn = ({ name, assertionResults }: File): readonly string[] =>
  assertionResults
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => `skipped without a reason: ${name}: ${fullName}`);

/** A green run proves little when a project never ran or a test was skipped in silence: both are complaints. */
export const judge = (results: Results, { root, projects, excuses }: Expected): Judged => {
  const short = (path: string): string => path.replaceAll('\\', '/').replace(`${root.replaceAll('\\', '/')}/`, '');
  const files = results.testResults.map((file) => ({ ...file, name: short(file.name) }));
  const ran = ({ root: folder }: Project): boolean =>
    files.some((file) => file.name.startsWith(`${folder}/`) && countOf(file, 'passed') > 0);
  // A file that cannot be loaded has no failed test, and is a failure all the same.
  const broken = files.filter((file) => file.status === 'failed' && countOf(file, 'failed') === 0);
  const isExcused = (path: string): boolean =>
    excuses.some(({ folders }) => folders.some((folder) => path.startsWith(`${folder}/`)));
  const mayRest = ({ root: folder }: Project): boolean => excuses.some(({ folders }) => folders.includes(folder));
  const strict = files.filter(({ name }) => !isExcused(name));
  const failures = results.numFailedTests + broken.length;
  return {
    line: `${results.numPassedTests} passed, ${failures} failed, ${results.numPendingTests + results.numTodoTests} skipped`,
    complaints: [
      ...broken.map(({ name }) => `failed outside its tests: ${name}`),
      ...strict.flatMap(skippedIn),
      ...projects
        .filter((project) => !ran(project) && !mayRest(project))
        .map(({ name }) => `project ${name}: no test passed`),
      ...(results.numPassedTests === 0 ? ['no test passed'] : []),
      ...(failures > 0 ? [`${failures} failed`] : []),
    ],
  };
};
