import { type Attack, attacksOf } from '../attack.ts';
import { given, must } from '../verdict.ts';

const secrets =
  /"(?:password|passwordHash|password_hash|hash|salt|secret|mfa_?secret|totp_?secret|reset_?token)"\s*:\s*"|\$(?:2[aby]|argon2\w*|scrypt)\$/i;

/** What answers tell beside what was asked. */
export const leaks: readonly Attack[] = attacksOf('injection', [
  {
    id: 'INJ-21',
    title: 'read secrets of an account from its own answers',
    claim: 'Answers hold no hash and no secret of an account.',
    run: async (ground) => {
      const person = await ground.person();
      const browser = ground.browser();
      const login = await ground.does(browser, 'login', { email: person.email, password: person.password });
      given(login.ok, `\`login\` answered ${login.status}`);
      const answers = [login, await ground.does(browser, 'session')];
      for (const step of ['sessions', 'guarded'] as const)
        if (ground.has(step)) answers.push(await ground.does(browser, step));
      for (const { ok, status } of answers) given(ok, `answered ${status}`);
      for (const { body } of answers) must(!secrets.test(body), `an answer holds ${secrets.exec(body)?.[0]}`);
      return `${answers.length} answers were read`;
    },
  },
  {
    id: 'INJ-23',
    title: 'have an answer read as a page',
    claim: 'Answers say their type and that it is not to be guessed.',
    run: async (ground) => {
      const { browser } = await ground.member();
      for (const answer of [
        await ground.does(browser, 'session'),
        await ground.does(browser, 'login', ground.stranger()),
      ]) {
        given(answer.body !== '', `answered ${answer.status} without a body`);
        must(
          (answer.header('content-type') ?? '').includes('json'),
          `the type is \`${answer.header('content-type') ?? 'absent'}\``,
        );
        must(answer.header('x-content-type-options') === 'nosniff', 'there is no nosniff');
      }
      return 'nosniff';
    },
  },
  {
    id: 'INJ-25',
    title: 'learn what the application is made of',
    claim: 'No header names a framework or a version.',
    run: async (ground) => {
      const { browser } = await ground.member();
      const answer = await ground.does(browser, 'session');
      for (const name of ['x-powered-by', 'server', 'x-aspnet-version', 'x-runtime']) {
        const value = answer.header(name);
        must(value === null || (name === 'server' && !/\d/.test(value)), `\`${name}: ${value}\``);
      }
      return 'none does';
    },
  },
]);
