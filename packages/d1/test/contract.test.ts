import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** One database under two bindings; the kit runs inside workerd, beside it. */
let worker: Miniflare;
const ask = async (query: string): Promise<string> => (await worker.dispatchFetch(`http://worker/${query}`)).text();

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@sallyport/source', 'workerd'],
  });
  worker = new Miniflare({
    modules: true,
    script: outputFiles[0]?.text ?? '',
    compatibilityDate: '2026-07-01',
    d1Databases: { ONE: 'auth', TWO: 'auth' },
  });
});
afterAll(() => worker.dispose());

it('two bindings keep every law, and nothing is skipped', { timeout: 120_000 }, async () => {
  const cases: readonly { readonly name: string; readonly skip: string | null }[] = JSON.parse(await ask(''));
  // Lifetimes are waited for side by side; the limiter's instants are not of this time, and nothing else may run by them.
  const apart = cases.findIndex(({ name }) => name.startsWith('rateLimits'));
  const verdicts: (readonly [string, string])[] = [];
  const run = async (n: number): Promise<void> => {
    const one = cases[n];
    if (one !== undefined) verdicts.push([one.name, one.skip ?? (await ask(`?case=${n}`))]);
  };
  const waiting = [...cases.keys()].slice(0, apart);
  const runner = async (): Promise<void> => {
    for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) await run(n);
  };
  await Promise.all([runner(), runner(), runner(), runner()]);
  for (let n = apart; n < cases.length; n += 1) await run(n);
  expect(verdicts).toHaveLength(cases.length);
  expect(verdicts.filter(([, fault]) => fault !== '')).toEqual([]);
  expect(new Set(cases.map(({ name }) => name.split(' ', 1)[0]))).toEqual(
    new Set(['users', 'durable', 'ephemeral', 'joined', 'rateLimits']),
  );
});
