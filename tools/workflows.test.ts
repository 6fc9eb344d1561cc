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

test('who may publish only publishes', () => {
  const job = (steps: string) =>
    `${top}jobs:\n  pack:\n    steps:\n      - run: npx x\n  publish:\n    permissions:\n      id-token: write\n${steps}`;
  expect(rulesOf(job('    steps:\n      - run: npm publish a.tgz\n'))).toEqual([]);
  for (const step of ['- run: npx x', '- run: .ci/run', `- uses: actions/checkout@${sha} # v4.2.2`, '- run: npm ci'])
    expect(rulesOf(job(`    steps:\n      ${step}\n`))).toEqual([
      'a job that may publish runs more than the publishing',
    ]);
});

test('text of a stranger does not become a script', () => {
  const line = ['- run: echo $', '{{ github.event.issue.title }}\n'].join('');
  expect(rulesOf(top + line)).toEqual(['text of a stranger in a script']);
});

test('no workflow at all is no proof', () => {
  expect(workflowViolations(plant({ 'a.txt': '' }))).toHaveLength(1);
});
