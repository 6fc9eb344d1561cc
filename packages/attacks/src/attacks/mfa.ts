import { type Attack, attacksOf } from '../attack.ts';
import type { Outcome } from '../ground.ts';
import { enrolled, enters, halfway, nextStep, profileOf, stepMs, textAt, winners } from '../second-factor.ts';
import { given, must, NotApplicable } from '../verdict.ts';

const wrongFor = (code: string): string => String((Number(code) + 123_457) % 1_000_000).padStart(6, '0');

export const mfa: readonly Attack[] = attacksOf('mfa', [
  {
    id: 'MFA-01',
    title: 'use a code a second time',
    claim: 'A code works once (RFC 6238 §5.2).',
    run: async (ground) => {
      const { person, code } = await enrolled(ground);
      const seen = await code();
      given((await enters(ground, person, seen)).ok, 'the right code is refused');
      must(!(await enters(ground, person, seen)).ok, 'the same code signs in again');
      await nextStep(ground);
      given((await enters(ground, person, await code())).ok, 'the next code is refused');
      return 'the second use is refused';
    },
  },
  {
    id: 'MFA-22',
    title: 'sign in with the code that confirmed the factor',
    claim: 'The code that confirmed a factor is spent.',
    run: async (ground) => {
      const { advance } = ground.target;
      const { person, used, code } = await enrolled(ground);
      // Back to the step of the confirmation: its code would still be in the window.
      advance?.(-2 * stepMs);
      must(!(await enters(ground, person, used)).ok, 'the code that confirmed the factor signs in');
      advance?.(2 * stepMs);
      given((await enters(ground, person, await code())).ok, 'the right code is refused');
      return 'it is refused';
    },
  },
  {
    id: 'MFA-23',
    title: 'sign in with a code of five minutes ago',
    claim: 'A code is right for a minute or two.',
    run: async (ground) => {
      const { person, code } = await enrolled(ground);
      const old = await code();
      for (let i = 0; i < 5; i += 1) await nextStep(ground);
      must(!(await enters(ground, person, old)).ok, 'a code of five minutes ago signs in');
      given((await enters(ground, person, await code())).ok, 'the right code is refused');
      return 'it is refused';
    },
  },
  {
    id: 'MFA-02',
    title: 'guess codes from many addresses',
    claim: 'Wrong codes are counted by account: after 30 the right one is not judged.',
    run: async (ground) => {
      if (!ground.target.hasAddresses) throw new NotApplicable('the suite has one address only');
      const { person, code } = await enrolled(ground);
      const right = await code();
      for (let i = 0; i < 30; i += 1) {
        const browser = ground.browser();
        const half = await ground.does(browser, 'login', { email: person.email, password: person.password });
        if (half.status === 429) break;
        const { challenge = 'challenge' } = profileOf(ground);
        const { email, password } = person;
        const answer = await ground.does(browser, 'secondFactor', {
          email,
          password,
          challenge: textAt(half, challenge),
          code: wrongFor(right),
        });
        given(answer.status < 500 && !answer.ok, `a wrong code is answered ${answer.status}`);
        if (answer.status === 429) break;
      }
      const browser = ground.browser();
      const half = await ground.does(browser, 'login', { email: person.email, password: person.password });
      const { challenge = 'challenge' } = profileOf(ground);
      const answer = await ground.does(browser, 'secondFactor', {
        email: person.email,
        password: person.password,
        challenge: textAt(half, challenge),
        code: right,
      });
      must(!answer.ok, 'after 30 wrong codes from as many addresses, the right one signs in');
      const other = await enrolled(ground);
      given((await enters(ground, other.person, await other.code())).ok, 'nobody else can sign in with a code');
      return `the right one is answered ${answer.status}`;
    },
  },
  {
    id: 'MFA-03',
    title: 'use one code ten times at once',
    claim: 'Of many uses of a code at once, one signs in.',
    run: async (ground) => {
      const { person, code } = await enrolled(ground);
      const won = await winners(ground, person, 'secondFactor', await code());
      must(won === 1, `${won} of ten uses of one code at once sign in`);
      return 'one of ten signs in';
    },
  },
  {
    id: 'MFA-25',
    title: 'use one recovery code ten times at once',
    claim: 'Of many uses of a recovery code at once, one signs in.',
    run: async (ground) => {
      ground.needs('recover');
      const { person, recoveryCodes } = await enrolled(ground);
      const [one = ''] = recoveryCodes;
      given(one !== '', 'enrolling gives no recovery codes');
      const won = await winners(ground, person, 'recover', one);
      must(won === 1, `${won} of ten uses of one recovery code at once sign in`);
      return 'one of ten signs in';
    },
  },
  {
    id: 'MFA-06',
    title: 'prove the second factor a day after the password',
    claim: 'The first half of a sign-in ends.',
    run: async (ground) => {
      const { person, code } = await enrolled(ground);
      const browser = ground.browser();
      const half = await halfway(ground, person, browser);
      const { challenge = 'challenge' } = profileOf(ground);
      // An application without halves asks for the password with the code: then there is nothing that could end.
      if (textAt(half, challenge) === '' && browser.jar.size === 0)
        throw new NotApplicable('nothing is carried from the password to the code');
      ground.target.advance?.(86_400_000);
      const answer = await ground.does(browser, 'secondFactor', {
        challenge: textAt(half, challenge),
        code: await code(),
      });
      must(!answer.ok, 'a day after the password, the code signs in');
      await nextStep(ground);
      given((await enters(ground, person, await code())).ok, 'the right code is refused');
      return `it is answered ${answer.status}`;
    },
  },
  {
    id: 'MFA-05',
    title: 'go on after the password step',
    claim: 'The password step gives nothing that is signed in.',
    run: async (ground) => {
      const { person, code } = await enrolled(ground);
      const browser = ground.browser();
      const half = await halfway(ground, person, browser);
      must(!(await ground.isSignedIn(browser)), 'the password alone is signed in');
      for (const text of Object.values(half.json ?? {})) {
        if (typeof text !== 'string' || text.length < 16) continue;
        must(!(await ground.isSignedIn(ground.withSession(text))), 'a text of the answer is signed in');
      }
      given((await enters(ground, person, await code())).ok, 'the right code is refused');
      return 'neither its cookies nor its texts are';
    },
  },
  {
    id: 'MFA-04',
    title: 'use a recovery code a second time',
    claim: 'A recovery code works once, and leaves the others.',
    run: async (ground) => {
      ground.needs('recover');
      const { person, recoveryCodes } = await enrolled(ground);
      const [one = '', two = ''] = recoveryCodes;
      given(one !== '' && two !== '', 'enrolling gives no recovery codes');
      given((await enters(ground, person, one, ground.browser(), 'recover')).ok, 'a recovery code is refused');
      must(!(await enters(ground, person, one, ground.browser(), 'recover')).ok, 'a used recovery code signs in');
      must((await enters(ground, person, two, ground.browser(), 'recover')).ok, 'using one code has spent another');
      return 'the second use is refused, another code works';
    },
  },
  {
    id: 'MFA-17',
    title: 'get rid of the second factor by a reset',
    claim: 'A reset leaves the second factor (ASVS 5.0, 6.4.3).',
    run: async (ground) => {
      ground.needs('forgot', 'reset');
      const { person } = await enrolled(ground);
      const token = await ground.tokenFor('forgot', person.email);
      const password = ground.newPassword();
      given((await ground.does(ground.browser(), 'reset', { token, password })).ok, '`reset` refused the link');
      const browser = ground.browser();
      await ground.does(browser, 'login', { email: person.email, password });
      must(!(await ground.isSignedIn(browser)), 'after a reset, the password alone signs in');
      await halfway(ground, { ...person, password }, ground.browser());
      return 'it is still due';
    },
  },
  {
    id: 'ENUM-10',
    title: 'learn a password from the question for a code',
    claim: 'A wrong password is answered alike with and without a second factor.',
    run: async (ground) => {
      const { person } = await enrolled(ground);
      const other = await ground.person();
      const ask = (email: string): Promise<Outcome> =>
        ground.does(ground.browser(), 'login', { email, password: ground.newPassword() });
      const [one, two] = [await ask(person.email), await ask(other.email)];
      for (const { status, ok } of [one, two]) given(status < 500 && status !== 429 && !ok, `answered ${status}`);
      must(one.status === two.status && one.body.length === two.body.length, `${one.status} and ${two.status}`);
      await halfway(ground, person, ground.browser());
      return `both are answered ${one.status}`;
    },
  },
]);
