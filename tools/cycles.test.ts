import { expect, test } from 'vitest';
import { cycleViolations } from './cycles.ts';
import { plant } from './testing/plant.ts';

const found = (files: Readonly<Record<string, string>>): readonly string[] =>
  cycleViolations(plant(files)).map(({ file, line, rule }) => `${file}:${line} ${rule}`);

test('types may point back, and two ways to one file are no cycle', () => {
  const files = {
    'packages/core/src/a.ts': "import { b } from './b.ts';\nimport { c } from './c.ts';",
    'packages/core/src/b.ts':
      "import type { A } from './a.ts';\nimport { type A2 } from './a.ts';\nimport { d } from './d.ts';",
    'packages/core/src/c.ts': "export type { A } from './a.ts';\nexport * from './d.ts';",
    'packages/core/src/d.ts': "type A = import('./a.ts').A;",
  };
  expect(found(files)).toEqual([]);
});

test('a cycle is named with its path', () => {
  const files = {
    'packages/core/src/0.ts': "import { a } from './a.ts';",
    'packages/core/src/a.ts': "import { b } from './b.ts';",
    'packages/core/src/b.ts': "\nexport { c } from './c.js';",
    'packages/core/src/c.ts': "import { type X, a } from './a.ts';",
  };
  const path = ['a', 'b', 'c', 'a'].map((name) => `packages/core/src/${name}.ts`).join(' -> ');
  expect(found(files)).toEqual([`packages/core/src/c.ts:1 cycle of value imports: ${path}`]);
});

test('a file that imports itself, a dynamic import and a cycle through a package are cycles', () => {
  const files = {
    'packages/argon2/src/index.ts': "import { a } from '@sallyport/core';",
    'packages/core/src/index.ts': "const load = () => import('@sallyport/argon2');",
    'packages/core/src/self.ts': "import './self.ts';",
  };
  expect(found(files)).toHaveLength(2);
});
