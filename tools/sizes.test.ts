import { expect, test } from 'vitest';
import { sizeViolations, sizeWarnings } from './sizes.ts';
import { plant } from './testing/plant.ts';

const lines = (count: number): string => 'export {};\n'.repeat(count);

test('300 lines pass, 301 are named, 401 fail', () => {
  const root = plant({
    'packages/core/src/a.ts': lines(300),
    'packages/core/src/b.ts': lines(301),
    'packages/core/src/c.ts': lines(400),
    'packages/core/src/c.test.ts': lines(900),
    'examples/express/src/main.ts': lines(401),
  });
  expect(sizeWarnings(root)).toEqual([
    'packages/core/src/b.ts: 301 lines, aim at 300',
    'packages/core/src/c.ts: 400 lines, aim at 300',
    'examples/express/src/main.ts: 401 lines, aim at 300',
  ]);
  expect(sizeViolations(root).map(({ file, rule }) => `${file} ${rule}`)).toEqual([
    'examples/express/src/main.ts 401 lines, at most 400',
  ]);
});

test.each([
  ['const f = (a: any) => a;', 'any'],
  ['const a = b as any;', 'any'],
  ['const a: Record<string, any> = {};', 'any'],
  ['const a = b!;', 'a non-null !'],
  ['const a = b!.c;', 'a non-null !'],
  ['class A { b!: string }', 'a non-null !'],
  ['// @ts-ignore', '// @ts-ignore'],
  ['const a = 1; // @ts-expect-error', '// @ts-expect-error'],
  ['/* @ts-nocheck */', '/* @ts-nocheck'],
])('%s is caught', (text, rule) => {
  const root = plant({ 'packages/core/src/a.ts': `\n${text}` });
  expect(sizeViolations(root)).toMatchObject([{ file: 'packages/core/src/a.ts', line: 2, rule }]);
});

test('a word in a comment, a negation, an inequality and a test are none', () => {
  const root = plant({
    'packages/core/src/a.ts': "// any! of them\nconst a = !b && c !== d;\nconst e = 'any';",
    'packages/core/src/a.test.ts': 'const a = b! as any;',
  });
  expect(sizeViolations(root)).toEqual([]);
});
