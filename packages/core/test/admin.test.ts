import { describe, expect, it } from 'vitest';
import {
  AuthConfigError,
  AuthProblem,
  type CredentialRecord,
  type Feature,
  memoryStores,
  type OneTimeToken,
  type SessionRecord,
} from '../src/index.ts';
import { type Browser, goodPassword, newBrowser, otherPassword, type World, world } from './harness.ts';
import { recordWrites } from './wire.ts';

const alice = 'alice@example.org';
const bob = 'bob@example.org';

const idOf = async (browser: Browser): Promise<string> => (await browser.get('/session')).body.user.id;
const isSignedIn = async (w: World, browser: Browser): Promise<boolean> =>
  (await w.auth.authenticate(browser.headers())) !== null;
const problemOf = async (operation: Promise<unknown>): Promise<AuthProblem['problem']> => {
  const outcome = await operation.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(AuthProblem);
  return (outcome as AuthProblem).problem;
};
const login = async (w: World, email: string, password = goodPassword) => {
  const { status, body } = await w.browser('203.0.113.8').post('/login', { email, password });
  return status === 200 ? 200 : `${status} ${body.code}`;
};
/** Two sessions of Alice, one of Bob: what happens to Alice must not happen to Bob. */
const cast = async (w: World) => {
  const one = await w.signedIn(alice);
  const two = w.browser('203.0.113.7');
  await two.post('/login', { email: alice, password: goodPassword });
  const other = await w.signedIn(bob);
  return { one, two, other, userId: await idOf(one), otherId: await idOf(other) };
};

describe('setDisabled', () => {
  it('SES-18: ends every session at once, also where the sweep has not come yet, and enabling brings none back', async () => {
    const w = world();
    const { one, two, other, userId } = await cast(w);
    await w.auth.api.setDisabled(userId, true);
    expect([await isSignedIn(w, one), await isSignedIn(w, two), await isSignedIn(w, other)]).toEqual([
      false,
      false,
      true,
    ]);
    expect((await one.get('/session')).body).toEqual({ user: null, session: null });
    expect((await one.get('/sessions')).status).toBe(401);
    expect(await login(w, alice)).toBe('403 account_disabled');
    expect(await login(w, alice, otherPassword)).toBe('401 invalid_credentials');
    await w.auth.api.setDisabled(userId, false);
    expect([await isSignedIn(w, one), await isSignedIn(w, two)]).toEqual([false, false]);
    await w.auth.drain();
    expect(await w.stores.ephemeral.open<SessionRecord>('session').listByUser(userId)).toEqual([]);
    expect(await login(w, alice)).toBe(200);
  });

  it('SES-18: the rows that a sweep missed are dead all the same', async () => {
    const inner = memoryStores();
    const unswept = {
      ...inner.ephemeral,
      open: (kind: string) => ({ ...inner.ephemeral.open(kind), listByUser: async () => [] }),
    };
    const w = world({ inner: { ...inner, ephemeral: unswept as typeof inner.ephemeral } });
    const { one, two, userId } = await cast(w);
    for (const disabled of [true, false]) await w.auth.api.setDisabled(userId, disabled);
    await w.auth.drain();
    expect(await inner.ephemeral.open<SessionRecord>('session').listByUser(userId)).toHaveLength(2);
    expect([await isSignedIn(w, one), await isSignedIn(w, two)]).toEqual([false, false]);
  });

  it('twice is once: the second changes nothing', async () => {
    const w = world();
    const { userId } = await cast(w);
    const credential = () => w.stores.durable.open<CredentialRecord>('credential').get(userId);
    const before = await credential();
    await w.auth.api.setDisabled(userId, true);
    const first = await credential();
    expect(first?.epoch).toBe((before?.epoch ?? 0) + 1);
    w.clock.advance(1_000);
    await w.auth.api.setDisabled(userId, true);
    expect(await credential()).toEqual(first);
    await w.auth.api.setDisabled(userId, false);
    await w.auth.api.setDisabled(userId, false);
    expect(await credential()).toMatchObject({ disabledAt: null, epoch: first?.epoch, version: 3 });
  });

  it('a disabled account gets no link, and the one it has works no more, even when it is enabled again', async () => {
    const w = world();
    const browser = w.browser();
    await browser.post('/register', { email: alice, password: goodPassword });
    await w.auth.drain();
    const token = w.tokenFor(alice);
    const userId = (await w.stores.users.findByLoginKey(alice))?.id ?? '';
    await w.auth.api.setDisabled(userId, true);
    expect((await browser.post('/verify-email', { token })).body.code).toBe('token_invalid');
    w.outbox.length = 0;
    expect((await browser.post('/verify-email/send', { email: alice })).status).toBe(202);
    await w.auth.drain();
    expect(w.outbox).toEqual([]);
    await w.auth.api.setDisabled(userId, false);
    expect((await browser.post('/verify-email', { token })).body.code).toBe('token_invalid');
  });
});

describe('revokeAll', () => {
  it('SES-21: ends every session of that user, and nobody else’s; the password works on', async () => {
    const w = world();
    const { one, two, other, userId } = await cast(w);
    await w.auth.api.revokeAll(userId);
    expect([await isSignedIn(w, one), await isSignedIn(w, two), await isSignedIn(w, other)]).toEqual([
      false,
      false,
      true,
    ]);
    await w.auth.drain();
    expect(await w.stores.ephemeral.open<SessionRecord>('session').listByUser(userId)).toEqual([]);
    expect(await login(w, alice)).toBe(200);
  });

  it('EMAIL-13: ends pending links too', async () => {
    const w = world();
    const browser = w.browser();
    await browser.post('/register', { email: alice, password: goodPassword });
    await w.auth.drain();
    await w.auth.api.revokeAll((await w.stores.users.findByLoginKey(alice))?.id ?? '');
    expect((await browser.post('/verify-email', { token: w.tokenFor(alice) })).body.code).toBe('token_invalid');
  });

  it('SES-18: with a lag, in this process, it is at once as well', async () => {
    const w = world({ session: { revocationLag: 60_000 } });
    const { one, other, userId } = await cast(w);
    for (const browser of [one, other]) expect(await isSignedIn(w, browser)).toBe(true);
    await w.auth.api.revokeAll(userId);
    expect([await isSignedIn(w, one), await isSignedIn(w, other)]).toEqual([false, true]);
  });
});

describe('deleteUser', () => {
  it('SES-18: nothing is left but the limiter, and the address is free', async () => {
    const written = recordWrites(memoryStores());
    const w = world({ inner: written.stores });
    const { one, two, other, userId, otherId } = await cast(w);
    await w.auth.api.deleteUser(userId);
    expect([await isSignedIn(w, one), await isSignedIn(w, two), await isSignedIn(w, other)]).toEqual([
      false,
      false,
      true,
    ]);
    const { users, durable, ephemeral } = w.stores;
    expect([await users.get(userId), await users.findByLoginKey(alice)]).toEqual([null, null]);
    expect(await durable.open<CredentialRecord>('credential').get(userId)).toBeNull();
    for (const [space, kinds] of [
      [durable, ['credential', 'account', 'mfa_factor']],
      [ephemeral, ['session', 'refresh', 'one_time']],
    ] as const) {
      for (const kind of kinds) expect([kind, await space.open(kind).listByUser(userId)]).toEqual([kind, []]);
    }
    expect(await login(w, alice)).toBe('401 invalid_credentials');
    const anew = w.browser('192.0.2.3');
    expect((await anew.post('/register', { email: alice, password: otherPassword })).status).toBe(202);
    await w.auth.drain();
    expect((await anew.post('/verify-email', { token: w.tokenFor(alice) })).status).toBe(204);
    expect([await login(w, alice), await login(w, alice, otherPassword)]).toEqual(['401 invalid_credentials', 200]);
    expect([await isSignedIn(w, one), await isSignedIn(w, two)]).toEqual([false, false]);
    expect(await users.get(otherId)).not.toBeNull();
  });

  it('a link that was under way dies with the user, leaves nothing of them, and does not work for their successor', async () => {
    const w = world({ unwatched: true });
    const browser = w.browser();
    await browser.post('/register', { email: alice, password: goodPassword });
    await w.auth.drain();
    const token = w.tokenFor(alice);
    const userId = (await w.stores.users.findByLoginKey(alice))?.id ?? '';
    await w.auth.api.deleteUser(userId);
    expect((await browser.post('/verify-email', { token, password: goodPassword })).body.code).toBe('token_invalid');
    await browser.post('/register', { email: alice, password: otherPassword });
    await w.auth.drain();
    expect((await browser.post('/verify-email', { token, password: otherPassword })).body.code).toBe('token_invalid');
    // It holds the address: what is left of a deleted user ends at the latest with its lifetime.
    w.clock.advance(86_400_000 + 120_000);
    await w.auth.sweep();
    expect(await w.stores.ephemeral.open<OneTimeToken>('one_time').listByUser(userId)).toEqual([]);
  });

  it('INJ-14: what a crash left without a credential record can be deleted', async () => {
    const w = world();
    await w.stores.users.create({
      ...{
        id: 'usr_left',
        version: 1,
        loginKey: alice,
        email: alice,
        emailVerifiedAt: null,
        createdAt: 1,
        profile: {},
      },
    });
    await w.auth.api.deleteUser('usr_left');
    expect(await w.stores.users.findByLoginKey(alice)).toBeNull();
    expect((await problemOf(w.auth.api.deleteUser('usr_left'))).code).toBe('not_found');
  });

  it('TOK-18: ten at once: one account less, everybody answered, nothing left', async () => {
    const w = world();
    const { userId } = await cast(w);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => w.auth.api.deleteUser(userId)));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(['not_found', 'conflict']).toContain(outcome.reason.problem.code);
    }
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect([await w.stores.users.get(userId), await w.stores.durable.open('credential').get(userId)]).toEqual([
      null,
      null,
    ]);
  });
});

describe('for whom there is nobody', () => {
  it.each(['usr_none', '', '__proto__', 'constructor', '*', 'usr_'.padEnd(64, 'x')])(
    '%j: not_found, and nothing is written',
    async (userId) => {
      const w = world();
      await cast(w);
      w.log.length = 0;
      for (const operation of [
        w.auth.api.setDisabled(userId, true),
        w.auth.api.setDisabled(userId, false),
        w.auth.api.revokeAll(userId),
        w.auth.api.deleteUser(userId),
      ]) {
        const problem = await problemOf(operation);
        expect([problem.code, problem.status]).toEqual(['not_found', 404]);
      }
      expect(w.log.filter((call) => /create|replace|reset/.test(call))).toEqual([]);
    },
  );

  it('no route leads to them', async () => {
    const w = world();
    const { one, userId } = await cast(w);
    for (const path of [
      '/set-disabled',
      '/setDisabled',
      '/revoke-all',
      '/revokeAll',
      '/delete-user',
      '/deleteUser',
      `/users/${userId}`,
      '/admin',
      '/start-reset',
      '/startReset',
    ]) {
      for (const answer of [await one.post(path, { userId }), await one.delete(path), await one.get(path)])
        expect(answer.status).toBe(404);
    }
  });
});

describe('auth.api', () => {
  const source = new Headers();
  const peer = { peer: '192.0.2.50' };
  const jarOf = (cookies: readonly string[]): Headers =>
    new Headers({
      cookie: cookies
        .map((cookie) => cookie.split(';')[0])
        .filter((pair) => !pair?.endsWith('='))
        .join('; '),
    });

  it('is the routes once more: the same story, with cookies to apply and refusals thrown', async () => {
    const w = world();
    const { api } = w.auth;
    const registered = await api.register({ email: alice, password: goodPassword }, source, peer);
    expect([registered.value, registered.cookies.map((one) => one.split('=')[0])]).toEqual([
      { status: 'check_email' },
      ['__Host-flow'],
    ]);
    await w.auth.drain();
    expect((await problemOf(api.login({ email: alice, password: goodPassword }, source, peer))).code).toBe(
      'email_unverified',
    );
    const token = w.tokenFor(alice);
    expect((await problemOf(api.verifyEmail({ token }, source, peer))).code).toBe('invalid_credentials');
    expect((await api.verifyEmail({ token }, jarOf(registered.cookies), peer)).value).toBeNull();
    expect((await problemOf(api.verifyEmail({ token }, jarOf(registered.cookies), peer))).code).toBe('token_invalid');
    const done = await api.login({ email: alice, password: goodPassword, transport: 'cookie' }, source, peer);
    expect(done.value).toMatchObject({ status: 'signed_in', user: { email: alice, emailVerified: true } });
    expect(done.cookies.map((one) => one.split('=')[0])).toEqual(['__Host-session', '__Host-device']);
    const headers = jarOf(done.cookies);
    const shown = await api.session({}, headers);
    expect([shown.value.user?.email, shown.cookies]).toEqual([alice, []]);
    expect((await api.session({}, source)).value).toEqual({ user: null, session: null });
    expect((await api.sessions({}, headers)).value.sessions.map(({ current }) => current)).toEqual([true]);
    expect((await problemOf(api.sessions({}, source))).code).toBe('unauthenticated');
    const stepped = await api.stepUp({ password: goodPassword }, headers, peer);
    const next = jarOf(stepped.cookies);
    expect([await w.auth.authenticate(headers), (await w.auth.authenticate(next))?.session.id]).toEqual([
      null,
      stepped.value.session.id,
    ]);
    const changed = await api.changePassword({ current: goodPassword, password: otherPassword }, next, peer);
    const last = jarOf(changed.cookies);
    expect([changed.value, (await w.auth.authenticate(last))?.user.email, await w.auth.authenticate(next)]).toEqual([
      null,
      alice,
      null,
    ]);
    const out = await api.logout({ everywhere: true }, last, peer);
    expect(out.cookies).toEqual(['__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0']);
    expect(await w.auth.authenticate(last)).toBeNull();
    expect((await api.sendVerification({ email: alice }, source, peer)).value).toEqual({ status: 'check_email' });
    expect(
      await api
        .revokeSession({ id: shown.value.session?.id ?? '' }, last, peer)
        .catch((error: AuthProblem) => error.problem.code),
    ).toBe('unauthenticated');
  });

  it('takes a Request, its Headers, or anything with get', async () => {
    const w = world();
    const browser = await w.signedIn(alice);
    const headers = browser.headers();
    const cookie = headers.get('cookie');
    for (const from of [
      headers,
      new Request('https://x.example/', { headers }),
      { get: (name: string) => (name === 'cookie' ? cookie : null) },
    ]) {
      expect((await w.auth.authenticate(from))?.user.email).toBe(alice);
      expect((await w.auth.api.session({}, from)).value.user?.email).toBe(alice);
    }
  });

  it('INJ-04, EMAIL-10: has the same gate for input, whatever the caller hands on', async () => {
    const w = world();
    const browser = await w.signedIn(alice);
    w.log.length = 0;
    const headers = browser.headers();
    const api = w.auth.api as unknown as Record<
      string,
      (input: unknown, from: Headers, context: object) => Promise<unknown>
    >;
    const long = 'x'.repeat(1_000_000);
    const bad: readonly (readonly [string, unknown])[] = [
      ...[null, undefined, 5, 'x', [], { email: {} }, { email: ['a@b.co'], password: 'x' }].map(
        (input) => ['login', input] as const,
      ),
      ['login', Object.create({ email: alice, password: goodPassword })],
      ['login', { email: alice, password: long }],
      ['login', { email: long, password: 'x' }],
      ['login', { email: alice, password: goodPassword, role: 'admin' }],
      ['login', { email: alice, password: goodPassword, transport: 'body' }],
      ['register', { email: alice, password: goodPassword, emailVerified: true }],
      ['register', { email: alice, password: long }],
      ['logout', { everywhere: 'yes' }],
      ['session', { id: 1 }],
      ['stepUp', { password: '' }],
      ['changePassword', { current: goodPassword, password: [otherPassword] }],
      ['verifyEmail', { token: long }],
      ['sendVerification', { email: 'a\r\nb@x.org' }],
      ['revokeSession', { id: 5 }],
      ['revokeSession', {}],
      ['revokeSession', { id: long }],
      ['revokeSession', { id: '' }],
      ['revokeSession', { id: 'a\0b' }],
    ];
    for (const [name, input] of bad) {
      const { code } = await problemOf(api[name]?.(input, headers, peer) ?? Promise.resolve());
      expect([name, code]).toEqual([name, 'validation_failed']);
    }
    expect(w.log).toEqual([]);
  });

  it('RL-10: the limits are the same buckets', async () => {
    const w = world({ limits: { login_pair: { burst: 2, refillMs: 60_000 } } });
    const browser = w.browser(peer.peer);
    expect((await browser.post('/login', { email: alice, password: 'x' })).status).toBe(401);
    expect((await problemOf(w.auth.api.login({ email: alice, password: 'x' }, source, peer))).code).toBe(
      'invalid_credentials',
    );
    const limited = await problemOf(w.auth.api.login({ email: alice, password: 'x' }, source, peer));
    expect([limited.code, limited.retryAfter]).toEqual(['rate_limited', 60]);
    expect((await browser.post('/login', { email: alice, password: 'x' })).status).toBe(429);
  });

  it('SES-07: another’s session is 204 and alive', async () => {
    const w = world();
    const { one, other } = await cast(w);
    const { id } = (await other.get('/session')).body.session;
    expect((await w.auth.api.revokeSession({ id }, one.headers())).value).toBeNull();
    expect(await isSignedIn(w, other)).toBe(true);
  });

  it('feature_missing: a method whose feature is not listed says so when it is called', async () => {
    // Named like the feature that createAuth insists on, and bringing no route.
    const empty: Feature = { name: 'password', install: () => ({ routes: [], pages: [] }) };
    const w = world({ features: [empty] });
    const api = w.auth.api as unknown as Record<string, (input: unknown, from: Headers) => Promise<unknown>>;
    for (const name of ['register', 'login', 'stepUp', 'changePassword', 'verifyEmail', 'sendVerification']) {
      const thrown = await api[name]?.({}, source).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(AuthConfigError);
      const [issue] = (thrown as AuthConfigError).issues;
      expect([issue?.code, issue?.path, issue?.message.includes(name)]).toEqual(['feature_missing', 'features', true]);
    }
    expect(await w.auth.api.session({}, source)).toEqual({ value: { user: null, session: null }, cookies: [] });
    expect((await w.auth.api.logout({}, source)).value).toBeNull();
    expect((await newBrowser(w.auth).post('/login', {})).status).toBe(404);
  });
});
