import { expect, it } from 'vitest';
import { application } from '../mutants/app.ts';
import { attacks, type Profile, type StepName, sallyport, type Target, tryAttack } from '../src/index.ts';

const profile: Profile = sallyport({ totp: true });
/** Without these nobody gets anywhere, and no attack begins. */
const vital: readonly StepName[] = ['register', 'confirm', 'login', 'session'];
const names = (Object.keys(profile.steps) as StepName[]).filter((name) => !vital.includes(name));

/** The step's path and method, as a test of a request. */
const isStep = (name: StepName): ((request: { method: string; path: string }) => boolean) => {
  const { method = '', path = '' } = profile.steps[name] ?? {};
  const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/?]+')}(?:\\?|$)`);
  return (request) => request.method === method && pattern.test(request.path);
};

const counted = (good: Target, used: Set<StepName>): Target => ({
  ...good,
  send: (request) => {
    for (const name of names) if (isStep(name)(request)) used.add(name);
    return good.send(request);
  },
});

const without = (good: Target, name: StepName): Target => ({
  ...good,
  send: async (request) => (isStep(name)(request) ? { status: 404, headers: [], body: '' } : good.send(request)),
});

it('an attack is not said to have held when a step that it uses is not there', async () => {
  const held: string[] = [];
  for (const attack of attacks) {
    const used = new Set<StepName>();
    await tryAttack(attack, { profile, target: () => counted(application(), used) });
    for (const name of used) {
      const { verdict } = await tryAttack(attack, { profile, target: () => without(application(), name) });
      if (verdict === 'held') held.push(`${attack.id} without ${name}`);
    }
  }
  expect(held).toEqual([]);
});
