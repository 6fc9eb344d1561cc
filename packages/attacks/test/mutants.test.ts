import { describe, expect, it } from 'vitest';
import { mutants } from '../mutants/all.ts';
import { applicationOf } from '../mutants/app.ts';
import { profileFor } from '../mutants/profiles.ts';
import { attacks, tryAttack } from '../src/index.ts';

describe('every attack kills a mutant of our own stack', () => {
  it('names attacks that there are, and leaves none out', () => {
    const killed = new Set(mutants.map(({ kills }) => kills));
    expect([...killed].filter((id) => !attacks.some((one) => one.id === id))).toEqual([]);
    expect(attacks.map(({ id }) => id).filter((id) => !killed.has(id))).toEqual([]);
  });

  it('has no id and no name twice', () => {
    expect(new Set(attacks.map(({ id }) => id)).size).toBe(attacks.length);
    expect(new Set(attacks.map(({ claim }) => claim)).size).toBe(attacks.length);
    expect(new Set(mutants.map(({ kills, name }) => `${kills} ${name}`)).size).toBe(mutants.length);
  });

  it.each(mutants.map((one) => [one.kills, one.name, one] as const))('%s: %s', async (id, _name, { change, kind }) => {
    const attack = attacks.find((one) => one.id === id);
    if (attack === undefined) throw new Error(`no attack ${id}`);
    const { verdict, detail } = await tryAttack(attack, {
      profile: profileFor(kind),
      target: () => applicationOf(kind, change),
    });
    expect(`${verdict}: ${detail}`).toMatch(/^finding: /);
  });
});
