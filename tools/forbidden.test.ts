import { expect, test } from 'vitest';
import { forbiddenViolations } from './forbidden.ts';
import { plant } from './testing/plant.ts';

const found = (file: string, text: string): readonly string[] =>
  forbiddenViolations(plant({ 'packages/core/src/errors.ts': '', [file]: text })).map(
    ({ line, rule }) => `${line} ${rule}`,
  );

test.each([
  'const a = Date.now();',
  'const a = new Date();',
  'const a = new Date(0);',
  'const now = Date;',
  'const a = globalThis.Date.now();',
  "const a = globalThis['Date'];",
  'const a = performance.now();',
  'const a = Math.random();',
  "const a = Math['random']();",
  'const { random } = Math;',
  'const a = crypto.getRandomValues(b);',
  'const { randomUUID } = crypto;',
  "const a = crypto['randomUUID']();",
  'setTimeout(() => {}, 1);',
  'globalThis.setInterval(f, 1);',
  'const timers = { setTimeout };',
  'const a = process.env;',
  'const a = (globalThis as Platform).process;',
  "if (process?.versions['node']) f();",
  'const a = Buffer.from(b);',
  'const f = (a: Buffer) => a;',
  "import { createHash } from 'node:crypto';",
  "import type { Socket } from 'node:net';",
  "const a = env['NODE_ENV'];",
  'const a = env.NODE_ENV;',
  "const a = read('NODE_ENV');",
])('the core without %s', (text) => {
  const hits = found('packages/core/src/modules/sessions.ts', `\n${text}`);
  expect(hits.length).toBeGreaterThan(0);
  expect(hits.every((hit) => hit.startsWith('2 '))).toBe(true);
});

test.each([
  '// Date.now() and process.env',
  '/** Math.random() is not for this */',
  "const text = 'new Date() setTimeout(process)';",
  'const a = Math.max(1, 2);',
  'interface Clock { now(): Date }',
  'interface Timers { setTimeout(f: () => void): void; process: string }',
  'const a = timers.setTimeout(f);',
  "const a = { process: 1, Date: 'header' };",
  'class A { process(): void {} }',
  'const a = crypto.subtle;',
])('%s is no use of it', (text) => {
  expect(found('packages/core/src/modules/sessions.ts', text)).toEqual([]);
});

test.each([
  'packages/core/src/system/clock.ts',
  'packages/core/src/vendor/node-crypto.ts',
  'packages/core/src/a.test.ts',
  'packages/express/src/index.ts',
])('%s may ask', (file) => {
  expect(found(file, 'export const now = () => Date.now();')).toEqual([]);
});
