import { type Attack, attacksOf } from '../attack.ts';
import type { Ground } from '../ground.ts';
import { Finding, given, must } from '../verdict.ts';

/** Registers with one password, and says whether another one opens the account. The right one has to. */
const alsoOpens = async (ground: Ground, right: string, wrong: string): Promise<boolean> => {
  ground.needs('register');
  const { email } = ground.stranger();
  const home = ground.browser();
  const mark = ground.has('confirm') ? await ground.mails.mark() : null;
  const answer = await ground.does(home, 'register', { email, password: right, name: 'Somebody' });
  given(answer.ok, `\`register\` answered ${answer.status} to this password`);
  if (ground.has('confirm')) {
    const token = await ground.mails.token(email, mark);
    given((await ground.does(home, 'confirm', { token, password: right })).ok, '`confirm` refused the link');
  }
  given(await ground.opens(email, right), 'the password that was set does not sign in');
  return ground.opens(email, wrong);
};

const differ = async (ground: Ground, right: string, wrong: string, how: string): Promise<string> => {
  must(!(await alsoOpens(ground, right, wrong)), `a password that differs ${how} signs in`);
  return `a password that differs ${how} is refused`;
};

/** The first of these that `register` lets somebody sign in with. */
export const accepted = async (ground: Ground, passwords: readonly string[]): Promise<string | null> => {
  ground.needs('register');
  let decided = 0;
  for (const password of passwords) {
    const { email } = ground.stranger();
    const answer = await ground.does(ground.browser(), 'register', { email, password, name: 'Somebody' });
    if (answer.status >= 500 || answer.status === 429) continue;
    decided += 1;
    if (answer.ok) return password;
  }
  given(decided === passwords.length, 'some registrations were answered by limits or faults');
  return null;
};

export const passwords: readonly Attack[] = attacksOf('passwords', [
  {
    id: 'PWD-01',
    title: 'sign in with a password that differs after its 72nd byte',
    claim: 'Every byte of a password counts.',
    run: (ground) => {
      const head = `Zebra7 quiet lantern ${'river mountain '.repeat(4)}`.slice(0, 72);
      return differ(ground, `${head}b!9Kw`, `${head}c?2Tz`, 'after its 72nd byte alone');
    },
  },
  {
    id: 'PWD-09',
    title: 'sign in with a password that differs after a NUL',
    claim: 'A password does not end at a NUL byte.',
    run: async (ground) => {
      const { email } = ground.stranger();
      const head = 'Zebra7 lantern quiet';
      const tried = await ground.does(ground.browser(), 'register', {
        email,
        password: `${head}\0river9!`,
        name: 'Somebody',
      });
      must(tried.status < 500, `\`register\` answered ${tried.status} to a NUL`);
      if (!tried.ok) return 'a password with a NUL is refused';
      return differ(ground, `${head}\0river9!`, `${head}\0mountain3?`, 'after a NUL');
    },
  },
  {
    id: 'PWD-15',
    title: 'sign in with a password in other letters',
    claim: 'Small and capital letters of a password are different.',
    run: (ground) => {
      const password = ground.newPassword();
      return differ(ground, password, password.toUpperCase(), 'in small and capital letters');
    },
  },
  {
    id: 'PWD-18',
    title: 'sign in with a password without its spaces at the ends',
    claim: 'Spaces at the ends of a password count.',
    run: (ground) => {
      const password = ground.newPassword();
      return differ(ground, ` ${password} `, password, 'in spaces at its ends');
    },
  },
  {
    id: 'PWD-26',
    title: 'sign in with a password of other letters beyond ASCII',
    claim: 'Letters beyond ASCII are not folded into one.',
    run: (ground) =>
      differ(ground, 'Zebra7 фонарь река гора 🦊!', 'Zebra7 лопата море поле 🦁!', 'in letters beyond ASCII'),
  },
  {
    id: 'PWD-27',
    title: 'sign in with the first half of a password',
    claim: 'A password is compared as a whole.',
    run: (ground) => {
      const password = ground.newPassword() + ground.newPassword();
      return differ(ground, password, password.slice(0, password.length / 2), 'by its second half');
    },
  },
  {
    id: 'PWD-04',
    title: 'send passwords of 64 KiB and 1 MiB',
    claim: 'A huge password is refused as bad input, before it costs a hash.',
    run: async (ground) => {
      const { email, password } = await ground.person();
      const statuses: number[] = [];
      for (const size of [1 << 16, 1 << 20]) {
        const before = ground.target.work?.() ?? 0;
        const { status, ok } = await ground.does(ground.browser(), 'login', {
          email,
          password: password + 'x'.repeat(size),
        });
        const cost = (ground.target.work?.() ?? 0) - before;
        must(!ok && status >= 300 && status < 500, `a password of ${size} bytes is answered ${status}`);
        must(cost === 0, `a password of ${size} bytes is hashed`);
        // Where hashes are not counted, the answer to a wrong password, or a redirect, may have cost one.
        given(
          ground.target.work !== null || (status >= 400 && status !== 401),
          `it is answered ${status}, and hashes are not counted`,
        );
        statuses.push(status);
      }
      given(await ground.opens(email, password), 'the right password does not sign in afterwards');
      return `answered ${statuses.join(' ')}`;
    },
  },
  {
    id: 'PWD-19',
    title: 'register with a password of seven characters',
    claim: 'A password has at least eight characters (ASVS 5.0, 6.2.1).',
    run: async (ground) => {
      const found = await accepted(ground, ['k', 'Zq7!', 'Xw4#kP2']);
      must(found === null, `a password of ${found?.length} characters is accepted`);
      return 'shorter ones are refused';
    },
  },
  {
    id: 'PWD-20',
    title: 'register with the address as the password',
    claim: 'The login is no password.',
    run: async (ground) => {
      ground.needs('register');
      const { email } = ground.stranger();
      const answer = await ground.does(ground.browser(), 'register', { email, password: email, name: 'Somebody' });
      given(answer.status < 500 && answer.status !== 429, `\`register\` answered ${answer.status}`);
      must(!answer.ok, 'the address itself is accepted as the password');
      return `it is answered ${answer.status}`;
    },
  },
  {
    id: 'PWD-21',
    title: 'register with a passphrase of 64 characters, spaces and an emoji',
    claim: 'Long passphrases of any script are accepted (ASVS 5.0, 6.2.5 and 6.2.9).',
    run: async (ground) => {
      const phrase = 'Zebra7! тихий фонарь über lantern 静かな川 quiet river 🦊 mountain so';
      ground.needs('register');
      const { email } = ground.stranger();
      const answer = await ground.does(ground.browser(), 'register', { email, password: phrase, name: 'Somebody' });
      given(answer.status < 500 && answer.status !== 429, `\`register\` answered ${answer.status}`);
      must(answer.ok, `a passphrase of ${[...phrase].length} characters is refused with ${answer.status}`);
      return 'it is accepted';
    },
  },
  {
    id: 'PWD-23',
    title: 'change the password of a session without the current one',
    claim: 'Whoever changes a password proves the current one first.',
    run: async (ground) => {
      ground.needs('changePassword');
      const { person, browser } = await ground.member();
      const next = ground.newPassword();
      const answer = await ground.does(browser, 'changePassword', { current: ground.newPassword(), password: next });
      must(
        !answer.ok && !(await ground.opens(person.email, next)),
        'a wrong current password lets the password be changed',
      );
      given(await ground.opens(person.email, person.password), 'the password does not sign in after the refusal');
      const right = await ground.does(browser, 'changePassword', { current: person.password, password: next });
      given(right.ok, `the right current password is answered ${right.status}`);
      return `it is answered ${answer.status}`;
    },
  },
  {
    id: 'PWD-24',
    title: 'sign in with the old password after a change',
    claim: 'A changed password opens nothing.',
    run: async (ground) => {
      ground.needs('changePassword');
      const { person, browser } = await ground.member();
      const next = ground.newPassword();
      const answer = await ground.does(browser, 'changePassword', { current: person.password, password: next });
      given(answer.ok, `\`changePassword\` answered ${answer.status}`);
      given(await ground.opens(person.email, next), 'the new password does not sign in');
      must(!(await ground.opens(person.email, person.password)), 'the old password still signs in');
      return 'the new one signs in, the old one does not';
    },
  },
  {
    id: 'PWD-25',
    title: 'sign in with the old password after a reset',
    claim: 'A reset password opens nothing.',
    run: async (ground) => {
      ground.needs('forgot', 'reset');
      const { email, password } = await ground.person();
      const next = ground.newPassword();
      const token = await ground.tokenFor('forgot', email);
      given((await ground.does(ground.browser(), 'reset', { token, password: next })).ok, '`reset` refused the link');
      given(await ground.opens(email, next), 'the new password does not sign in');
      must(!(await ground.opens(email, password)), 'the old password still signs in');
      return 'the new one signs in, the old one does not';
    },
  },
  {
    id: 'PWD-28',
    title: 'look for a password in answers',
    claim: 'No answer repeats a password.',
    run: async (ground) => {
      ground.needs('register');
      const { email, password } = ground.stranger();
      const browser = ground.browser();
      const answers = [await ground.does(browser, 'register', { email, password, name: 'Somebody' })];
      const person = await ground.person();
      answers.push(await ground.does(browser, 'login', { email: person.email, password }));
      answers.push(await ground.does(browser, 'login', { email: person.email, password: person.password }));
      answers.push(await ground.does(browser, 'session'));
      const seen = answers.find(({ body }) => [password, person.password].some((one) => body.includes(one)));
      if (seen !== undefined) throw new Finding('an answer holds the password that was sent');
      return `none of ${answers.length} answers does`;
    },
  },
]);
