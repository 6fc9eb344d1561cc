import { expect, test } from 'vitest';
import { plant } from './testing/plant.ts';
import { workflowViolations } from './workflows.ts';

const rulesOf = (text: string): readonly string[] =>
  workflowViolations(plant({ '.github/workflows/a.yml': text })).map(({ rule }) => rule);

const top = 'on: push\npermissions:\n  contents: read\n';
const sha = '11bd71901bbe5b1630ceea73d27597364c9af683';

test('pinned and read-only passes', () => {
  expect(rulesOf(`${top}steps:\n  - uses: a/b@${sha} # v4.2.2\n  - uses: ./local\nid-token: write\n`)).toEqual([]);
});

test('a tag, a branch and a bare commit are no pins', () => {
  for (const ref of ['v4', 'main', sha.slice(0, 12), sha])
    expect(rulesOf(`${top}- uses: a/b@${ref}\n`)).toEqual(['an action that is not pinned']);
});

test('rights that nothing needs are found', () => {
  expect(rulesOf('on: push\n')).toEqual(['no permissions at the top']);
  expect(rulesOf(`${top}jobs:\n  permissions:\n    contents: write\n`)).toEqual(['a right to write']);
});

test('text of a stranger does not become a script', () => {
  const line = ['- run: echo $', '{{ github.event.issue.title }}\n'].join('');
  expect(rulesOf(top + line)).toEqual(['text of a stranger in a script']);
});

test('no workflow at all is no proof', () => {
  expect(workflowViolations(plant({ 'a.txt': '' }))).toHaveLength(1);
});
