import { expect, test } from 'vitest';
import { evidenceViolations } from './evidence.ts';
import { clausesOf, evidenceMaps } from './evidence-map.ts';
import { workspace } from './report.ts';
import { titlesOf } from './test-titles.ts';
import { plant } from './testing/plant.ts';

const proved = {
  clause: '1.1',
  level: 1,
  requirement: 'a rule',
  status: 'default',
  tests: [{ file: 'packages/core/test/a.test.ts', name: 'RL-01: holds' }],
};
const byOption = { ...proved, status: 'option', options: ['session.absolute'] };

const rulesOf = (...clauses: readonly object[]): readonly string[] =>
  evidenceViolations(
    plant({
      'docs/evidence/a.json': JSON.stringify({ standard: 'A', about: 'a', chapters: [{ title: 'a', clauses }] }),
      'docs/guide/configuration.md':
        '| option | |\n|---|---|\n| `session.idle`, `.absolute` | `never` |\n| `gone` | |\n',
      'packages/core/src/a.ts': 'interface A { readonly session?: { readonly idle?: 1; readonly absolute?: 2 } }',
      'packages/core/src/a.ts.txt': "it('RL-01: holds', f);",
      'packages/core/test/a.test.ts':
        "describe('A: the rule', () => {\n  it('RL-01: holds for all', f);\n});\n// it('RL-02: in a comment', f)\nit.skip('RL-03: skipped', f);",
    }),
  ).map(({ rule }) => rule);

test('a claim that names what is there passes', () => {
  expect(rulesOf(proved)).toEqual([]);
  expect(rulesOf(byOption)).toEqual([]);
  expect(rulesOf({ ...proved, tests: [{ ...proved.tests[0], name: 'A: the rule' }] })).toEqual([]);
  expect(rulesOf({ clause: '1', requirement: 'r', status: 'not met', note: 'n' })).toEqual([]);
});

const { tests: _, ...bare } = proved;
const { options: __, ...unnamed } = byOption;
const withTest = (more: object) => ({ ...proved, tests: [{ ...proved.tests[0], ...more }] });

test.each<[string, object, string]>([
  ['no test', bare, '1.1: "default" without a test'],
  [
    'an option without a test',
    { ...bare, status: 'option', options: ['session.idle'] },
    '1.1: "option" without a test',
  ],
  ['an empty list of tests', { ...proved, tests: [] }, '1.1: "tests" is not what tools/evidence-map.ts says'],
  [
    'a file that is gone',
    withTest({ file: 'packages/core/test/b.test.ts' }),
    '1.1: no test file packages/core/test/b.test.ts',
  ],
  ['a file that is no test', withTest({ file: 'packages/core/src/a.ts' }), '1.1: no test file packages/core/src/a.ts'],
  [
    'a name that is gone',
    withTest({ name: 'RL-01: held' }),
    '1.1: no test "RL-01: held" in packages/core/test/a.test.ts',
  ],
  ['a name in a comment', withTest({ name: 'RL-02: in' }), '1.1: no test "RL-02: in" in packages/core/test/a.test.ts'],
  [
    'a test that is skipped',
    withTest({ name: 'RL-03: skipped' }),
    '1.1: no test "RL-03: skipped" in packages/core/test/a.test.ts',
  ],
  ['a name of nothing', withTest({ name: 'RL' }), '1.1: "RL" could be any test'],
  ['an option without its name', unnamed, '1.1: "option" without its name'],
  ['an option of nobody', { ...byOption, options: ['session.idel'] }, '1.1: unknown option session.idel'],
  ['a default in the place of an option', { ...byOption, options: ['never'] }, '1.1: unknown option never'],
  ['an option that the code lost', { ...byOption, options: ['gone'] }, '1.1: gone of gone is declared nowhere'],
  ['no reason', { ...bare, status: 'not met' }, '1.1: "not met" without a note'],
  ['a test of what is not met', { ...proved, status: 'application', note: 'n' }, '1.1: "application" with a test'],
  [
    'an unknown status',
    { ...proved, status: 'met', note: 'n' },
    '1.1: "status" is not what tools/evidence-map.ts says',
  ],
  ['an unknown member', { ...proved, teste: [] }, '1.1: "teste" is not what tools/evidence-map.ts says'],
])('%s is found', (_name, clause, rule) => {
  expect(rulesOf(clause)).toContain(rule);
});

test('a clause that is there twice is found', () => {
  expect(rulesOf(proved, proved)).toEqual(['1.1: the clause is there twice']);
});

test('no map at all is no proof', () => {
  expect(evidenceViolations(plant({ 'a.txt': '' }))).toHaveLength(1);
});

test('titles are those of every form of test, as they are written', () => {
  const text = `
    describe.each([1])('a %s', () => { it('b', f); test.runIf(x)("it's", f); });
    it.each\`x\`('c $x', f);
    test(\`d \${n}\`, f);
    describe.skip('e', () => { it('inside', f); });
    it.todo('g');
    expect('h').toBe('i');
    describe(name, () => { it(other, f); });`;
  expect(titlesOf({ file: 'a.test.ts', text })).toEqual(['a %s', 'b', "it's", 'c $x', `d $${'{n}'}`]);
});

test('the map of this repository holds, and admits something', () => {
  expect(evidenceViolations(workspace)).toEqual([]);
  const statuses = evidenceMaps(workspace).flatMap((map) => clausesOf(map).map(({ status }) => status));
  expect(statuses.length).toBeGreaterThan(200);
  expect(new Set(statuses).size).toBe(4);
});
