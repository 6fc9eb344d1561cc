import { type Attack, attacksOf } from '../attack.ts';
import type { Ground, Outcome } from '../ground.ts';
import { given, must } from '../verdict.ts';
import { accepted } from './passwords.ts';

/** Short and long: an application refuses some for their length alone. */
const known = [
  '12345678',
  'password',
  'qwertyuiop',
  'passwordpassword',
  '123456789012345',
  'qwertyuiopasdfgh',
  'aaaaaaaaaaaaaaaa',
];

/** Tries every well-known password where one is set. */
const triesKnown = async (
  ground: Ground,
  how: string,
  sets: (password: string) => Promise<{ readonly email: string; readonly answer: Outcome }>,
): Promise<string> => {
  const statuses = new Set<number>();
  for (const password of known) {
    const { email, answer } = await sets(password);
    given(answer.status < 500 && answer.status !== 429, `\`${password}\` is answered ${answer.status}`);
    must(!answer.ok && !(await ground.opens(email, password)), `\`${password}\` can be set by ${how}`);
    statuses.add(answer.status);
  }
  return `${known.length} of the best known are answered ${[...statuses].join(' ')}`;
};

/** Passwords of lists, wherever one is set. */
export const knownPasswords: readonly Attack[] = attacksOf('passwords', [
  {
    id: 'PWD-11',
    title: 'register with a well-known password',
    claim: 'What stands on every list of leaked passwords cannot be set.',
    run: async (ground) => {
      const found = await accepted(ground, known);
      must(found === null, `\`${found}\` is accepted`);
      return `${known.length} of the best known are refused`;
    },
  },
  {
    id: 'PWD-16',
    title: 'set a well-known password by a reset link',
    claim: 'The rules for passwords hold where one is reset.',
    run: async (ground) => {
      ground.needs('forgot', 'reset');
      // Somebody else for each: a link may end with a refusal, and a mailbox get few mails.
      const told = await triesKnown(ground, 'a reset link', async (password) => {
        const { email } = await ground.person();
        const token = await ground.tokenFor('forgot', email);
        return { email, answer: await ground.does(ground.browser(), 'reset', { token, password }) };
      });
      const { email, password } = await ground.person();
      given(await ground.opens(email, password), 'the old password does not sign in');
      const token = await ground.tokenFor('forgot', email);
      const good = await ground.does(ground.browser(), 'reset', { token, password: ground.newPassword() });
      given(good.ok, `a good password is answered ${good.status}`);
      return told;
    },
  },
  {
    id: 'PWD-22',
    title: 'set a well-known password where one is changed',
    claim: 'The rules for passwords hold where one is changed.',
    run: async (ground) => {
      ground.needs('changePassword');
      const told = await triesKnown(ground, 'a change', async (password) => {
        const { person, browser } = await ground.member();
        const answer = await ground.does(browser, 'changePassword', { current: person.password, password });
        return { email: person.email, answer };
      });
      const { person, browser } = await ground.member();
      const good = await ground.does(browser, 'changePassword', {
        current: person.password,
        password: ground.newPassword(),
      });
      given(good.ok, `a good password is answered ${good.status}`);
      return told;
    },
  },
]);
