import { type Attack, attacksOf } from '../attack.ts';
import type { Ground, Outcome } from '../ground.ts';
import { given, must, NotApplicable } from '../verdict.ts';
import { login, same } from './enumeration.ts';

const costOf = async (ground: Ground, ask: () => Promise<Outcome>): Promise<number> => {
  const { work } = ground.target;
  if (work === null) throw new NotApplicable('the target does not count what it hashes; times are not judged');
  const before = work();
  const { status } = await ask();
  given(status < 500 && status !== 429, `answered ${status}`);
  await ground.target.settle();
  return work() - before;
};

export const enumerationByWork: readonly Attack[] = attacksOf('enumeration', [
  {
    id: 'ENUM-14',
    title: 'register an address that is taken and count the work',
    claim: 'A registration hashes as much for a known address as for an unknown one.',
    run: async (ground) => {
      const { email } = await ground.person();
      const { email: other, password } = ground.stranger();
      const register = (whom: string) => () =>
        ground.does(ground.browser(), 'register', { email: whom, password, name: 'Somebody' });
      const taken = await costOf(ground, register(email));
      const free = await costOf(ground, register(other));
      given(free > 0, 'a registration hashes nothing');
      must(taken === free, `${free} hashes for an unknown address, ${taken} for a known one`);
      return `${free} in both cases`;
    },
  },
  {
    id: 'PWD-06',
    title: 'sign in with an address that nobody has and count the work',
    claim: 'An unknown address costs as much as a wrong password.',
    run: async (ground) => {
      const { email } = await ground.person();
      const { email: nobody, password } = ground.stranger();
      const known = await costOf(ground, () => login(ground, email, password));
      const unknown = await costOf(ground, () => login(ground, nobody, password));
      given(known > 0, 'a sign-in verifies nothing');
      must(known === unknown, `${known} verifications for a known address, ${unknown} for an unknown one`);
      return `${known} in both cases`;
    },
  },
  {
    id: 'PWD-07',
    title: 'sign in to an unconfirmed account and count the work',
    claim: 'An account that is not confirmed costs as much as any other.',
    run: async (ground) => {
      const { email } = await ground.person();
      const unconfirmed = await ground.unconfirmed();
      const known = await costOf(ground, () => login(ground, email, ground.newPassword()));
      const other = await costOf(ground, () => login(ground, unconfirmed.email, ground.newPassword()));
      given(known > 0, 'a sign-in verifies nothing');
      must(known === other, `${known} verifications for a confirmed account, ${other} for another`);
      return `${known} in both cases`;
    },
  },
  {
    id: 'PWD-03',
    title: 'sign in with passwords of 73, 129 and 1,025 bytes',
    claim: 'Long passwords are answered alike for known and unknown addresses.',
    run: async (ground) => {
      const { email } = await ground.person();
      const { email: nobody } = ground.stranger();
      for (const size of [73, 129, 1_025]) {
        const password = 'Zq7!'.repeat(size).slice(0, size);
        same(
          await login(ground, email, password),
          await login(ground, nobody, password),
          `with ${size} bytes, a known and an unknown address`,
        );
      }
      return 'they are';
    },
  },
]);
