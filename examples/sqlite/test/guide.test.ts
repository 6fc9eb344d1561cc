import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { folderAfter, guide, stepsOf } from './guide.ts';
import { quickFolder, runCases, runNode, type Verdict } from './run.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const steps = stepsOf(guide);
const scratch = mkdtempSync(join(tmpdir(), 'sqlite-guide-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The reader's folder after that step; what they would have installed is the workspace's. */
const folderOf = (number: number): string => {
  const folder = join(scratch, String(number));
  for (const [path, text] of folderAfter(steps, number)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
};

describe('the code of the guide', () => {
  const last = folderAfter(steps, Number.POSITIVE_INFINITY);

  it('is the code of this example, file by file, and all of it', () => {
    const sources = readdirSync(join(root, 'src')).map((name) => `src/${name}`);
    expect([...last.keys()].filter((path) => path.startsWith('src/')).sort()).toEqual(sources.sort());
    for (const path of [...sources, 'test/contract.ts']) {
      expect(last.get(path), path).toBe(readFileSync(join(root, path), 'utf8'));
    }
  });

  it('prints what the guide says it prints', async () => {
    const { code, output } = await runNode(folderOf(10), ['src/main.ts']);
    expect(code).toBe(0);
    expect(guide).toContain(`\`\`\`\n${output}\`\`\`\n`);
  });
});

/** `slot law` of every case with that outcome. */
const lawsOf = (verdicts: readonly Verdict[], outcome: Verdict['outcome']): readonly string[] =>
  [
    ...new Set(verdicts.filter((one) => one.outcome === outcome).map(({ name }) => name.split(' ', 2).join(' '))),
  ].sort();

const verdictsAfter = (number: number): Promise<readonly Verdict[]> => {
  const folder = folderOf(number);
  const file = join(folder, 'test/contract.ts');
  // One round of each race is enough to tell red from green here.
  writeFileSync(file, readFileSync(file, 'utf8').replace('storesContract({', 'storesContract({ rounds: 1,'));
  return runCases(folder, 'test/contract.ts', quickFolder === null ? {} : { TMPDIR: quickFolder });
};

/** After step 8 the code is that of this example, which `contract.test.ts` runs. */
describe('whoever follows the guide', () => {
  const outages = ['durable A8', 'ephemeral A8', 'rateLimits A8', 'users A8'];

  it.each([
    { step: 2, green: /^$/, red: /^(?:users|durable|ephemeral|rateLimits) /, skipped: /A10$|^joined/ },
    { step: 3, green: /^(?:durable|ephemeral) /, red: /^users|^rateLimits|A8$/, skipped: /A10$|^joined/ },
    { step: 4, green: /^(?:durable|ephemeral|users) /, red: /^rateLimits|A8$/, skipped: /A10$|^joined/ },
    { step: 5, green: /./, red: /A8$/, skipped: /A10$|^joined/ },
    { step: 6, green: /./, red: /^$/, skipped: /A10$|^joined/ },
    { step: 7, green: /./, red: /^$/, skipped: /^joined/ },
  ])('has after step $step what it says is green', { timeout: 180_000 }, async ({ step, green, red, skipped }) => {
    const verdicts = await verdictsAfter(step);
    const [isGreen, isRed, isSkipped] = (['green', 'red', 'skipped'] as const).map((one) => lawsOf(verdicts, one));
    expect(isRed?.filter((law) => !red.test(law))).toEqual([]);
    expect(isGreen?.filter((law) => !green.test(law))).toEqual([]);
    expect(isSkipped?.filter((law) => !skipped.test(law))).toEqual([]);
    expect(isRed?.filter((law) => outages.includes(law))).toEqual(step < 6 ? outages : []);
    expect(verdicts.length).toBeGreaterThan(80);
  });
});
