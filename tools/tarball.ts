import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Every path of `exports`, whatever the condition. */
const targets = (exports: unknown): readonly string[] => {
  if (typeof exports === 'string') return [exports];
  return exports !== null && typeof exports === 'object' ? Object.values(exports).flatMap(targets) : [];
};

/** What the linters of packages let pass: a condition that leads nowhere, a range of the workspace, a file too few or too many. */
export const tarballFaults = (unpacked: string): readonly string[] => {
  const has = (path: string): boolean => existsSync(join(unpacked, path));
  const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as Manifest;
  const ranges = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies });
  const exported = targets(manifest.exports);
  return [
    ...(exported.length === 0 ? ['it exports nothing'] : []),
    ...exported.filter((path) => !has(path)).map((path) => `it exports ${path}, which is not in it`),
    ...ranges
      .filter(([, range]) => range.startsWith('workspace:'))
      .map(([name]) => `it wants ${name} of the workspace`),
    ...['README.md', 'LICENSE'].filter((path) => !has(path)).map((path) => `it has no ${path}`),
    ...['src', 'test', 'node_modules'].filter(has).map((path) => `it has ${path}`),
  ];
};
