import { type Attack, attacksOf } from '../attack.ts';
import { type Browser, copyOf } from '../browser.ts';
import type { Ground } from '../ground.ts';
import { bitsOf } from '../token-bits.ts';
import { given, must, NotApplicable } from '../verdict.ts';
import { type Answer, memberAt } from '../wire.ts';

/** Does something, and says whether the session of before is still signed in. */
export const outlives = async (
  ground: Ground,
  browser: Browser,
  act: () => Promise<{ readonly ok: boolean; readonly status: number }>,
): Promise<boolean> => {
  const before = copyOf(browser);
  given(await ground.isSignedIn(before), 'nobody is signed in before');
  const answer = await act();
  given(answer.ok, `the step was answered ${answer.status}`);
  await ground.target.settle();
  return ground.isSignedIn(before);
};

export const cookieOnly = (ground: Ground): string => {
  const { session } = ground.profile;
  if (!('cookie' in session)) throw new NotApplicable('the session is no cookie');
  return session.cookie;
};

/** What an answer of `session` says of whose it is: the member at `has`, and the address. */
const namesIn = (ground: Ground, email: string, { body, json }: Answer): readonly string[] => {
  const { has } = ground.profile.steps.session.ok ?? {};
  const id = has === undefined ? undefined : memberAt(json, has);
  return [...(id === undefined ? [] : [JSON.stringify(id)]), ...(body.includes(email) ? [email] : [])];
};

export const sessions: readonly Attack[] = attacksOf('sessions', [
  {
    id: 'SES-01',
    title: 'plant a session before somebody signs in',
    claim: 'A sign-in never keeps a session value that the browser brought along.',
    run: async (ground) => {
      const cookie = cookieOnly(ground);
      const person = await ground.person();
      const visitor = ground.browser();
      await ground.does(visitor, 'session');
      const anonymous = visitor.jar.get(cookie);
      for (const planted of [anonymous, 'planted-by-a-stranger', 'v1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']) {
        if (planted === undefined) continue;
        const browser = ground.withSession(planted);
        await ground.signedIn(person, browser);
        must(ground.sessionOf(browser) !== planted, 'the session value is the one that was planted');
        must(!(await ground.isSignedIn(ground.withSession(planted))), 'the planted value is signed in');
      }
      return 'the value is a new one, and the planted one opens nothing';
    },
  },
  {
    id: 'SES-02',
    title: 'plant a session before somebody registers',
    claim: 'A registration never keeps a session value that the browser brought along.',
    run: async (ground) => {
      cookieOnly(ground);
      ground.needs('register');
      const attacker = await ground.member();
      const planted = ground.sessionOf(attacker.browser);
      const { email, password } = ground.stranger();
      const victim = ground.withSession(planted);
      const answer = await ground.does(victim, 'register', { email, password, name: 'Somebody' });
      given(answer.ok, `\`register\` answered ${answer.status}`);
      const after = await ground.does(ground.withSession(planted), 'session', {}, { apart: true });
      must(!after.body.includes(email), 'the planted session is that of the new account');
      return 'the planted one is not the new account’s';
    },
  },
  {
    id: 'SES-24',
    title: 'sign in twice in one browser and compare',
    claim: 'Every sign-in makes a new session value.',
    run: async (ground) => {
      const { person, browser } = await ground.member();
      const first = ground.sessionOf(browser);
      await ground.signedIn(person, browser);
      must(ground.sessionOf(browser) !== first, 'the second sign-in gave the same value');
      return 'the values differ';
    },
  },
  {
    id: 'SES-25',
    title: 'use the session of before another sign-in in the same browser',
    claim: 'A sign-in ends the session that the browser had.',
    run: async (ground) => {
      cookieOnly(ground);
      const { person, browser } = await ground.member();
      const alive = await outlives(ground, browser, async () => {
        await ground.signedIn(person, browser);
        return { ok: true, status: 200 };
      });
      must(!alive, 'the session of before is still signed in');
      return 'it is ended';
    },
  },
  {
    id: 'SES-20',
    title: 'use a session value of before a step-up',
    claim: 'Proving a factor again makes a new session value and ends the old one (ASVS 5.0, 7.2.4).',
    run: async (ground) => {
      ground.needs('stepUp');
      const { person, browser } = await ground.member();
      const alive = await outlives(ground, browser, () =>
        ground.does(browser, 'stepUp', { password: person.password }),
      );
      must(!alive, 'the value of before is still signed in');
      given(await ground.isSignedIn(browser), 'nobody is signed in afterwards');
      return 'the old value is ended, the new one is signed in';
    },
  },
  {
    id: 'SES-26',
    title: 'use a session value of before a change of password',
    claim: 'A change of password gives its own session a new value.',
    run: async (ground) => {
      ground.needs('changePassword');
      const { person, browser } = await ground.member();
      const alive = await outlives(ground, browser, () =>
        ground.does(browser, 'changePassword', { current: person.password, password: ground.newPassword() }),
      );
      must(!alive, 'the value of before is still signed in');
      return 'it is ended';
    },
  },
  {
    id: 'SES-27',
    title: 'keep another session alive over a change of password',
    claim: 'A change of password ends the other sessions (ASVS 5.0, 7.4.3).',
    run: async (ground) => {
      ground.needs('changePassword');
      const { person, browser } = await ground.member();
      const other = await ground.signedIn(person);
      const alive = await outlives(ground, other, () =>
        ground.does(browser, 'changePassword', { current: person.password, password: ground.newPassword() }),
      );
      must(!alive, 'another session is still signed in');
      return 'it is ended';
    },
  },
  {
    id: 'SES-32',
    title: 'guess a session',
    claim: 'A session value holds 128 random bits or more (ASVS 5.0, 7.2.3).',
    run: async (ground) => {
      const person = await ground.person();
      const values: string[] = [];
      for (let i = 0; i < 8; i += 1)
        values.push(ground.sessionOf(await ground.signedIn(i < 4 ? person : await ground.person())));
      must(new Set(values).size === values.length, 'two sign-ins gave one value');
      const bits = bitsOf(values);
      must(bits >= 128, `a value has room for ${bits} bits`);
      return `room for ${bits} bits`;
    },
  },
  {
    id: 'SES-40',
    title: 'change a character of a session',
    claim: 'A session value is compared as a whole.',
    run: async (ground) => {
      const { browser } = await ground.member();
      const value = ground.sessionOf(browser);
      const last = value.endsWith('A') ? 'B' : 'A';
      for (const near of [
        value.slice(0, -1),
        `${value}A`,
        `${value.slice(0, -6)}AAAAA${last}`,
        value.slice(0, value.length / 2),
      ]) {
        must(!(await ground.isSignedIn(ground.withSession(near))), 'a value that is nearly right is signed in');
      }
      return 'four near ones are nobody';
    },
  },
  {
    id: 'SES-37',
    title: 'plant a second session cookie before the real one',
    claim: 'Of two session cookies, the planted one does not win.',
    run: async (ground) => {
      const cookie = cookieOnly(ground);
      const attacker = await ground.member();
      const victim = await ground.member();
      const both = `${cookie}=${ground.sessionOf(attacker.browser)}; ${cookie}=${ground.sessionOf(victim.browser)}`;
      const answer = await ground.does(ground.browser(), 'session', {}, { headers: { cookie: both }, apart: true });
      given(answer.status < 500, `two cookies are answered ${answer.status}`);
      must(!(answer.ok && answer.body.includes(attacker.person.email)), 'the planted session is the one that counts');
      return 'it does not';
    },
  },
  {
    id: 'SES-38',
    title: 'send a session outside its cookie',
    claim: 'A session is read from its cookie, never from the address or the body.',
    run: async (ground) => {
      const cookie = cookieOnly(ground);
      const { browser } = await ground.member();
      const value = ground.sessionOf(browser);
      const { path, method } = ground.profile.steps.session;
      for (const name of [cookie, 'session', 'sid', 'token', 'access_token', 'sessionId']) {
        const query = `${path}?${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
        const answer = await ground.does(ground.browser(), 'session', {}, { path: query });
        must(!answer.ok, `\`?${name}=\` signs in`);
        const header = await ground.does(
          ground.browser(),
          'session',
          {},
          { headers: { [`x-${name.toLowerCase().replace(/^__/, '')}`]: value } },
        );
        must(!header.ok, `a header \`x-${name}\` signs in`);
      }
      given(await ground.isSignedIn(browser), `${method} with the cookie is nobody`);
      return 'twelve other places are not read';
    },
  },
  {
    id: 'SES-42',
    title: 'read the session out of an answer’s body',
    claim: 'A session in an HttpOnly cookie is in no body, where scripts could read it.',
    run: async (ground) => {
      cookieOnly(ground);
      const person = await ground.person();
      const browser = ground.browser();
      const answer = await ground.does(browser, 'login', { email: person.email, password: person.password });
      const value = ground.sessionOf(browser);
      given(answer.ok && value.length > 7, '`login` set no session');
      const seen = await ground.does(browser, 'session');
      must(!answer.body.includes(value) && !seen.body.includes(value), 'a body holds the value of the cookie');
      return 'it is in none';
    },
  },
  {
    id: 'SES-46',
    title: 'read two accounts at once, again and again',
    claim: 'Answers to requests at one time are never mixed up.',
    run: async (ground) => {
      const members = [await ground.member(), await ground.member()];
      const own: (readonly string[])[] = [];
      for (const { person, browser } of members)
        own.push(namesIn(ground, person.email, await ground.does(copyOf(browser), 'session', {}, { apart: true })));
      // What both have says of nobody whose it is: `true`, or the name of a role.
      const telling = own.map((names, i) => names.filter((name) => own[1 - i]?.includes(name) === false));
      given(
        telling.every(({ length }) => length > 0),
        '`session` does not tell whose it is, neither at `has` nor by the address',
      );
      const asks = Array.from({ length: 24 }, (_, i) => members[i % 2]).flatMap((one) =>
        one === undefined ? [] : [one],
      );
      const answers = await Promise.all(
        asks.map(({ browser }) => ground.does(copyOf(browser), 'session', {}, { apart: true })),
      );
      given(
        answers.every(({ status }) => status < 500 && status !== 429),
        'some of 24 reads were refused',
      );
      const mixed = answers.filter((answer, i) => {
        const other = 1 - (i % 2);
        return namesIn(ground, members[other]?.person.email ?? '', answer).some((name) =>
          telling[other]?.includes(name),
        );
      });
      must(mixed.length === 0, `${mixed.length} of 24 answers were somebody else’s`);
      return 'none of 24 is';
    },
  },
]);
