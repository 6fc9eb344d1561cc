import { expect, test } from 'vitest';
import { packageViolations } from './packages.ts';
import { tarballFaults } from './tarball.ts';
import { plant } from './testing/plant.ts';

const manifest = { name: '@sallyport/planted', version: '0.1.0', type: 'module', license: 'MIT', files: ['dist'] };
const good = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };

const built = {
  'README.md': '# Planted',
  LICENSE: 'MIT',
  'dist/index.js': 'export const a = 1;\n',
  'dist/index.d.ts': 'export declare const a: number;\n',
};

const packed = (exports: object): readonly string[] => {
  const files = { ...built, 'package.json': JSON.stringify({ ...manifest, exports }) };
  const inside = Object.entries(files).map(([path, text]) => [`packages/planted/${path}`, text]);
  return packageViolations(plant(Object.fromEntries(inside))).map(({ rule }) => rule.replace(/:\n[\s\S]*/, ''));
};

test('a package with everything in its place passes', () => {
  expect(packed(good)).toEqual([]);
});

test('what publint and attw refuse is caught', () => {
  const late = { '.': { default: './dist/index.js', types: './dist/index.d.ts' } };
  expect(packed({ ...late, './b': './dist/b.js' })).toEqual([
    'the tarball: it exports ./dist/b.js, which is not in it',
    'the tarball: is refused by publint',
    'the tarball: is refused by attw',
  ]);
});

const faults = (changes: object, files: Readonly<Record<string, string>> = built): readonly string[] =>
  tarballFaults(plant({ ...files, 'package.json': JSON.stringify({ ...manifest, exports: good, ...changes }) }));

test('a tarball that is complete has no fault', () => {
  expect(faults({ dependencies: { a: '1.0.0' }, peerDependencies: { '@sallyport/core': '^0.1.0' } })).toEqual([]);
});

test.each<[string, object, Readonly<Record<string, string>>, string]>([
  [
    'the source condition',
    { exports: { '.': { '@sallyport/source': './src/index.ts', ...good['.'] } } },
    built,
    'it exports ./src/index.ts, which is not in it',
  ],
  [
    'a workspace range',
    { peerDependencies: { '@sallyport/core': 'workspace:^' } },
    built,
    'it wants @sallyport/core of the workspace',
  ],
  ['sources', {}, { ...built, 'src/index.ts': '' }, 'it has src'],
  ['no exports', { exports: {} }, built, 'it exports nothing'],
])('%s is a fault', (_, changes, files, fault) => {
  expect(faults(changes, files)).toEqual([fault]);
});

test('a missing README or license is a fault', () => {
  expect(faults({ exports: './package.json' }, {})).toEqual(['it has no README.md', 'it has no LICENSE']);
});
