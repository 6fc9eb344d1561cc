import { expect, it } from 'vitest';
import { application } from '../mutants/app.ts';
import { attacks, runAttacks, sallyport } from '../src/index.ts';

it('finds nothing in our own stack, and everything applies', async () => {
  const { results } = await runAttacks({ profile: sallyport(), target: () => application() });
  expect(results).toHaveLength(attacks.length);
  const open = results.filter(({ verdict }) => verdict !== 'held');
  expect(open.map(({ id, verdict, detail }) => `${id} ${verdict}: ${detail}`)).toEqual([]);
});
