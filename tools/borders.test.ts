import { expect, test } from 'vitest';
import { borderViolations } from './borders.ts';
import { plant } from './testing/plant.ts';

const found = (file: string, text: string): readonly string[] =>
  borderViolations(plant({ [file]: text })).map(({ line, rule }) => `${line} ${rule}`);

test.each([
  [
    'packages/express/src/index.ts',
    "import { a } from '@sallyport/core';\nimport type { B } from '@sallyport/core/ports';\nimport './x.ts';",
  ],
  ['packages/core/tsup.config.ts', "import { defineConfig } from 'tsup';"],
  ['packages/core/src/a/b.ts', "import '../c/d.ts';"],
  [
    'examples/express/test/a.test.ts',
    "import { findChromium } from '../../../tools/chromium.ts';\nimport '../src/main.ts';",
  ],
  ['bench/a.ts', "import { startRedis } from '../tools/services/redis.ts';"],
  ['packages/hono/test/a.test.ts', "import { adapterCases } from '../../core/test/adapter/cases.ts';"],
  ['integration/test/a.test.ts', "import { bringStores } from '../../packages/core/test/stores.ts';"],
])('%s keeps inside its borders', (file, text) => {
  expect(found(file, text)).toEqual([]);
});

test.each([
  [
    'packages/express/src/index.ts',
    "import { a } from '@sallyport/core/src/http/cookie.ts';",
    "'@sallyport/core/src/http/cookie.ts' is no entry of the core",
  ],
  [
    'packages/express/src/index.ts',
    "const a = await import('@sallyport/core/dist/index.js');",
    "'@sallyport/core/dist/index.js' is no entry of the core",
  ],
  [
    'packages/express/src/index.ts',
    "import type { A } from '../../core/src/index.ts';",
    "a relative import leaves packages/express: '../../core/src/index.ts'",
  ],
  [
    'packages/express/src/a.test.ts',
    "import { A } from '../../core/src/testing/x.ts';",
    "a relative import leaves packages/express: '../../core/src/testing/x.ts'",
  ],
  [
    'packages/express/src/index.ts',
    "import { a } from '../../../tools/report.ts';",
    "a relative import leaves packages/express: '../../../tools/report.ts'",
  ],
  [
    'examples/express/src/main.ts',
    "import { a } from '../../../packages/core/src/index.ts';",
    "a relative import leaves examples/express: '../../../packages/core/src/index.ts'",
  ],
  [
    'integration/test/a.test.ts',
    "import { gcra } from '../../packages/core/src/primitives/gcra.ts';",
    "a relative import leaves integration: '../../packages/core/src/primitives/gcra.ts'",
  ],
  [
    'packages/express/test/a.test.ts',
    "import { world } from '../../core/test/harness.ts';",
    "a relative import leaves packages/express: '../../core/test/harness.ts'",
  ],
  [
    'packages/express/src/a.ts',
    "import { world } from '../../core/test/adapter/world.ts';",
    "a relative import leaves packages/express: '../../core/test/adapter/world.ts'",
  ],
])('%s with %s is caught', (file, text, rule) => {
  expect(found(file, `\n${text}`)).toEqual([`2 ${rule}`]);
});
