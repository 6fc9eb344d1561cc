import { expect, test } from 'vitest';
import { bundleViolations, type Case } from './bundles.ts';
import { plant } from './testing/plant.ts';

const modules = 'examples/express/node_modules';
const noise = (length: number): string =>
  Array.from({ length }, (_, n) => ((n * 2_654_435_761) % 4_294_967_296).toString(36)).join(' ');

const list: Case = { name: 'list', code: "export * from 'ours/list'", limit: 4_000, anywhere: true };
const main: Case = {
  name: 'main',
  code: "export * from 'ours'",
  limit: 300,
  anywhere: true,
  never: /\/jose\//,
  apart: 'list',
};

const found = async (index: string, cases: readonly Case[] = [list, main]): Promise<readonly string[]> => {
  const root = plant({
    [`${modules}/ours/package.json`]: JSON.stringify({
      type: 'module',
      exports: { '.': './index.js', './list': './list.js' },
    }),
    [`${modules}/ours/index.js`]: index,
    [`${modules}/ours/list.js`]: `export const list = '${noise(300)}';`,
    [`${modules}/jose/index.js`]: 'export const jose = 1;',
  });
  return (await bundleViolations(root, cases, () => {})).map(({ file, rule }) => `${file}: ${rule}`);
};

test('a small entry that loads its list on demand passes', async () => {
  expect(await found("export const load = () => import('ours/list');")).toEqual([]);
});

test('a list that comes at once is caught, by its size and by its name', async () => {
  const rules = await found("export { list } from 'ours/list';");
  expect(rules[0]).toMatch(/^main: \d+ bytes with gzip, at most 300$/);
  expect(rules[1]).toBe(`main: ${modules}/ours/list.js is loaded at once, not on demand`);
});

test('a module of Node and a package that does not belong are caught, on demand too', async () => {
  const rules = await found(
    "import { createHash } from 'node:crypto';\nexport const a = [createHash, () => import('../jose/index.js'), () => import('fs')];",
  );
  expect(rules).toEqual([
    "main: it imports 'node:crypto'",
    "main: it imports 'fs'",
    `main: it contains ${modules}/jose/index.js`,
  ]);
});

test('a package for Node may import its modules, and what is external does not count', async () => {
  const code = "import x from 'far';\nimport { a } from 'node:fs';\nexport const b = [x, a];";
  expect(await found(code, [{ ...main, anywhere: false, external: ['far'] }])).toEqual([]);
});

test('a package that was not built is named', async () => {
  const [rule] = await found("export * from './missing.js';", [main]);
  expect(rule).toContain('Could not resolve "./missing.js"');
});
