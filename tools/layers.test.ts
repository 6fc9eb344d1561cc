import { expect, test } from 'vitest';
import { layerViolations } from './layers.ts';
import { plant } from './testing/plant.ts';

const core = (files: Readonly<Record<string, string>>): readonly string[] => {
  const root = plant(
    Object.fromEntries(Object.entries(files).map(([file, text]) => [`packages/core/src/${file}`, text])),
  );
  return layerViolations(root).map(
    ({ file, line, rule }) => `${file.replace('packages/core/src/', '')}:${line} ${rule}`,
  );
};

test('a tree that follows the table is clean', () => {
  const clean = core({
    'errors.ts': 'export class A extends Error {}',
    'vendor/noble.ts': "export { sha256 } from '@noble/hashes/sha2.js';",
    'primitives/bytes.ts': "import { sha256 } from '../vendor/noble.ts';\nimport './time.ts';",
    'primitives/time.ts': '',
    'ports/users.ts': "import type { Millis } from './json.ts';\nexport type { B } from '../primitives/bytes.ts';",
    'system/clock.ts': "import type { Clock } from '../ports/clock.ts';",
    'config/options.ts':
      "import type { F } from '../features/feature.ts';\nimport { A } from '../errors.ts';\nimport './check.ts';",
    'modules/sessions.ts':
      "import type { U } from '../ports/users.ts';\nimport { type V } from '../ports/v.ts';\nimport { b } from '../primitives/bytes.ts';",
    'modules/oauth/index.ts': "import { x } from './state.ts';",
    'flows/login.ts':
      "import type { S } from '../modules/sessions.ts';\nimport { A } from '../errors.ts';\nimport type { U } from '../ports/users.ts';",
    'http/login.ts': "import type { L } from '../flows/login.ts';\nimport { p } from './problem.ts';",
    'features/password.ts':
      "import { l } from '../flows/login.ts';\nimport { s } from '../modules/sessions.ts';\nimport { p } from '../hasher/portable.ts';",
    'hasher/portable.ts': "import { t } from '../system/timers.ts';",
    'memory/stores.ts': "import { A } from '../errors.ts';\nimport type { U } from '../ports/users.ts';",
    'composition/create-auth.ts': "import { c } from '../system/clock.ts';\nimport { m } from './modules.ts';",
    'index.ts': "export { createAuth } from './composition/create-auth.ts';",
    'modules/sessions.test.ts': "import { x } from './passwords.ts';\nimport '../composition/create-auth.ts';",
  });
  expect(clean).toEqual([]);
});

test.each([
  ['errors.ts', "import type { A } from './ports/a.ts';", "errors imports ports (types): './ports/a.ts'"],
  ['vendor/x.ts', "import '../primitives/a.ts';", "vendor imports primitives: '../primitives/a.ts'"],
  ['primitives/x.ts', "import { A } from '../errors.ts';", "primitives imports errors: '../errors.ts'"],
  [
    'primitives/x.ts',
    "export * from '@noble/hashes/sha2.js';",
    "primitives imports third party: '@noble/hashes/sha2.js'",
  ],
  ['ports/x.ts', "import { b } from '../primitives/b.ts';", "ports imports primitives: '../primitives/b.ts'"],
  ['ports/x.ts', "export * from './y.ts';", "ports imports another of ports: './y.ts'"],
  ['modules/x.ts', "import { y } from './y.ts';", "modules imports another of modules: './y.ts'"],
  ['modules/x.ts', "import type { Y } from './y.ts';", "modules imports another of modules (types): './y.ts'"],
  ['modules/x.ts', "import { type A, b } from '../ports/a.ts';", "modules imports ports: '../ports/a.ts'"],
  ['modules/x.ts', "import a, { type B } from '../ports/a.ts';", "modules imports ports: '../ports/a.ts'"],
  ['modules/x.ts', "const a = require('../ports/a.ts');", "modules imports ports: '../ports/a.ts'"],
  ['modules/x.ts', "import {} from '../ports/a.ts';", "modules imports ports: '../ports/a.ts'"],
  ['modules/x.ts', "import '../system/clock.ts';", "modules imports system: '../system/clock.ts'"],
  ['flows/x.ts', "import { s } from '../modules/s.ts';", "flows imports modules: '../modules/s.ts'"],
  ['flows/x.ts', "export { s } from '../modules/s.ts';", "flows imports modules: '../modules/s.ts'"],
  ['flows/x.ts', "const s = await import('../modules/s.ts');", "flows imports modules: '../modules/s.ts'"],
  ['flows/x.ts', "import { u } from '../ports/u.ts';", "flows imports ports: '../ports/u.ts'"],
  ['flows/x.ts', "type P = import('../http/p.ts').P;", "flows imports http (types): '../http/p.ts'"],
  ['flows/x.ts', "import { y } from './y.ts';", "flows imports another of flows: './y.ts'"],
  ['http/x.ts', "import { l } from '../flows/l.ts';", "http imports flows: '../flows/l.ts'"],
  ['http/x.ts', "import { l } from '../memory/stores.js';", "http imports memory: '../memory/stores.js'"],
  ['features/x.ts', "import { y } from './y.ts';", "features imports another of features: './y.ts'"],
  [
    'features/x.ts',
    "import { c } from '../composition/create-auth.ts';",
    "features imports composition: '../composition/create-auth.ts'",
  ],
  ['memory/x.ts', "import { l } from '../flows/l.ts';", "memory imports flows: '../flows/l.ts'"],
  ['config/x.ts', "import { f } from '../features/f.ts';", "config imports features: '../features/f.ts'"],
  ['memory/x.ts', "import '../system/clock.ts';", "memory imports system: '../system/clock.ts'"],
  ['composition/x.ts', "import { p } from '../ports.ts';", "composition imports entry: '../ports.ts'"],
  ['modules/x.ts', "import { p } from '../index.ts';", "modules imports entry: '../index.ts'"],
  ['composition/x.ts', "import x from 'jose';", "composition imports third party: 'jose'"],
  ['index.ts', "export * from './ports.ts';", "entry imports another of entry: './ports.ts'"],
  ['utils/x.ts', '', 'packages/core/src/utils/x.ts is in no layer'],
  ['entry/x.ts', '', 'packages/core/src/entry/x.ts is in no layer'],
  ['helpers.ts', '', 'packages/core/src/helpers.ts is in no layer'],
])('%s with %s is caught', (file, text, rule) => {
  expect(core({ [file]: `\n${text}` })).toEqual([`${file}:${/no layer/.test(rule) ? 1 : 2} ${rule}`]);
});

test('a comment that shows an import is no import', () => {
  expect(core({ 'errors.ts': "// import { a } from './ports/a.ts';\n/* import './modules/a.ts' */" })).toEqual([]);
});

test('a folder without sources is no pass', () => {
  expect(core({})).toEqual([':1 nothing to check was found']);
});
