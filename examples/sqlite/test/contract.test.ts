import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCases } from './run.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

it('two connections keep every law, and nothing is skipped', { timeout: 300_000 }, async () => {
  const verdicts = await runCases(root, 'test/contract.ts');
  expect(verdicts.filter(({ outcome }) => outcome !== 'green')).toEqual([]);
  expect(new Set(verdicts.map(({ name }) => name.split(' ', 1)[0]))).toEqual(
    new Set(['users', 'durable', 'ephemeral', 'joined', 'rateLimits']),
  );
});
