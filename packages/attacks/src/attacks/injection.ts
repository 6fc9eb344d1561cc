import { type Attack, attacksOf } from '../attack.ts';
import { type Ground, type Outcome, succeeded } from '../ground.ts';
import { Finding, given, must, NoAnswer } from '../verdict.ts';

/** What the login calls its members. */
export const loginNames = (ground: Ground): readonly [email: string, password: string] => {
  const members = Object.entries(ground.profile.steps.login.body ?? {});
  const nameOf = (value: string): string => members.find(([, one]) => one === `{${value}}`)?.[0] ?? value;
  return [nameOf('email'), nameOf('password')];
};

export const survives = async (what: string, ask: () => Promise<Outcome>): Promise<Outcome> => {
  const answer = await ask().catch((error: unknown) => {
    throw error instanceof NoAnswer
      ? new Finding(`after ${what} or what was sent before, nothing is answered any more`)
      : error;
  });
  must(answer.status < 500, `${what} is answered ${answer.status}`);
  return answer;
};

export const injection: readonly Attack[] = attacksOf('injection', [
  {
    id: 'INJ-18',
    title: 'sign in with operators of a query language',
    claim: 'An object is no password, and matches nobody.',
    run: async (ground) => {
      const { email } = await ground.person();
      for (const value of [{ $ne: null }, { $gt: '' }, { $regex: '.*' }, { not: '' }, { contains: '' }, [''], [null]]) {
        for (const body of [
          { email, password: value },
          { email: value, password: value },
        ]) {
          const browser = ground.browser();
          const answer = await ground.does(browser, 'login', body);
          must(!answer.ok && ground.sessionOf(browser) === '', `${JSON.stringify(value)} signs in`);
        }
      }
      return 'seven are refused';
    },
  },
  {
    id: 'INJ-01',
    title: 'sign in with quotes of a database',
    claim: 'Quotes and comments are characters like any other.',
    run: async (ground) => {
      const { email, password } = await ground.person();
      for (const text of [
        "' OR '1'='1",
        "' OR 1=1 --",
        '" OR ""="',
        "'; DROP TABLE users; --",
        '\\',
        '$1',
        '%s',
        '#{7*7}',
        '{{7*7}}',
        "') OR ('1'='1",
      ]) {
        for (const body of [
          { email, password: text },
          { email: `${text}@attacks.example`, password: text },
          { email: text, password: text },
        ]) {
          const browser = ground.browser();
          const answer = await survives(JSON.stringify(text), () => ground.does(browser, 'login', body));
          must(!answer.ok && ground.sessionOf(browser) === '', `${JSON.stringify(text)} signs in`);
        }
      }
      given(await ground.opens(email, password), 'the account cannot be used afterwards');
      return 'ten texts, as password and address';
    },
  },
  {
    id: 'INJ-02',
    title: 'sign in with wildcards',
    claim: 'An address is looked up as it is: no pattern, no expression.',
    run: async (ground) => {
      const { email, password } = await ground.person();
      const rest = email.slice(1);
      for (const text of [`_${rest}`, `%${rest}`, `.${rest}`, `.*${rest}`, `*${rest}`, `?${rest}`]) {
        const browser = ground.browser();
        const answer = await survives(text, () => ground.does(browser, 'login', { email: text, password }));
        must(!answer.ok && ground.sessionOf(browser) === '', `\`${text}\` with the right password signs in`);
      }
      return 'six patterns match nobody';
    },
  },
  {
    id: 'INJ-04',
    title: 'register with members of an administrator',
    claim: 'Nobody gives themselves a role, an id or a date.',
    run: async (ground) => {
      ground.needs('register');
      const { email, password } = ground.stranger();
      const browser = ground.browser();
      const mark = 'zq7role';
      const more = {
        role: mark,
        roles: [mark],
        isAdmin: mark,
        id: mark,
        createdAt: mark,
        tenantId: mark,
        permissions: mark,
      };
      const answer = await survives('more members', () =>
        ground.does(browser, 'register', { email, password, name: 'Somebody' }, { more }),
      );
      must(!answer.body.includes(mark) || !answer.ok, 'the answer holds what was given');
      if (!answer.ok) return `it is answered ${answer.status}`;
      if (!ground.has('confirm')) await ground.does(browser, 'login', { email, password });
      else {
        const token = await ground.mails.token(email, null);
        await ground.does(browser, 'confirm', { token, password });
        await ground.does(browser, 'login', { email, password });
      }
      const seen = await ground.does(browser, 'session');
      given(seen.ok, 'nobody is signed in afterwards');
      must(!seen.body.includes(mark), 'the account has what was given');
      return 'they are ignored';
    },
  },
  {
    id: 'INJ-15',
    title: 'register an address as confirmed',
    claim: 'Nobody confirms an address by saying so.',
    run: async (ground) => {
      ground.needs('register', 'confirm');
      const { email, password } = ground.stranger();
      const more = {
        emailVerified: true,
        email_verified: true,
        verified: true,
        emailVerifiedAt: 1,
        confirmed: true,
        status: 'active',
      };
      for (const [name, value] of Object.entries(more)) {
        const answer = await ground.does(
          ground.browser(),
          'register',
          { email, password, name: 'Somebody' },
          { more: { [name]: value } },
        );
        given(answer.status < 500, `\`register\` answered ${answer.status}`);
        must(!(await ground.opens(email, password)), `\`${name}\` confirms the address`);
      }
      return 'six members do not';
    },
  },
  {
    id: 'INJ-19',
    title: 'sign in with members of a session',
    claim: 'Nobody chooses the user, the level or the life of a session.',
    run: async (ground) => {
      const victim = await ground.member();
      const { email, password } = await ground.person();
      const seen = await ground.does(victim.browser, 'session');
      const id = /"(?:id|userId|user_id)"\s*:\s*"([^"]+)"/.exec(seen.body)?.[1] ?? victim.person.email;
      const mark = 1_999_999_999_999;
      for (const more of [
        { userId: id },
        { user_id: id, id },
        { user: { id } },
        { expiresAt: mark, absoluteExpiresAt: mark },
        { aal: mark, amr: [mark] },
      ]) {
        const browser = ground.browser();
        const answer = await survives('more members', () =>
          ground.does(browser, 'login', { email, password }, { more }),
        );
        if (!answer.ok) continue;
        const session = await ground.does(browser, 'session');
        must(!session.body.includes(victim.person.email), `${JSON.stringify(more)} signs in as somebody else`);
        must(!session.body.includes(String(mark)), `${JSON.stringify(more)} is believed`);
      }
      given(await ground.opens(email, password), 'the account cannot be used afterwards');
      return 'five tries are refused or ignored';
    },
  },
  {
    id: 'INJ-16',
    title: 'pollute the prototype of every object',
    claim: '`__proto__` and `constructor` are members like any other.',
    run: async (ground) => {
      const { email, password } = await ground.person();
      const claims =
        '{"isAdmin":true,"userId":"zq7","user":{"id":"zq7","email":"zq7@attacks.example"},"emailVerified":true}';
      for (const poison of [
        `"__proto__":${claims}`,
        `"constructor":{"prototype":${claims}}`,
        `"profile":{"__proto__":${claims}}`,
      ]) {
        for (const step of ['login', 'register'] as const) {
          if (!ground.has(step)) continue;
          const raw = `{"email":"${email}","password":"${ground.newPassword()}",${poison}}`;
          await survives('a prototype', () => ground.does(ground.browser(), step, {}, { raw }));
        }
        must(!(await ground.isSignedIn(ground.browser())), 'nobody is somebody afterwards');
      }
      given(await ground.opens(email, password), 'the account cannot be used afterwards');
      return 'nobody is signed in afterwards';
    },
  },
  {
    id: 'INJ-22',
    title: 'sign in by an address that holds the password',
    claim: 'Credentials in a URL are not read (ASVS 5.0, 14.2.1).',
    run: async (ground) => {
      const { email, password } = await ground.person();
      const { path, ok } = ground.profile.steps.login;
      const [emailName, passwordName] = loginNames(ground);
      const both = { email, username: email, password, [emailName]: email, [passwordName]: password };
      const query = `${path}?${new URLSearchParams(both)}`;
      for (const [method, raw] of [
        ['POST', '{}'],
        ['POST', ''],
        ['GET', undefined],
      ] as const) {
        const browser = ground.browser();
        const answer = await ground.asks(browser, method, query, raw === undefined ? {} : { raw });
        must(
          ground.sessionOf(browser) === '' && !succeeded(answer, ok) && answer.status >= 300,
          `${method} with the password in its address is answered ${answer.status}`,
        );
      }
      given(await ground.opens(email, password), 'the same in a body is refused');
      return 'three ways are refused';
    },
  },
]);
