import { type Attack, attacksOf } from '../attack.ts';
import type { Ground, Outcome } from '../ground.ts';
import { given, must } from '../verdict.ts';

/** An answer as an attacker compares it: its status, the shape of its body, the names and sizes of its headers. */
const faceOf = ({ status, json, body, headers, cookies }: Outcome): string =>
  JSON.stringify({
    status,
    body: json === null ? body : shapeOf(json),
    headers: headers
      .map(([name]) => name.toLowerCase())
      .filter((name) => !transport.has(name))
      .sort(),
    cookies: cookies.map(({ name, attributes }) => [name, [...attributes.keys()].sort()]),
  });

/** What belongs to the connection and the day. */
const transport = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'etag']);

/** Keys in their order, with the form of each value; short texts as they are, for a code is a text. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).map(([key, one]) => [key, namesItself.test(key) ? typeof one : shapeOf(one)]);
  if (typeof value !== 'string') return value;
  if (value.includes('@')) return 'address';
  return time.test(value) ? 'time' : value;
};

/** Of ISO 8601: no two answers have the same. */
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** Members that are new in every answer. */
const namesItself = /^(?:requestId|request_id|traceId|timestamp|createdAt|retryAfter|id|userId)$/;

export const same = (one: Outcome, other: Outcome, whom: string): void => {
  for (const { status } of [one, other]) given(status < 500 && status !== 429, `answered ${status}`);
  must(faceOf(one) === faceOf(other), `${whom} are told apart: ${faceOf(one)} and ${faceOf(other)}`);
};

export const login = (ground: Ground, email: string, password: string): Promise<Outcome> =>
  ground.does(ground.browser(), 'login', { email, password });

/** Statuses of the same request again and again. */
const series = async (times: number, ask: () => Promise<Outcome>): Promise<string> => {
  const statuses: number[] = [];
  for (let i = 0; i < times; i += 1) statuses.push((await ask()).status);
  return statuses.join(' ');
};

/** Ids by their members: how long they are, and whether they are numbers or UUIDs. */
const formOfIds = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, one]) =>
      /id$/i.test(key) && !/request/i.test(key) ? `${key} ${formOfId(String(one))}` : formOfIds(one),
    )
    .filter((text) => text !== '')
    .join(', ');
};

const formOfId = (id: string): string => {
  if (/^\d+$/.test(id)) return 'a number';
  return /^[0-9a-f]{8}-/i.test(id) ? 'a UUID' : `${id.length} characters`;
};

export const enumeration: readonly Attack[] = attacksOf('enumeration', [
  {
    id: 'ENUM-01',
    title: 'register an address that is taken',
    claim: 'A registration answers alike for known and unknown addresses: status, members, headers and cookies.',
    run: async (ground) => {
      const { email } = await ground.person();
      const { email: other, password } = ground.stranger();
      const taken = await ground.does(ground.browser(), 'register', { email, password, name: 'Somebody' });
      const free = await ground.does(ground.browser(), 'register', { email: other, password, name: 'Somebody' });
      given(free.ok, `\`register\` answered ${free.status} to somebody new`);
      same(taken, free, 'a known and an unknown address');
      return `both are answered ${free.status}`;
    },
  },
  {
    id: 'ENUM-02',
    title: 'compare the ids in answers to registrations',
    claim: 'An id made up for a known address looks like a real one, or there is none.',
    run: async (ground) => {
      const { email } = await ground.person();
      const { email: other, password } = ground.stranger();
      const taken = await ground.does(ground.browser(), 'register', { email, password, name: 'Somebody' });
      const free = await ground.does(ground.browser(), 'register', { email: other, password, name: 'Somebody' });
      given(free.ok, `\`register\` answered ${free.status} to somebody new`);
      const [one, two] = [formOfIds(taken.json), formOfIds(free.json)];
      must(one === two, `ids have other forms: ${one} and ${two}`);
      return 'they have one form';
    },
  },
  {
    id: 'ENUM-15',
    title: 'sign in with an address that nobody has',
    claim: 'A sign-in answers alike for an unknown address and a wrong password.',
    run: async (ground) => {
      const { email } = await ground.person();
      const { email: nobody, password } = ground.stranger();
      const wrong = await login(ground, email, password);
      same(wrong, await login(ground, nobody, password), 'a known and an unknown address');
      given(!wrong.ok, 'a wrong password signs in');
      return `both are answered ${wrong.status}`;
    },
  },
  {
    id: 'ENUM-16',
    title: 'sign in with an address that nobody has and compare lengths',
    claim: 'The answers to an unknown address and to a wrong password are of one length.',
    run: async (ground) => {
      const { email } = await ground.person();
      const nobody = email.replace(/\w(?=@)/, (last) => (last === 'q' ? 'r' : 'q'));
      const wrong = await login(ground, email, ground.newPassword());
      const unknown = await login(ground, nobody, ground.newPassword());
      for (const { status } of [wrong, unknown]) given(status < 500 && status !== 429, `answered ${status}`);
      const [one, two] = [wrong.body.length, unknown.body.length];
      must(one === two, `${one} characters for a known address, ${two} for an unknown one`);
      return `${one} characters in both cases`;
    },
  },
  {
    id: 'ENUM-03',
    title: 'ask for a reset link for an address that nobody has',
    claim: 'The answer to a forgotten password does not tell whether there is an account.',
    run: async (ground) => {
      ground.needs('forgot');
      const { email } = await ground.person();
      const known = await ground.does(ground.browser(), 'forgot', { email });
      const unknown = await ground.does(ground.browser(), 'forgot', { email: ground.stranger().email });
      given(known.ok, `\`forgot\` answered ${known.status}`);
      same(known, unknown, 'a known and an unknown address');
      return `both are answered ${known.status}`;
    },
  },
  {
    id: 'ENUM-04',
    title: 'sign in to an unconfirmed account with a wrong password',
    claim: 'That an account is not confirmed is told only after the right password.',
    run: async (ground) => {
      const { email } = await ground.unconfirmed();
      const { email: nobody, password } = ground.stranger();
      same(
        await login(ground, email, password),
        await login(ground, nobody, password),
        'an unconfirmed account and nobody',
      );
      return 'it is not told';
    },
  },
  {
    id: 'ENUM-05',
    title: 'ask for another confirmation of any address',
    claim: 'Unknown, unconfirmed and confirmed addresses are answered alike.',
    run: async (ground) => {
      ground.needs('resend');
      const confirmed = await ground.person();
      const unconfirmed = await ground.unconfirmed();
      const ask = (email: string) => ground.does(ground.browser(), 'resend', { email });
      const unknown = await ask(ground.stranger().email);
      const [one, two] = [await ask(confirmed.email), await ask(unconfirmed.email)];
      given(unknown.ok || one.ok || two.ok, `\`resend\` answered ${two.status} to everybody`);
      same(one, unknown, 'a confirmed and an unknown address');
      same(two, unknown, 'an unconfirmed and an unknown address');
      return `all are answered ${unknown.status}`;
    },
  },
  {
    id: 'ENUM-07',
    title: 'change the address to one that is taken',
    claim: 'A change of address does not tell whether the new one is taken.',
    run: async (ground) => {
      ground.needs('changeEmail');
      const victim = await ground.person();
      const one = await ground.member();
      const other = await ground.member();
      const taken = await ground.does(one.browser, 'changeEmail', {
        email: victim.email,
        password: one.person.password,
      });
      const free = await ground.does(other.browser, 'changeEmail', {
        email: ground.stranger().email,
        password: other.person.password,
      });
      given(free.ok, `\`changeEmail\` answered ${free.status} to a new address`);
      same(taken, free, 'a taken and a free address');
      return `both are answered ${free.status}`;
    },
  },
  {
    id: 'ENUM-08',
    title: 'guess until a limit answers',
    claim: 'Limits answer alike for known and unknown addresses.',
    run: async (ground) => {
      const { email } = await ground.person();
      const guess = async (whom: string): Promise<string> => {
        const browser = ground.browser();
        return series(14, () => ground.does(browser, 'login', { email: whom, password: ground.newPassword() }));
      };
      const [known, unknown] = [await guess(email), await guess(ground.stranger().email)];
      given(!/5\d\d/.test(known + unknown), 'the target failed');
      must(known === unknown, `known: ${known}; unknown: ${unknown}`);
      return `both: ${known}`;
    },
  },
  {
    id: 'ENUM-17',
    title: 'ask for reset links until a limit answers',
    claim: 'Limits on mails answer alike for known and unknown addresses.',
    run: async (ground) => {
      ground.needs('forgot');
      const { email } = await ground.person();
      const ask = async (whom: string): Promise<string> => {
        const browser = ground.browser();
        return series(8, () => ground.does(browser, 'forgot', { email: whom }));
      };
      const [known, unknown] = [await ask(email), await ask(ground.stranger().email)];
      given(/^2/.test(known), `\`forgot\` answered ${known.slice(0, 3)}`);
      given(!/5\d\d/.test(known + unknown), 'the target failed');
      must(known === unknown, `known: ${known}; unknown: ${unknown}`);
      return `both: ${known}`;
    },
  },
  {
    id: 'ENUM-18',
    title: 'register an address that is taken and watch the mailbox',
    claim: 'The owner of a taken address is told of the attempt, by mail alone.',
    run: async (ground) => {
      ground.needs('confirm');
      const { email } = await ground.person();
      const mark = await ground.mails.mark();
      const answer = await ground.does(ground.browser(), 'register', {
        email,
        password: ground.newPassword(),
        name: 'Somebody',
      });
      given(answer.status < 500 && answer.status !== 429, `\`register\` answered ${answer.status}`);
      const { email: other, password } = ground.stranger();
      const free = await ground.does(ground.browser(), 'register', { email: other, password, name: 'Somebody' });
      given(free.ok, `\`register\` answered ${free.status} to somebody new`);
      await ground.mails.link(other, mark);
      const mails = await ground.mails.since(mark);
      const count = mails.filter(({ to }) => to === email).length;
      must(count === 1, `${count} mails to the owner of the address, one to somebody new`);
      return 'one mail in both cases';
    },
  },
]);
