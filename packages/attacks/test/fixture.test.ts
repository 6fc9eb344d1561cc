import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { attacks, byUrl, type Profile, type Result, type Target, tryAttack } from '../src/index.ts';
import { broken, flaws, mendable, unseen } from './fixture/flaws.ts';
import { withSessions, withTokens } from './fixture/profiles.ts';
import { type Fixture, publicOrigin, serveFixture } from './fixture/serve.ts';

const running: Fixture[] = [];
afterAll(() => {
  for (const one of running) one.stop();
});

const target = async (mended: readonly string[], broken: readonly string[]): Promise<Target> => {
  const fixture = await serveFixture(mended, broken);
  running.push(fixture);
  return byUrl(fixture.url, {
    ...fixture,
    origin: publicOrigin,
    settle: () => new Promise((resolve) => setTimeout(resolve, 5)),
  });
};

const run = async (
  id: string,
  profile: Profile,
  mended: readonly string[] = [],
  broken: readonly string[] = [],
): Promise<Result> => {
  const attack = attacks.find((one) => one.id === id);
  if (attack === undefined) throw new Error(`no attack ${id}`);
  return tryAttack(attack, { profile, target: () => target(mended, broken) });
};

const seen = flaws.flatMap(({ id, attacks: ids, profile }) => ids.map((attack) => [id, attack, profile] as const));

describe('the tutorial is found wanting', () => {
  it.each(seen)('%s by %s', async (_flaw, id, profile) => {
    const { verdict, detail } = await run(id, profile);
    expect(`${verdict}: ${detail}`).toMatch(/^finding: /);
  });
});

describe('what was mended is let pass', () => {
  it.each(seen.filter(([flaw]) => mendable.includes(flaw)))('%s by %s', async (flaw, id, profile) => {
    const { verdict, detail } = await run(id, profile, [flaw]);
    expect(`${verdict}: ${detail}`).toMatch(/^held: /);
  });
});

it('the guide has a row for each of the 33, with the attacks that find it or the reason why none does', () => {
  const guide = readFileSync(new URL('../../../docs/guide/attack-your-application.md', import.meta.url), 'utf8');
  const rows = [...guide.matchAll(/^\| (S\d+) \|[^|]*\| ([^|]*) \|$/gm)].map(
    ([, id, what]) => `${id}: ${what?.replaceAll('`', '')}`,
  );
  const expected = [
    ...flaws.map(({ id, attacks: ids }) => `${id}: ${ids.join(', ')}`),
    ...Object.entries(unseen).map(([id, why]) => `${id}: ${why}`),
  ];
  expect(rows.sort()).toEqual(expected.sort());
  expect(rows).toHaveLength(33);
});

describe('attacks on tokens, factors and providers', () => {
  // It publishes no keys and knows no provider: what needs those is tried on our own stack.
  const tried = [...broken, ...flaws.flatMap((one) => one.attacks)];
  const later = attacks.filter(
    // MFA-06: it asks for the password and the code at once, so that no half could end.
    (one) =>
      (one.class === 'mfa' && one.id !== 'MFA-06') ||
      (['jwt', 'refresh', 'oauth'].includes(one.class) && tried.includes(one.id)),
  );

  it.each(later.map((one) => [one.id, one] as const))(
    '%s holds where everything of its class is mended',
    async (id, one) => {
      const profile = one.class === 'jwt' || one.class === 'refresh' ? withTokens : withSessions;
      const { verdict, detail } = await run(id, profile, mendable);
      expect(`${verdict}: ${detail}`).toMatch(/^held: /);
    },
  );

  it.each(broken)('%s sees its defence taken out', async (id) => {
    const profile = /^(?:JWT|RT)/.test(id) ? withTokens : withSessions;
    const { verdict, detail } = await run(id, profile, mendable, [id]);
    expect(`${verdict}: ${detail}`).toMatch(/^finding: /);
  });
});
