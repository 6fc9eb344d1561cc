import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, report, type Violation, workspace } from './report.ts';

/** How packages spell the platforms that a clone must install on; `64` alone is x64. */
const platforms =
  /(?:linux|darwin|win32|windows)-?(?:x64|arm64|64)\b|(?:x86_64|aarch64)-(?:apple-darwin|pc-windows|unknown-linux)/;

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const foldersIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));

/** The store of pnpm holds `<id>/node_modules/<name>`; what is no link there is the package itself. */
const manifests = (root: string): readonly Manifest[] =>
  foldersIn(join(root, 'node_modules/.pnpm'))
    .map((entry) => join(entry, 'node_modules'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => foldersIn(folder).flatMap((path) => (/[/\\]@[^/\\]+$/.test(path) ? foldersIn(path) : [path])))
    .map((path) => join(path, 'package.json'))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')) as Manifest);

const isLocked = (lock: string, name: string, range: string): boolean => {
  const key = /^\d/.test(range) ? `${name}@${range}` : `${name}@`;
  return lock.includes(`\n  '${key}`) || lock.includes(`\n  ${key}`);
};

/**
 * A registry that lacks the binary of another platform makes pnpm leave it out of the lock without a word, and a frozen
 * install fails there later: each platform package that an installed package declares must be locked.
 */
export const lockfileViolations = (root: string): readonly Violation[] => {
  const file = 'pnpm-lock.yaml';
  const lock = readFileSync(join(root, file), 'utf8');
  if (!existsSync(join(root, 'node_modules/.pnpm'))) {
    return [{ file, line: 1, rule: 'nothing is installed by pnpm', mend: 'pnpm install' }];
  }
  return manifests(root).flatMap(({ name, version, optionalDependencies }) =>
    Object.entries(optionalDependencies ?? {})
      .filter(([binary, range]) => platforms.test(binary) && !isLocked(lock, binary, range))
      .map(([binary, range]) => ({
        file,
        line: 1,
        rule: `${name}@${version} wants ${binary}@${range}, which is not locked`,
        mend: `pin a release of ${name} whose binaries are all published`,
      })),
  );
};

if (isMain(import.meta)) report('pnpm-lock.yaml installs on linux, darwin and win32', lockfileViolations(workspace));
