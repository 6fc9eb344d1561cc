import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chart } from './chart.ts';
import { contenders } from './contenders.ts';
import { logins } from './logins.ts';
import { pageWith } from './page.ts';
import type { PeerResults } from './results.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const results = JSON.parse(read('bench/results/peers.json')) as PeerResults;
const page = read('docs/performance.md');
const mend = 'run: tsx bench/peers-page.ts';

const altered: PeerResults = {
  ...results,
  rounds: results.rounds + 1,
  checks: results.checks.map((one) => ({ ...one, perSecond: { median: 12_345, min: 1, max: 23_456 } })),
};

describe('the page of figures', () => {
  it('says what the results say', () => {
    expect(page, mend).toBe(pageWith(page, results));
    expect(pageWith(page, altered)).not.toBe(page);
    expect(pageWith(page, altered)).toContain('12,345 (1.00 to 23,456)');
  });

  it('has the chart of the results', () => {
    expect(read('docs/performance.svg'), mend).toBe(chart(results));
    expect(chart(altered)).toContain('>12,345</text>');
  });

  it('names every contender', () => {
    expect(results.checks.map(({ name }) => name)).toEqual(contenders.map(({ name }) => name));
    expect(results.logins.map(({ name }) => name)).toEqual(logins.map(({ name }) => name));
  });

  it('says so where few rounds were taken, or the machine was busy', () => {
    const isTrial = (rounds: number, load: number): boolean =>
      pageWith(page, { ...results, rounds, machine: { ...results.machine, cores: 2, load } }).includes('of a trial');
    expect([isTrial(9, 4), isTrial(8, 4), isTrial(9, 4.1)]).toEqual([false, true, true]);
  });

  it('refuses a place that nobody fills, and a part without a place', () => {
    expect(() => pageWith(`${page}<!-- results: weather -->\n\n<!-- end -->`, results)).toThrow('weather');
    expect(() => pageWith('# Performance', results)).toThrow('no place for conditions');
  });
});
