import { expect, it } from 'vitest';
import { applicationOf, type Kind } from '../mutants/app.ts';
import { profileFor } from '../mutants/profiles.ts';
import { attacks, runAttacks } from '../src/index.ts';

const classes: Readonly<Record<Exclude<Kind, 'sessions'>, readonly string[]>> = {
  tokens: ['jwt', 'refresh', 'SES-03', 'SES-18', 'SES-20', 'SES-26', 'SES-27', 'SES-41', 'TOK-10', 'FW-16'],
  provider: ['oauth', 'SES-01', 'EMAIL-21'],
};

it.each(['tokens', 'provider'] as const)('finds nothing in our own %s, and everything applies', async (kind) => {
  const { results } = await runAttacks({
    profile: profileFor(kind),
    target: () => applicationOf(kind),
    only: classes[kind],
  });
  const open = results.filter(({ verdict }) => verdict !== 'held');
  expect(open.map(({ id, verdict, detail }) => `${id} ${verdict}: ${detail}`)).toEqual([]);
  expect(results.length).toBeGreaterThan(attacks.filter((one) => classes[kind].includes(one.class)).length);
});
