import { importsOf, isRelative, target } from './imports.ts';
import type { Violation } from './report.ts';
import { isTest, sourcesOf } from './tree.ts';

/** The files that `package.json` of the core exports: its only doors. */
export const entries: readonly string[] = ['index', 'ports', 'hashing', 'verify', 'common-passwords'];

const doors = entries.map((entry) => (entry === 'index' ? '@sallyport/core' : `@sallyport/core/${entry}`));
const fromCore = /^@sallyport\/core(?:\/|$)/;

/** The workspace package that a file belongs to; `''` for the root's own files. */
const home = (file: string): string => /^(?:(?:packages|examples)\/[^/]+|bench|tools)(?=\/)/.exec(file)?.[0] ?? '';

/** No relative import leaves its package (tests may reach `tools`), and the core is entered by its doors alone. */
export const borderViolations = (root: string): readonly Violation[] =>
  ['packages', 'examples', 'bench']
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
        const there = home(target(file, specifier));
        if (there === home(file) || (there === 'tools' && isTest(file))) return [];
        const rule = `a relative import leaves ${home(file)}: '${specifier}'`;
        return [{ file, line, rule, mend: 'import the other package by its name' }];
      }),
    );
