import { expect, it } from 'vitest';
import { applicationOf, type Kind } from '../mutants/app.ts';
import { profileFor } from '../mutants/profiles.ts';
import { type Attack, attacks, type Profile, type StepName, type Target, tryAttack } from '../src/index.ts';

const isOf = (kind: Kind, { class: own }: Attack): boolean => {
  if (kind === 'tokens') return own === 'jwt' || own === 'refresh';
  return kind === 'provider' ? own === 'oauth' : !['jwt', 'refresh', 'oauth'].includes(own);
};

/** Without these nobody gets anywhere, and no attack begins. */
const vital: readonly StepName[] = ['register', 'confirm', 'login', 'session'];
const namesOf = ({ steps }: Profile): readonly StepName[] =>
  (Object.keys(steps) as StepName[]).filter((name) => !vital.includes(name));

/** The step's path and method, as a test of a request. */
const isStep = (profile: Profile, name: StepName): ((request: { method: string; path: string }) => boolean) => {
  const { method = '', path = '' } = profile.steps[name] ?? {};
  const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/?]+')}(?:\\?|$)`);
  return (request) => request.method === method && pattern.test(request.path);
};

const counted = (good: Target, profile: Profile, used: Set<StepName>): Target => ({
  ...good,
  send: (request) => {
    for (const name of namesOf(profile)) if (isStep(profile, name)(request)) used.add(name);
    return good.send(request);
  },
});

const without = (good: Target, profile: Profile, name: StepName): Target => ({
  ...good,
  send: async (request) =>
    isStep(profile, name)(request) ? { status: 404, headers: [], body: '' } : good.send(request),
});

it.each(['sessions', 'tokens', 'provider'] as const)(
  'an attack is not said to have held when a step that it uses is not there: %s',
  async (kind) => {
    const profile = profileFor(kind);
    const held: string[] = [];
    for (const attack of attacks.filter((one) => isOf(kind, one))) {
      const used = new Set<StepName>();
      await tryAttack(attack, { profile, target: async () => counted(await applicationOf(kind), profile, used) });
      for (const name of used) {
        const target = async (): Promise<Target> => without(await applicationOf(kind), profile, name);
        const { verdict } = await tryAttack(attack, { profile, target });
        if (verdict === 'held') held.push(`${attack.id} without ${name}`);
      }
    }
    expect(held).toEqual([]);
  },
  240_000,
);
