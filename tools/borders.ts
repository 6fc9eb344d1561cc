import { importsOf, isRelative, target } from './imports.ts';
import type { Violation } from './report.ts';
import { isTest, sourcesOf } from './tree.ts';

/** The files that `package.json` of the core exports: its only doors. */
export const entries: readonly string[] = ['index', 'ports', 'hashing', 'verify', 'common-passwords', 'oauth'];

const doors = entries.map((entry) => (entry === 'index' ? '@sallyport/core' : `@sallyport/core/${entry}`));
const fromCore = /^@sallyport\/core(?:\/|$)/;

/** The workspace package that a file belongs to; `''` for the root's own files. */
const home = (file: string): string =>
  /^(?:(?:packages|examples)\/[^/]+|bench|integration|tools)(?=\/)/.exec(file)?.[0] ?? '';

/** Tests and the bench start servers by `tools`; the core's own stories are told to real ones, what it asks of an adapter to each. */
const isLent = (file: string, path: string): boolean =>
  (path.startsWith('tools/') && (isTest(file) || file.startsWith('bench/'))) ||
  (path.startsWith('packages/core/test/') && storyTellers.test(file)) ||
  (path.startsWith('packages/core/test/adapter/') && adapterTests.test(file));

const storyTellers = /^(?:integration|packages\/(?:postgres|redis)\/test)\//;
const adapterTests = /^packages\/(?:express|hono)\/test\//;

/** No relative import leaves its package but for what is lent, and the core is entered by its doors alone. */
export const borderViolations = (root: string): readonly Violation[] =>
  ['packages', 'examples', 'bench', 'integration']
    .flatMap((folder) => sourcesOf(root, folder))
    .flatMap((source) =>
      importsOf(source).flatMap(({ specifier, line }): readonly Violation[] => {
        const { file } = source;
        if (fromCore.test(specifier) && !doors.includes(specifier)) {
          return [
            { file, line, rule: `'${specifier}' is no entry of the core`, mend: `import from ${doors.join(', ')}` },
          ];
        }
        if (!isRelative(specifier)) return [];
        const path = target(file, specifier);
        if (home(path) === home(file) || isLent(file, path)) return [];
        const rule = `a relative import leaves ${home(file)}: '${specifier}'`;
        return [{ file, line, rule, mend: 'import the other package by its name' }];
      }),
    );
