import { expect, it } from 'vitest';
import { application } from '../mutants/app.ts';
import { attacks, runAttacks, sallyport } from '../src/index.ts';

it('finds nothing in our own stack, and everything applies but tokens and providers', async () => {
  const { results } = await runAttacks({ profile: sallyport({ totp: true }), target: () => application() });
  expect(results).toHaveLength(attacks.length);
  const elsewhere = ['jwt', 'refresh', 'oauth'];
  const others = results.filter((one) => elsewhere.includes(one.class));
  expect(new Set(others.map(({ verdict }) => verdict))).toEqual(new Set(['not applicable']));
  const open = results.filter((one) => one.verdict !== 'held' && !others.includes(one));
  expect(open.map(({ id, verdict, detail }) => `${id} ${verdict}: ${detail}`)).toEqual([]);
});
