import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMain, refuseEmpty, report, type Violation, workspace } from './report.ts';
import { pnpmQuietly, toolQuietly } from './run.ts';
import { tarballFaults } from './tarball.ts';

const linters: readonly (readonly [string, ...string[]])[] = [
  ['publint', 'run', '--strict'],
  ['attw', '--profile', 'esm-only', '--format', 'ascii', '--no-definitely-typed'],
];

/** What is wrong with the tarball of a package; what the linters print is part of it. */
const faultsOf = (folder: string, into: string): readonly string[] => {
  const packed = pnpmQuietly(['pack', '--pack-destination', into], folder);
  const [tarball = ''] = readdirSync(into);
  if (!packed.ok || tarball === '') return [`cannot be packed:\n${packed.output}`];
  const path = join(into, tarball);
  const unpacked = toolQuietly(['tar', '-xzf', path, '-C', into], into);
  if (!unpacked.ok) return [`cannot be unpacked:\n${unpacked.output}`];
  const refused = linters.flatMap(([tool, ...options]) => {
    const { ok, output } = toolQuietly([tool, ...options, path], workspace);
    return ok ? [] : [`is refused by ${tool}:\n${output}`];
  });
  return [...tarballFaults(join(into, 'package')), ...refused];
};

const packagesIn = (root: string): readonly string[] =>
  readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}`)
    .filter((folder) => existsSync(join(root, folder, 'package.json')));

/** Looks at what would be published, after `files` and `publishConfig` had their say. */
export const packageViolations = (root: string): readonly Violation[] => {
  const folders = packagesIn(root);
  const found = folders.flatMap((folder) => {
    const into = mkdtempSync(join(tmpdir(), 'sallyport-pack-'));
    const mend = 'build it, then mend exports, files or publishConfig';
    const file = `${folder}/package.json`;
    try {
      return faultsOf(join(root, folder), into).map((fault) => ({
        file,
        line: 1,
        rule: `the tarball: ${fault.trimEnd()}`,
        mend,
      }));
    } finally {
      rmSync(into, { recursive: true });
    }
  });
  return [...refuseEmpty(folders.length, 'packages'), ...found];
};

if (isMain(import.meta)) report('packages as they would be published', packageViolations(workspace));
