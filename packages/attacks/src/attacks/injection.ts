import { type Attack, attacksOf, Finding, given, must, NoAnswer } from '../attack.ts';
import { type Ground, type Outcome, succeeded } from '../ground.ts';
import type { StepName } from '../profile.ts';

const takers: readonly StepName[] = ['login', 'register', 'forgot', 'reset', 'resend', 'confirm'];

/** Every step that takes a body from anybody, and is there. */
const open = async (ground: Ground): Promise<readonly StepName[]> => {
  const { email } = await ground.person();
  const names = takers.filter((name) => ground.has(name) && !/^(?:GET|HEAD)$/.test(methodOf(ground, name)));
  for (const name of names) {
    const { path } = ground.profile.steps[name] ?? { path: '/' };
    const method = methodOf(ground, name);
    const answer = await ground.does(ground.browser(), name, { ...values(ground), email });
    const nowhere = await ground.asks(ground.browser(), method, `${path}-zq7`, { raw: '{}' });
    given(answer.status !== nowhere.status || answer.status < 404, `\`${name}\` answers like a path that is not there`);
  }
  return names;
};

/** What the login calls its members. */
const loginNames = (ground: Ground): readonly [email: string, password: string] => {
  const members = Object.entries(ground.profile.steps.login.body ?? {});
  const nameOf = (value: string): string => members.find(([, one]) => one === `{${value}}`)?.[0] ?? value;
  return [nameOf('email'), nameOf('password')];
};

const methodOf = (ground: Ground, name: StepName): string => ground.profile.steps[name]?.method ?? 'POST';

const values = (ground: Ground) => ({ ...ground.stranger(), token: 'A'.repeat(43), name: 'Somebody' });

/** Bodies that are no good, and what they are called. */
const broken: readonly (readonly [name: string, body: string | Uint8Array])[] = [
  ['nothing', ''],
  ['half a body', '{"email":'],
  ['a text', '"text"'],
  ['a number', '1e400'],
  ['null', 'null'],
  ['a list', '[]'],
  ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['a byte order mark', '\ufeff{}'],
  ['1,000 nested lists', `${'['.repeat(1_000)}${']'.repeat(1_000)}`],
  ['a lone surrogate', '{"email":"\\ud800@attacks.example","password":"\\udfff"}'],
];

const odd: readonly unknown[] = [null, 0, true, [], {}, [['x']], { toString: 'x' }, { length: 20 }, 1.5];

const survives = async (what: string, ask: () => Promise<Outcome>): Promise<Outcome> => {
  const answer = await ask().catch((error: unknown) => {
    throw error instanceof NoAnswer
      ? new Finding(`after ${what} or what was sent before, nothing is answered any more`)
      : error;
  });
  must(answer.status < 500, `${what} is answered ${answer.status}`);
  return answer;
};

/** What belongs to the inside of a program. */
const innards =
  /\bat \S+ \(|\.(?:js|ts|py|rb|java|go|php):\d+|node_modules|Traceback|SQLSTATE|syntax error at|relation \\?"|ECONNREFUSED|\/(?:home|srv|app|usr|work)\/\w/;

export const injection: readonly Attack[] = attacksOf('injection', [
  {
    id: 'INJ-07',
    title: 'send bodies that cannot be read',
    claim: 'A body that cannot be read is the client’s fault: 4xx, and the next request is answered.',
    run: async (ground) => {
      const steps = await open(ground);
      for (const step of steps) {
        for (const [name, raw] of broken) {
          const answer = await survives(`${name} at \`${step}\``, () =>
            ground.does(ground.browser(), step, values(ground), { raw }),
          );
          must(!answer.ok, `${name} is accepted at \`${step}\``);
        }
      }
      await ground.member();
      return `${broken.length} bodies for each of ${steps.join(', ')}`;
    },
  },
  {
    id: 'INJ-17',
    title: 'send members of the wrong type',
    claim: 'A member that is no text is the client’s fault: 4xx, and the next request is answered.',
    run: async (ground) => {
      const steps = await open(ground);
      for (const step of steps) {
        for (const value of odd) {
          for (const member of ['email', 'password', 'token']) {
            const body = { ...values(ground), [member]: value };
            await survives(`${member}: ${JSON.stringify(value)} at \`${step}\``, () =>
              ground.does(ground.browser(), step, body),
            );
          }
        }
      }
      await ground.member();
      return `${odd.length} values for each member of ${steps.join(', ')}`;
    },
  },
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
    id: 'INJ-10',
    title: 'read the inside of the program from its errors',
    claim: 'Errors hold no stack, no path and no query.',
    run: async (ground) => {
      const steps = await open(ground);
      let read = 0;
      for (const step of steps) {
        const tries: readonly Parameters<Ground['does']>[3][] = [
          { raw: '{"email":' },
          { raw: 'null' },
          { raw: '{"email":{},"password":{},"token":{}}' },
        ];
        for (const twist of tries) {
          const { body } = await ground.does(ground.browser(), step, values(ground), twist);
          read += 1;
          must(!innards.test(body), `\`${step}\` answers with ${JSON.stringify(innards.exec(body)?.[0])}`);
        }
        const wild = await ground.does(ground.browser(), step, { ...values(ground), email: "x'\0@attacks.example" });
        must(!innards.test(wild.body), `\`${step}\` answers with ${JSON.stringify(innards.exec(wild.body)?.[0])}`);
      }
      return `${read} errors were read`;
    },
  },
  {
    id: 'INJ-20',
    title: 'send a body of a mebibyte',
    claim: 'A body beyond any honest one is refused, and the next request is answered.',
    run: async (ground) => {
      const { email, password } = await ground.person();
      const raw = JSON.stringify({ email, password, padding: 'x'.repeat(1 << 20) });
      const answer = await survives('1 MiB', () => ground.does(ground.browser(), 'login', {}, { raw }));
      must(!answer.ok, 'a body of 1 MiB is read');
      given(await ground.opens(email, password), 'the next request is not answered');
      return `it is answered ${answer.status}`;
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
  {
    id: 'INJ-24',
    title: 'send a member twice',
    claim: 'A form with two values for one member is not read by one of them.',
    run: async (ground) => {
      const { email, password } = await ground.person();
      const form = (text: string) => ground.does(ground.browser(), 'login', {}, { form: true, raw: text });
      const pair = (key: string, value: string) => `${key}=${encodeURIComponent(value)}`;
      const [emailName, passwordName] = loginNames(ground);
      const once = await form(`${pair(emailName, email)}&${pair(passwordName, password)}`);
      given(once.status < 400 || once.status === 415, `a form login answered ${once.status}`);
      const [right, wrong] = [pair(passwordName, password), pair(passwordName, ground.newPassword())];
      for (const text of [`${right}&${wrong}`, `${wrong}&${right}`]) {
        const answer = await survives('two passwords', () => form(`${pair(emailName, email)}&${text}`));
        const entered = answer.cookies.some(
          ({ name }) => 'cookie' in ground.profile.session && name === ground.profile.session.cookie,
        );
        must(!entered, 'one of two passwords in a form signs in');
      }
      return once.status === 415 ? 'forms are not read' : 'both orders are refused';
    },
  },
]);
