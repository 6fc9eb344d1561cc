import { type Attack, attacksOf } from '../attack.ts';
import { copyOf } from '../browser.ts';
import { enrol, enrolled, enters, nextStep, profileOf, secretAt, textAt } from '../second-factor.ts';
import { bitsOf } from '../token-bits.ts';
import { totp } from '../totp.ts';
import { given, must } from '../verdict.ts';

export const enrolment: readonly Attack[] = attacksOf('mfa', [
  {
    id: 'MFA-10',
    title: 'replace the second factor of a session',
    claim: 'A session alone does not replace a second factor that is there.',
    run: async (ground) => {
      const { person, browser, code } = await enrolled(ground);
      // Whoever has stolen it knows neither the password nor a code.
      const stolen = copyOf(browser);
      const answer = await ground.does(stolen, 'enrol');
      given(answer.status < 500, `\`enrol\` answered ${answer.status}`);
      if (answer.ok) {
        const { secret = 'secret', id = 'factorId' } = profileOf(ground);
        const next = await totp(secretAt(answer, secret), ground.target.now());
        await ground.does(stolen, 'confirmEnrol', { id: textAt(answer, id), code: next });
      }
      await nextStep(ground);
      must((await enters(ground, person, await code())).ok, 'the owner’s app is no second factor any more');
      return 'the owner’s app still signs in';
    },
  },
  {
    id: 'MFA-24',
    title: 'enrol a second factor in a session that was left open',
    claim: 'Enrolling asks for a factor that was proved lately (ASVS 5.0, 7.5.1).',
    run: async (ground) => {
      profileOf(ground);
      const fresh = await ground.member();
      await enrol(ground, fresh.browser, fresh.person);
      const { browser } = await ground.member();
      for (let i = 0; i < 60; i += 1) await nextStep(ground);
      given(await ground.isSignedIn(browser), 'the session has ended within an hour');
      const answer = await ground.does(browser, 'enrol');
      must(!answer.ok, 'an hour after the sign-in, a session enrols without a proof');
      return `it is answered ${answer.status}`;
    },
  },
  {
    id: 'MFA-11',
    title: 'confirm an enrolment that nobody began',
    claim: 'A confirmation with nothing to confirm is refused.',
    run: async (ground) => {
      profileOf(ground);
      const { browser } = await ground.member();
      for (const code of ['000000', '', null, {}, '1'.repeat(5_000)]) {
        const answer = await ground.does(browser, 'confirmEnrol', { id: 'AAAAAAAAAAAAAAAAAAAAAA', code });
        must(answer.status < 500 && !answer.ok, `${JSON.stringify(code)?.slice(0, 20)} is answered ${answer.status}`);
      }
      await enrolled(ground);
      return 'five are refused';
    },
  },
  {
    id: 'MFA-14',
    title: 'lose the app',
    claim: 'Enrolling gives recovery codes of 64 bits or more: eight at least, no two alike.',
    run: async (ground) => {
      const { recoveryCodes } = await enrolled(ground);
      must(recoveryCodes.length >= 8, `it gives ${recoveryCodes.length} recovery codes`);
      must(new Set(recoveryCodes).size === recoveryCodes.length, 'two are alike');
      const bits = bitsOf(recoveryCodes.map((one) => one.replace(/[^a-z0-9]/gi, '')));
      must(bits >= 64, `a code has room for ${bits} bits`);
      return `${recoveryCodes.length} codes with room for ${bits} bits`;
    },
  },
]);
