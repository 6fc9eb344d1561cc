import { expect, test } from 'vitest';
import { quotedTestViolations } from './quoted-tests.ts';
import { workspace } from './report.ts';
import { plant } from './testing/plant.ts';

const rulesOf = (page: string): readonly string[] =>
  quotedTestViolations(
    plant({
      'docs/guide/a.md': page,
      'packages/a/test/a.test.ts':
        "it('RL-01: it holds for all', f);\nit.skip('RL-03: it is skipped', f);\n// it('RL-02: a comment', f)",
    }),
  ).map(({ rule }) => rule);

const quote = (piece: string, file = '../../packages/a/test/a.test.ts') => `Text, [\`${piece}\`](${file}).`;

test('a test that is there may be quoted by a piece of its title', () => {
  expect(rulesOf(quote('it holds for'))).toEqual([]);
  for (const label of ['other text', '`test/gone.test.ts`']) {
    expect(rulesOf(`${quote('it holds for')}\n[${label}](../../packages/a/test/gone.test.ts)`)).toEqual([]);
  }
});

test.each([
  ['another file', quote('it holds for', '../../packages/a/test/b.test.ts'), /no test file packages\/a\/test\/b/],
  ['another title', quote('it held for'), /no test "it held for"/],
  ['a skipped test', quote('it is skipped'), /no test "it is skipped"/],
  ['a comment', quote('a comment'), /no test "a comment"/],
  ['any title', quote('it is'), /could be any test/],
  ['no quote anywhere', 'Text.', /nothing to check/],
])('%s is not', (_, page, rule) => {
  expect(rulesOf(page)).toEqual([expect.stringMatching(rule)]);
});

test('the pages quote tests that run', () => {
  expect(quotedTestViolations(workspace)).toEqual([]);
});
