import { type Attack, attacksOf } from '../attack.ts';
import { given, must } from '../verdict.ts';
import { cookieOnly, outlives } from './sessions.ts';

export const sessionEnds: readonly Attack[] = attacksOf('sessions', [
  {
    id: 'SES-03',
    title: 'use a session after its sign-out',
    claim: 'A sign-out ends the session on the server, not only in the browser.',
    run: async (ground) => {
      ground.needs('logout');
      const { browser } = await ground.member();
      must(!(await outlives(ground, browser, () => ground.does(browser, 'logout'))), 'the session is still signed in');
      return 'it is ended';
    },
  },
  {
    id: 'SES-28',
    title: 'look at the browser after a sign-out',
    claim: 'A sign-out makes the browser forget the session, by the attributes that it was set with.',
    run: async (ground) => {
      const cookie = cookieOnly(ground);
      ground.needs('logout');
      const person = await ground.person();
      const browser = ground.browser();
      const login = await ground.does(browser, 'login', { email: person.email, password: person.password });
      const set = login.cookies.find(({ name }) => name === cookie);
      given(login.ok && set !== undefined, '`login` set no session');
      const answer = await ground.does(browser, 'logout');
      given(answer.ok, `\`logout\` answered ${answer.status}`);
      const gone = answer.cookies.find(({ name }) => name === cookie);
      must(gone !== undefined && !browser.jar.has(cookie), 'the answer does not expire the cookie');
      // A browser refuses `__Host-` and `__Secure-` without Secure, also to forget it.
      const keys = cookie.startsWith('__') ? ['path', 'domain', 'secure'] : ['path', 'domain'];
      for (const key of keys) {
        must(gone?.attributes.get(key) === set?.attributes.get(key), `the cookie is expired with another \`${key}\``);
      }
      return 'it expires the cookie';
    },
  },
  {
    id: 'SES-41',
    title: 'keep another session alive over a sign-out everywhere',
    claim: 'Signing out everywhere ends every session.',
    run: async (ground) => {
      ground.needs('logoutEverywhere');
      const { person, browser } = await ground.member();
      const other = await ground.signedIn(person);
      must(
        !(await outlives(ground, other, () => ground.does(browser, 'logoutEverywhere'))),
        'another session is still signed in',
      );
      return 'it is ended';
    },
  },
  {
    id: 'SES-18',
    title: 'go on in a session of a deleted account',
    claim: 'The end of an account ends its sessions.',
    run: async (ground) => {
      ground.needs('deleteAccount');
      const { person, browser } = await ground.member();
      const other = await ground.signedIn(person);
      must(
        !(await outlives(ground, other, () => ground.does(browser, 'deleteAccount', { password: person.password }))),
        'a session is still signed in',
      );
      return 'they are ended';
    },
  },
  {
    id: 'SES-35',
    title: 'sign in to a deleted account',
    claim: 'A deleted account signs nobody in.',
    run: async (ground) => {
      ground.needs('deleteAccount');
      const { person, browser } = await ground.member();
      const answer = await ground.does(browser, 'deleteAccount', { password: person.password });
      given(answer.ok, `\`deleteAccount\` answered ${answer.status}`);
      must(!(await ground.opens(person.email, person.password)), 'the password still signs in');
      return 'the password opens nothing';
    },
  },
]);
