import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isErrorCode, statusOf } from '../src/http/problem.ts';
import { defaultPolicies } from '../src/primitives/policies.ts';
import { minutes, seconds } from '../src/primitives/time.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');

/** The cells of every row of every table, without code marks. */
const rowsOf = (markdown: string): string[][] =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('|--'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );

const codesIn = (text: string): string[] => [...text.matchAll(/`([a-z_]+)`/g)].map(([, code = '']) => code);

const sourceOf = (folder: string): string =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => read(`${folder}/${file}`))
    .join('\n');

describe('the reference agrees with the code', () => {
  it('lists every policy with its numbers (ASVS 6.1.1)', () => {
    const durations: Record<string, number> = { s: seconds(1), min: minutes(1) };
    const documented = rowsOf(read('docs/guide/limits.md'))
      .filter(([name = '']) => /^`[a-z_]+`$/.test(name))
      .map(([name = '', subject, burst, every = '']) => {
        const [amount, unit = ''] = every.split(' ');
        return [name.slice(1, -1), subject, Number(burst), Number(amount) * (durations[unit] ?? Number.NaN)];
      });
    const real = Object.entries(defaultPolicies).map(([name, policy]) => [
      name,
      policy.subject,
      policy.burst,
      policy.refillMs,
    ]);
    expect(documented).toEqual(real);
  });

  it('lists every error code with its status, and no other', () => {
    const documented = rowsOf(read('docs/reference/errors.md')).slice(1);
    const pairs = documented.flatMap(([codes = '', status]) =>
      codesIn(codes).map((code) => [code, Number(status)] as const),
    );
    for (const [code, status] of pairs) expect([code, isErrorCode(code) && statusOf(code)]).toEqual([code, status]);
    const catalogue = [...read('packages/core/src/http/problem.ts').matchAll(/^ {2}([a-z_]+): \[\d{3}, /gm)];
    expect(pairs.map(([code]) => code).sort()).toEqual(catalogue.map(([, code]) => code).sort());
  });

  it('lists every configuration code', () => {
    const documented = new Set(
      rowsOf(read('docs/reference/configuration-errors.md')).flatMap(([codes = '']) => codesIn(codes)),
    );
    const sources = ['config', 'features', 'hasher']
      .map((folder) => sourceOf(`packages/core/src/${folder}`))
      .join('\n');
    const real = new Set(
      [...sources.matchAll(/(?:code: |issue\(|return issue\()'([a-z_]+)'/g)].map(([, code = '']) => code),
    );
    expect([...real].filter((code) => !documented.has(code))).toEqual([]);
    expect(real.size).toBeGreaterThan(20);
  });

  it('lists every event that the core emits', () => {
    const documented = new Set(
      [...read('docs/guide/events.md').matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map(([, name = '']) => name),
    );
    const sources = sourceOf('packages/core/src');
    const emitted = new Set(
      [...sources.matchAll(/'([a-z_]+\.[a-z_]+)'(?=, \{|\)|, \n| :)/g)].map(([, name = '']) => name),
    );
    const names = [...emitted].filter((name) => sources.includes(`| '${name}'`));
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !documented.has(name))).toEqual([]);
  });

  it('names files that exist in the security policy', () => {
    const tests = [...read('SECURITY.md').matchAll(/`([a-z/-]+\.test\.ts)`/g)].map(([, file = '']) => file);
    const known = sourceFiles();
    expect(tests.length).toBeGreaterThan(8);
    expect(tests.filter((file) => !known.some((path) => path.endsWith(file)))).toEqual([]);
  });
});

const sourceFiles = (): string[] =>
  readdirSync(`${root}/packages/core`, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.test.ts') && !file.includes('node_modules'),
  );
