import { Buffer } from 'node:buffer';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Auth,
  AuthConfigError,
  type AuthMessage,
  AuthProblem,
  consoleEvents,
  createAuth,
  type JsonObject,
  memoryStores,
  type PasswordHasher,
  password,
  StoreUnavailableError,
} from '../src/index.ts';
import { keyring } from '../src/modules/keyring.ts';
import { digest } from '../src/primitives/digest.ts';
import { parseSecrets } from '../src/primitives/master-secret.ts';
import {
  goodPassword,
  newBrowser,
  origin,
  otherPassword,
  type TestAnswer,
  testHasher,
  testSecrets,
  type World,
  type WorldOptions,
  world,
} from './harness.ts';
import { recordWrites, type Written } from './wire.ts';

/** Everything that was said on the console while a test ran. */
const said: string[] = [];
const consoleMethods = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'] as const;
beforeEach(() => {
  said.length = 0;
  for (const method of consoleMethods) {
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      said.push(...args.map((arg) => shown(arg)));
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A value in every way that a log could show it. */
const shown = (value: unknown): string => {
  const parts = [
    inspect(value, { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null }),
    String(value),
    inspect(value, {
      depth: null,
      showHidden: true,
      maxArrayLength: null,
      compact: true,
      breakLength: Number.POSITIVE_INFINITY,
    }),
  ];
  try {
    parts.push(JSON.stringify(value) ?? '');
  } catch {}
  if (value instanceof Error) parts.push(value.message, value.stack ?? '', shown(value.cause), JSON.stringify(value));
  return parts.join('\n');
};

/** A secret, its usual encodings, and every piece of 16 characters of each. */
const traces = (secret: string): readonly string[] => {
  const bytes = Buffer.from(secret);
  const whole = [
    secret,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(secret),
  ];
  const pieces = whole.flatMap((text) =>
    Array.from({ length: Math.max(1, text.length - 15) }, (_, at) => text.slice(at, at + 16)),
  );
  return [...new Set([...pieces, JSON.stringify(secret).slice(1, -1)])];
};
const keyTraces = (key: Uint8Array): readonly string[] => {
  const bytes = Buffer.from(key);
  const texts = [bytes.toString('base64url'), bytes.toString('base64'), bytes.toString('hex')];
  return [
    ...texts.flatMap((text) => Array.from({ length: text.length - 15 }, (_, at) => text.slice(at, at + 16))),
    [...bytes.subarray(0, 8)].join(', '),
  ];
};

/** The secrets of which a piece is in the text. */
const found = (text: string, secrets: Readonly<Record<string, readonly string[]>>): readonly string[] =>
  Object.entries(secrets)
    .filter(([, pieces]) => pieces.some((piece) => text.includes(piece)))
    .map(([name]) => name);

const cookieValue = (answer: TestAnswer, name: string): string =>
  answer.cookies
    .find((cookie) => cookie.startsWith(`__Host-${name}=`))
    ?.split(';')[0]
    ?.split('=')[1] ?? '';

const nested = 'é nul\0 and \\ "quotes" in a phrase';
const wrongOne = 'some wrong guess of a password';
const recovered = 'a phrase that was set by a link';
const recoveredAgain = 'the phrase after the way back';
const weakOne = 'password1234567';

interface Story {
  readonly w: World;
  readonly written: Written;
  readonly answers: TestAnswer[];
  readonly thrown: unknown[];
  readonly secrets: Record<string, readonly string[]>;
  readonly sessionSecrets: string[];
  readonly tokens: string[];
  readonly userId: string;
}

/** A long life of two users: every route, in its good and its bad ends. */
const story = async (options: WorldOptions = {}): Promise<Story> => {
  const written = recordWrites(memoryStores());
  const w = world({ inner: written.stores, ...options });
  const answers: TestAnswer[] = [];
  const thrown: unknown[] = [];
  const secrets: Record<string, readonly string[]> = {};
  const sessionSecrets: string[] = [];
  const tokens: string[] = [];
  const hear = (answer: TestAnswer): TestAnswer => {
    answers.push(answer);
    const session = cookieValue(answer, 'session');
    if (session !== '') {
      sessionSecrets.push(session.slice('v1.'.length));
      secrets[`session ${sessionSecrets.length}`] = traces(session.slice('v1.'.length));
    }
    for (const kind of ['flow', 'device']) {
      const [, id = '', tag = ''] = cookieValue(answer, kind).split('.');
      if (id !== '') secrets[`${kind} ${answers.length}`] = [...traces(id), ...traces(tag)];
    }
    return answer;
  };
  const attempt = async (operation: Promise<unknown>): Promise<void> => {
    await operation.catch((error: unknown) => thrown.push(error));
  };
  for (const [name, text] of Object.entries({
    goodPassword,
    otherPassword,
    nested,
    wrongOne,
    weakOne,
    recovered,
    recoveredAgain,
  }))
    secrets[name] = traces(text);
  secrets['AUTH_SECRETS'] = traces(testSecrets.slice(2));
  const parsed = parseSecrets(testSecrets);
  if (parsed.ok) {
    secrets['master key'] = keyTraces(parsed.secrets[0].key.reveal());
    for (const purpose of ['flow', 'device', 'csrf', 'rate-key'])
      secrets[`key ${purpose}`] = keyTraces(keyring(parsed.secrets).derive('1', purpose) ?? new Uint8Array(32));
  }
  const hearTokens = async () => {
    await w.auth.drain();
    for (const mail of w.outbox) {
      if (!('url' in mail) || mail.url === null) continue;
      const token = new URL(mail.url).searchParams.get('token') ?? '';
      if (!tokens.includes(token)) tokens.push(token);
      secrets[`token ${tokens.indexOf(token) + 1}`] = traces(token);
    }
  };

  const alice = w.browser();
  const stranger = w.browser('203.0.113.5');
  hear(await alice.post('/register', { email: 'alice@example.org', password: weakOne }));
  hear(await alice.post('/register', { email: 'alice@example.org', password: goodPassword }));
  await hearTokens();
  hear(await stranger.post('/register', { email: 'alice@example.org', password: otherPassword }));
  hear(await stranger.post('/verify-email', { token: tokens[0] ?? '' }));
  hear(await stranger.post('/verify-email', { token: tokens[0] ?? '', password: wrongOne }));
  hear(await alice.post('/verify-email/send', { email: 'alice@example.org' }));
  await hearTokens();
  hear(await alice.post('/verify-email', { token: tokens[0] ?? '' }));
  hear(await alice.post('/verify-email', { token: tokens[0] ?? '' }));
  for (const secret of [wrongOne, goodPassword, goodPassword])
    hear(await alice.post('/login', { email: 'alice@example.org', password: secret }));
  hear(await stranger.post('/login', { email: 'nobody@example.org', password: goodPassword }));
  hear(await stranger.post('/login', { email: goodPassword, password: wrongOne }));
  hear(await stranger.post('/login', { email: 'a@b.co', password: wrongOne, more: nested }));
  const csrf = await w.auth.csrfToken(alice.headers());
  secrets['csrf'] = traces(csrf);
  await attempt(w.auth.csrf(new Request(origin, { method: 'POST', headers: { 'x-csrf-token': csrf } })));
  hear(await alice.get('/session'));
  hear(await alice.get('/sessions'));
  for (const secret of [wrongOne, goodPassword]) hear(await alice.post('/step-up', { password: secret }));
  hear(await alice.post('/change-password', { current: wrongOne, password: nested }));
  hear(await alice.post('/change-password', { current: goodPassword, password: weakOne }));
  hear(await alice.post('/change-password', { current: goodPassword, password: nested }));
  hear(await stranger.post('/login', { email: 'alice@example.org', password: nested }));
  w.clock.advance(601_000);
  hear(await alice.delete(`/sessions/${'A'.repeat(43)}`));
  const guesser = w.browser('203.0.113.50');
  for (const secret of Array<string>(8).fill(wrongOne))
    hear(await guesser.post('/login', { email: 'alice@example.org', password: secret }));
  const headers = alice.headers();
  await attempt(w.auth.require(headers, { aal: 2 }));
  await attempt(w.auth.require(new Headers({ cookie: `__Host-session=v1.${tokens[0]}` })));
  await attempt(w.auth.api.login({ email: 'alice@example.org', password: wrongOne }, new Headers()));
  await attempt(w.auth.api.register({ email: 'x@example.org', password: weakOne }, new Headers()));
  await attempt(w.auth.api.verifyEmail({ token: tokens[0] ?? '' }, new Headers()));
  await attempt(w.auth.api.changePassword({ current: wrongOne, password: otherPassword }, headers));
  const { id } = (await alice.get('/session')).body.user;
  await w.auth.api.setDisabled(id, true);
  hear(await stranger.post('/login', { email: 'alice@example.org', password: nested }));
  await w.auth.api.setDisabled(id, false);
  w.clock.advance(3_600_000);
  hear(await alice.post('/login', { email: 'alice@example.org', password: nested }));
  const newest = (email: string, type: AuthMessage['type']) => w.tokenFor(email, type);
  hear(await stranger.post('/forgot-password', { email: 'alice@example.org' }));
  hear(await stranger.post('/forgot-password', { email: 'nobody@example.org' }));
  await w.auth.api.startReset(id);
  await hearTokens();
  const reset = newest('alice@example.org', 'reset_password');
  hear(await alice.post('/reset-password', { token: reset, password: weakOne }));
  hear(await alice.post('/reset-password', { token: reset, password: recovered }));
  hear(await stranger.post('/reset-password', { token: reset, password: otherPassword }));
  await attempt(w.auth.api.resetPassword({ token: reset, password: recovered }, new Headers()));
  hear(await alice.post('/login', { email: 'alice@example.org', password: recovered }));
  hear(await alice.post('/change-email', { email: 'alice@new.example' }));
  await hearTokens();
  const change = newest('alice@new.example', 'change_email');
  hear(await stranger.post('/change-email/confirm', { token: change, password: wrongOne }));
  hear(await alice.post('/change-email/confirm', { token: change }));
  await attempt(w.auth.api.confirmEmailChange({ token: change, password: wrongOne }, new Headers()));
  await hearTokens();
  const back = newest('alice@example.org', 'email_changed');
  hear(await stranger.post('/change-email/revert', { token: back }));
  await attempt(w.auth.api.revertEmailChange({ token: back }, new Headers()));
  await hearTokens();
  const last = newest('alice@example.org', 'reset_password');
  hear(await alice.post('/reset-password', { token: last, password: recoveredAgain }));
  w.clock.advance(3_600_000);
  hear(await alice.post('/login', { email: 'alice@example.org', password: recoveredAgain }));
  await w.auth.api.revokeAll(id);
  hear(await alice.post('/logout', { everywhere: true }));
  hear(await alice.post('/login', { email: 'alice@example.org', password: recoveredAgain }));
  hear(await alice.delete('/account'));
  await attempt(w.auth.api.deleteUser(id));
  await hearTokens();
  return { w, written, answers, thrown, secrets, sessionSecrets, tokens, userId: id };
};

describe('INJ-09: after a long story', () => {
  let told: Story;
  beforeEach(async () => {
    told = await story({ events: consoleEvents() });
  });

  it('it was a story: many secrets, many answers, many errors', () => {
    expect(Object.keys(told.secrets).length).toBeGreaterThan(24);
    expect(new Set(told.sessionSecrets).size).toBeGreaterThanOrEqual(6);
    expect(told.tokens.length).toBe(7);
    expect(new Set(told.answers.map(({ status }) => status))).toEqual(
      new Set([200, 202, 204, 400, 401, 403, 422, 429]),
    );
    expect(told.thrown.length).toBeGreaterThanOrEqual(6);
    // The search finds what is there: a mail holds its token, a cookie its secret.
    expect(found(shown(told.w.outbox), told.secrets)).toEqual(told.tokens.map((_, n) => `token ${n + 1}`));
    expect(found(told.answers.flatMap(({ cookies }) => cookies).join('\n'), told.secrets)).toContain('session 1');
    expect(found(encodeURIComponent(`x ${nested} y`), told.secrets)).toEqual(['nested']);
    expect(found(Buffer.from(`${goodPassword}`).toString('base64'), told.secrets)).toEqual(['goodPassword']);
  });

  it('TOK-03, SES-22: no store was ever given one, nor a piece of one', () => {
    expect(told.written.values.length).toBeGreaterThan(150);
    expect(found(told.written.values.map(shown).join('\n'), told.secrets)).toEqual([]);
  });

  it('TOK-03: what stores hold are digests, PHC strings and MACs', () => {
    const passwords = new Set<string>();
    for (const value of told.written.values) {
      const { call, args } = value as { call: string; args: readonly unknown[] };
      const [first] = args as [Record<string, unknown> & string];
      if (/^credential\.(create|replace)$/.test(call)) passwords.add(String(first['password']));
      if (call.startsWith('limits.')) expect(first).toMatch(/^[A-Za-z0-9_-]{43}$/);
    }
    // The stranger's, too, was offered to the store, which had one already.
    const offered = [goodPassword, otherPassword, nested, recovered, recoveredAgain].map(
      (text) => `$test$v=1$${digest('hash', text)}`,
    );
    // A way back leaves none.
    expect([...passwords].sort()).toEqual([...offered, 'null'].sort());
  });

  it('ENUM-11, SES-22: sessions and links are looked up by digest, and by nothing else', () => {
    const idsOf = (kind: string, verb: RegExp) =>
      told.written.values.flatMap((value) => {
        const { call, args } = value as { call: string; args: readonly unknown[] };
        if (!call.startsWith(`${kind}.`) || !verb.test(call)) return [];
        const [first] = args as [string | { id: string }];
        return [typeof first === 'string' ? first : first.id];
      });
    const known = [...told.sessionSecrets, ...told.tokens].map((secret) => digest('session', secret));
    const asked = new Set(idsOf('session', /\.(get|create|replace|delete)$/));
    expect([...asked].filter((id) => !known.includes(id))).toEqual(['A'.repeat(43)].filter((id) => asked.has(id)));
    const purposes = ['verify_email', 'reset_password', 'change_email', 'revert_email'];
    const links = new Set(told.tokens.flatMap((token) => purposes.map((purpose) => digest(purpose, token))));
    const other = new Set(idsOf('one_time', /\.(get|create|replace|delete)$/).filter((id) => !links.has(id)));
    // To which address ways back lead is kept under the user's id, which is no secret.
    expect([...other]).toEqual([digest('revert_email pin', told.userId)]);
  });

  it('no event has one, no answer, no error, no line on the console', () => {
    expect(said.length).toBeGreaterThan(30);
    expect(found(said.join('\n'), told.secrets)).toEqual([]);
    const bodies = told.answers.map(({ body, headers }) => {
      const others = [...headers].filter(([name]) => name !== 'set-cookie');
      return shown({ body, others });
    });
    expect(found(bodies.join('\n'), told.secrets)).toEqual([]);
    for (const error of told.thrown) expect(error).toBeInstanceOf(AuthProblem);
    expect(found(told.thrown.map(shown).join('\n'), told.secrets)).toEqual([]);
  });

  it('a mail has its link and nothing else', () => {
    const { secrets } = told;
    const others = Object.fromEntries(Object.entries(secrets).filter(([name]) => !name.startsWith('token')));
    expect(found(shown(told.w.outbox), others)).toEqual([]);
    for (const mail of told.w.outbox) {
      const { url, ...rest } = mail as { url?: string | null };
      expect(found(shown(rest), secrets)).toEqual([]);
      expect(url === undefined || url === null || new URL(url).searchParams.size === 1).toBe(true);
    }
  });

  it('the instance shows none, however deep one looks', () => {
    expect(found(shown(told.w.auth), told.secrets)).toEqual([]);
    expect(
      found(
        shown(Object.values(told.w.auth).map((part) => [part, Object.getOwnPropertyDescriptors(part)])),
        told.secrets,
      ),
    ).toEqual([]);
  });
});

describe('INJ-09: where things fail with the secret in hand', () => {
  const email = 'alice@example.org';
  const leaky: readonly (readonly [string, (secret: string) => unknown])[] = [
    ['an Error that quotes it', (secret) => new Error(`cannot handle ${secret}`)],
    ['an Error that ends in it', (secret) => new Error(`cannot handle:\n    at ${secret}`)],
    [
      'an Error with a member and a cause',
      (secret) => Object.assign(new Error('failed', { cause: { secret } }), { args: [secret] }),
    ],
    [
      'a StoreUnavailableError with a cause',
      (secret) => new StoreUnavailableError('hash', { cause: new Error(secret) }),
    ],
    ['a text', (secret) => secret],
    ['an object', (secret) => ({ secret, toString: () => secret })],
  ];

  const failing = (make: (secret: string) => unknown, verbs: readonly string[]): PasswordHasher => {
    const plain = testHasher([]);
    return {
      ...plain,
      hash: async (text) => (verbs.includes('hash') ? Promise.reject(make(text)) : plain.hash(text)),
      verify: async (text, encoded) =>
        verbs.includes('verify') ? Promise.reject(make(text)) : plain.verify(text, encoded),
    };
  };
  const signIn = async (auth: Auth<JsonObject>, w: World) => {
    const browser = newBrowser(auth);
    await browser.post('/register', { email, password: goodPassword });
    await auth.drain();
    await browser.post('/verify-email', { token: w.tokenFor(email) });
    await browser.post('/login', { email, password: goodPassword });
    return browser;
  };
  const resetLink = async (w: World): Promise<string> => {
    w.clock.advance(1_200_000);
    await w.browser().post('/forgot-password', { email });
    await w.auth.drain();
    return w.tokenFor(email, 'reset_password');
  };
  const passwords = { goodPassword: traces(goodPassword), otherPassword: traces(otherPassword) };

  it.each(leaky)('a hasher that throws %s: no answer, no event, no console has it', async (_, make) => {
    const inner = memoryStores();
    const first = world({ inner });
    const jar = (await signIn(first.auth, first)).jar;
    for (const verbs of [['hash'], ['verify'], ['hash', 'verify']]) {
      const w = world({ inner, hasher: failing(make, verbs) });
      const alice = newBrowser(w.auth, '192.0.2.1', new Map(jar));
      const answers = [
        await alice.post('/register', { email: 'b@example.org', password: goodPassword }),
        await alice.post('/login', { email, password: goodPassword }),
        await alice.post('/step-up', { password: goodPassword }),
        await alice.post('/change-password', { current: goodPassword, password: otherPassword }),
        await alice.post('/verify-email', { token: 'A'.repeat(43), password: goodPassword }),
        await alice.post('/reset-password', { token: await resetLink(first), password: otherPassword }),
      ];
      await w.auth.drain();
      expect(answers.filter(({ status }) => status >= 500).length).toBeGreaterThanOrEqual(1);
      expect(found([answers, w.events, w.outbox].map(shown).join('\n'), passwords)).toEqual([]);
      expect(found(said.join('\n'), passwords)).toEqual([]);
    }
  });

  it('whatever a hasher throws: no AuthProblem has it, its cause included', async () => {
    const leaks: string[] = [];
    for (const [name, make] of leaky) {
      const w = world({ hasher: failing(make, ['hash', 'verify']) });
      const source = new Headers();
      const outcomes = await Promise.allSettled([
        w.auth.api.login({ email, password: goodPassword }, source),
        w.auth.api.register({ email, password: goodPassword }, source, { peer: '192.0.2.1' }),
      ]);
      const errors = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : null));
      for (const error of errors) expect(error).toBeInstanceOf(AuthProblem);
      if (found(errors.map(shown).join('\n'), passwords).length > 0) leaks.push(name);
    }
    expect(leaks).toEqual([]);
  });

  it('a thrown AuthProblem as JSON is what a client may see, whatever caused it', async () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), {
      query: 'insert into auth_records',
      parameters: ['$argon2id$…'],
    });
    const w = world({ instruments: { before: () => Promise.reject(cause), after: async () => {} } });
    const source = new Headers({ cookie: `__Host-session=v1.${'A'.repeat(43)}` });
    for (const ask of [
      () => w.auth.authenticate(source),
      () => w.auth.require(source),
      () => w.auth.api.session({}, source),
    ]) {
      const error = await ask().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AuthProblem);
      expect(JSON.stringify(error)).not.toMatch(/ECONNREFUSED|auth_records|argon2id/);
    }
  });

  it('a notifier that throws its link: an event says so, and nothing says it', async () => {
    const links: string[] = [];
    const w = world({
      notifier: {
        send: async (message) => {
          const url = 'url' in message ? (message.url ?? '') : '';
          links.push(new URL(url).searchParams.get('token') ?? '');
          throw Object.assign(new Error(`550 rejected:\n    at ${url}`), { message, envelope: message });
        },
      },
      events: consoleEvents(),
    });
    expect((await w.browser().post('/register', { email, password: goodPassword })).status).toBe(202);
    await w.auth.drain();
    expect((await w.browser().post('/verify-email/send', { email })).status).toBe(202);
    await w.auth.drain();
    expect(links.length).toBe(2);
    expect(said.filter((line) => line.includes('notifier.failed')).length).toBe(2);
    const tokens = Object.fromEntries(links.map((token) => [token, traces(token)]));
    expect(found([...said, shown(w.events)].join('\n'), tokens)).toEqual([]);
  });

  it.each(leaky)('a store that throws %s, with all it was given: at every call of a sign-in', async (_, make) => {
    for (let n = 1; n <= 8; n += 1) {
      const inner = memoryStores();
      const first = world({ inner });
      const jar = (await signIn(first.auth, first)).jar;
      let calls = 0;
      const given: unknown[] = [];
      const written = recordWrites(inner);
      const w = world({
        inner: written.stores,
        instruments: {
          before: async () => {},
          after: async () => {
            calls += 1;
            given.push(written.values.at(-1));
            if (calls === n) throw make(JSON.stringify(written.values.at(-1)));
          },
        },
      });
      const alice = newBrowser(w.auth, '192.0.2.1', new Map(jar));
      const answer = await alice.post('/login', { email, password: goodPassword });
      await w.auth.drain();
      const session = cookieValue(answer, 'session').slice('v1.'.length);
      const secrets = {
        ...passwords,
        ...(session === '' ? {} : { session: traces(session) }),
        old: traces((jar.get('__Host-session') ?? '').slice(3)),
      };
      expect(found([answer.body, w.events, given].map(shown).join('\n'), secrets)).toEqual([]);
    }
  });

  it('a breach check that throws the password: it is allowed, and an event says so', async () => {
    const w = world({ breach: { isBreached: (text) => Promise.reject(new Error(`GET /range/${text}`)) } });
    expect((await w.browser().post('/register', { email, password: goodPassword })).status).toBe(202);
    await w.auth.drain();
    expect(w.events.filter(({ code }) => code === 'breach_check_unavailable')).toHaveLength(1);
    expect(found(shown(w.events) + said.join('\n'), passwords)).toEqual([]);
  });

  it('hooks are given no secret', async () => {
    const seen: unknown[] = [];
    const hook = async (input: unknown) => {
      seen.push(input);
      return null;
    };
    const w = world({ hooks: { beforeRegister: hook, beforeSession: hook } });
    const jar = (await signIn(w.auth, w)).jar;
    expect(seen).toHaveLength(2);
    const cookies = Object.fromEntries([...jar].map(([name, value]) => [name, traces(value.replace(/^v1\./, ''))]));
    expect(found(shown(seen), { ...passwords, ...cookies })).toEqual([]);
  });

  it('CRY-06: an AuthConfigError quotes no secret, however wrong it is', () => {
    const bad = [
      '1:hunter2hunter2hunter2',
      `1:${testSecrets}:x`,
      `1:${'Zm9v'.repeat(12)}`,
      'correct horse battery staple!',
      `a b:${testSecrets.slice(2)}`,
    ];
    for (const secrets of [...bad, [testSecrets, testSecrets], `${testSecrets},${testSecrets}`]) {
      let thrown: unknown = null;
      try {
        createAuth({
          origin,
          secrets,
          stores: memoryStores(),
          notifier: { send: async () => {} },
          features: [password()],
          clientIp: 'peer',
        });
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(AuthConfigError);
      const pieces = [secrets].flat().flatMap((text) => traces(text));
      expect(found(shown(thrown), { secret: pieces })).toEqual([]);
    }
  });
});
