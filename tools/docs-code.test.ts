import { expect, test } from 'vitest';
import { docsBlocks, docsViolations } from './docs-code.ts';
import { lend, plant } from './testing/plant.ts';

const fence = '```';
const block = (code: string, marks = ''): string => `${fence}ts${marks}\n${code}\n${fence}\n`;

/** A workspace with one package whose sources a block may import. */
const docs = (files: Readonly<Record<string, string>>): string => {
  const exports = { '.': { '@sallyport/source': './src/index.ts', default: './dist/index.js' } };
  const root = plant({
    'package.json': JSON.stringify({ type: 'module' }),
    'packages/core/package.json': JSON.stringify({ name: '@sallyport/core', type: 'module', exports }),
    'packages/core/src/index.ts':
      'export const minutes = (n: number): number => n * 60_000;\nexport interface Clock { now(): number }',
    ...files,
  });
  for (const path of ['tsconfig.base.json', 'node_modules', 'packages/express/node_modules']) lend(root, path);
  return root;
};

test('blocks that compile pass: our packages, those of a sibling, Node, and what the text declares', () => {
  const ours = block(
    "import { minutes } from '@sallyport/core';\nconst lifetime: number = minutes(15);\nconst secret = process.env.AUTH_SECRETS;",
  );
  const theirs = block(
    "import express from 'express';\nconst app = express();\napp.listen(3000);\nexport default app;",
  );
  const declared = `<!-- with:\ndeclare const clock: import('@sallyport/core').Clock;\n-->\n${block('const now: number = clock.now();')}`;
  const root = docs({ 'README.md': ours + theirs, 'docs/guide/clock.md': declared, 'packages/core/README.md': ours });
  expect(docsViolations(root)).toEqual([]);
  expect(docsBlocks(root)).toHaveLength(4);
});

test('a wrong block is named at its line in the document', () => {
  const root = docs({
    'README.md': `# Title\n\n${block("import { minutes } from '@sallyport/core';\n\nminutes('15');")}`,
    'docs/guide/a.md': `<!-- with: declare const a: number; -->\n${block('const b: string = a;')}`,
    'docs/guide/b.md': block("import { missing } from '@sallyport/core';"),
    'docs/guide/c.md': block('const = 1;'),
    'docs/guide/d.md': block("import x from 'no-such-package';"),
  });
  const found = docsViolations(root).map(({ file, line, rule }) => `${file}:${line} ${rule.split(':')[0]}`);
  expect(found).toEqual([
    'README.md:6 TS2345',
    'docs/guide/a.md:3 TS2322',
    'docs/guide/b.md:2 TS2305',
    'docs/guide/c.md:2 TS1134',
    'docs/guide/c.md:2 TS1134',
    'docs/guide/d.md:2 TS2307',
  ]);
});

test('each block is a module of its own, whatever it contains', () => {
  const code = 'const a = `\n~~~\n`;\nawait Promise.resolve(a);';
  const root = docs({ 'README.md': block(code) + block(code) });
  expect(docsViolations(root)).toEqual([]);
  expect(docsBlocks(root).map((one) => one.code)).toEqual([code, code]);
});

test('only what a reader copies is checked, and what is skipped is known', () => {
  const root = docs({
    'README.md': `${block('const a: number = 1;')}${block('nonsense(', ' no-check')}${fence}sh\nls\n${fence}\n`,
    'docs/decisions/001-x.md': block('nonsense('),
    'docs/guide/fences.md': `${fence}${fence}md\n${block('nonsense(')}${fence}${fence}\n`,
    'CHANGELOG.md': block('nonsense('),
  });
  expect(docsViolations(root)).toEqual([]);
  expect(docsBlocks(root).filter(({ skipped }) => skipped)).toMatchObject([{ file: 'README.md', line: 5 }]);
});

test('documentation without a block is no pass', () => {
  expect(docsViolations(docs({ 'README.md': '# Title' }))).toHaveLength(1);
});
