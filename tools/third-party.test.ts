import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockedIn } from './pnpm-lock.ts';
import { workspace } from './report.ts';
import { plant } from './testing/plant.ts';
import { noticeFile, notices, noticeViolations } from './third-party.ts';

const lock = `lockfileVersion: '9.0'

importers:

  .:
    devDependencies:
      tool:
        specifier: 9.0.0
        version: 9.0.0

  packages/core:
    dependencies:
      '@a/native':
        specifier: 1.0.0
        version: 1.0.0(peer@3.0.0)
      '@sallyport/other':
        specifier: workspace:^
        version: link:../other
    devDependencies:
      tool:
        specifier: 9.0.0
        version: 9.0.0

packages:

  '@a/native@1.0.0':
    resolution: {integrity: sha512-x}

snapshots:

  '@a/native-linux-x64@1.0.0':
    optional: true

  '@a/native@1.0.0(peer@3.0.0)':
    dependencies:
      deep: 2.0.0
    optionalDependencies:
      '@a/native-linux-x64': 1.0.0

  deep@2.0.0: {}
`;

const manifest = (id: string, name: string, version: string, license?: string) => ({
  [`node_modules/.pnpm/${id}/node_modules/${name}/package.json`]: JSON.stringify({ name, version, license }),
});

const tree = (deep: Readonly<Record<string, string>>): string => {
  const native = manifest('@a+native@1.0.0_peer@3.0.0', '@a/native', '1.0.0', 'MIT');
  const root = plant({ 'pnpm-lock.yaml': lock, ...native, ...deep });
  writeFileSync(join(root, noticeFile), notices(root).text);
  return root;
};
const rulesOf = (root: string): readonly string[] => noticeViolations(root).map(({ rule }) => rule);
const deepUnder = (license?: string) => manifest('deep@2.0.0', 'deep', '2.0.0', license);

test('what a package wants at run time is listed, whatever wants it, and nothing else', () => {
  const root = tree(deepUnder('ISC'));
  expect(rulesOf(root)).toEqual([]);
  const rows = readFileSync(join(root, noticeFile), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows).toEqual([
    '| `@sallyport/core` | `@a/native` | 1.0.0 | MIT |',
    '| `@sallyport/core` | `deep`, through `@a/native` | 2.0.0 | ISC |',
  ]);
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['a licence that asks for more', deepUnder('GPL-3.0-only'), 'deep is under GPL-3.0-only'],
  ['no licence', deepUnder(), 'deep@2.0.0 is not installed, or names no licence'],
  ['what is not installed', {}, 'deep@2.0.0 is not installed, or names no licence'],
  [
    'another version',
    manifest('deep@2.0.1', 'deep', '2.0.1', 'MIT'),
    'deep@2.0.0 is not installed, or names no licence',
  ],
])('%s is found', (_name, deep, rule) => {
  expect(rulesOf(tree(deep))).toEqual([rule]);
});

test('a file of yesterday is found, and none', () => {
  const root = tree(deepUnder('MIT'));
  writeFileSync(join(root, 'pnpm-lock.yaml'), lock.replaceAll('1.0.0', '1.1.0'));
  expect(rulesOf(root)).toContain('is not what the lockfile says');
  expect(rulesOf(plant({ 'pnpm-lock.yaml': lock }))).toContain('is not what the lockfile says');
});

test('a lockfile in which nothing is found is no pass', () => {
  const root = plant({ 'pnpm-lock.yaml': "lockfileVersion: '99.0'\n" });
  expect(rulesOf(root)).toContain('nothing to check was found');
});

test('the lockfile of this repository is read: what manifests want is what was found', () => {
  const { importers } = lockedIn(readFileSync(join(workspace, 'pnpm-lock.yaml'), 'utf8'));
  for (const name of ['argon2', 'attacks', 'cli', 'core', 'legacy-hashes', 'smtp']) {
    const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(
      readFileSync(join(workspace, `packages/${name}/package.json`), 'utf8'),
    );
    const own = Object.entries(dependencies).filter(([, range]) => !range.startsWith('workspace:'));
    expect([name, importers.get(`packages/${name}`)]).toEqual([name, Object.fromEntries(own)]);
  }
});
