import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a check found, where (`file` under the root with forward slashes, `line` from 1), and what to do about it. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly mend: string;
}

const shown = (found: Violation): string => `${found.file}:${found.line}  ${found.rule}\n    mend: ${found.mend}`;

/** Prints what was checked and each violation; any violation makes the process exit with 1. */
export const report = (checked: string, violations: readonly Violation[]): void => {
  for (const found of violations) console.error(shown(found));
  console.log(`${violations.length === 0 ? 'ok' : 'FAILED'}  ${checked}: ${violations.length} violations`);
  if (violations.length > 0) process.exitCode = 1;
};

/** A check that looks at nothing proves nothing. */
export const refuseEmpty = (count: number, where: string): readonly Violation[] =>
  count > 0
    ? []
    : [{ file: where, line: 1, rule: 'nothing to check was found', mend: 'look for the files where they now are' }];

/** `true` in the file that the process was started with. */
export const isMain = (meta: ImportMeta): boolean =>
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(meta.url));

/** The workspace, whatever the current folder. */
export const workspace: string = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');
