import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CredentialRecord, password, totp } from '../src/index.ts';
import { goodPassword, testSecrets, type World } from './harness.ts';
import { credentialsOf, sessionsOf, tokensOf, userOf } from './probes.ts';
import {
  enrol,
  eventsOf,
  factorsOf,
  halfway,
  mfaWorld,
  second,
  signedInTwice,
  stepMs,
  withFactor,
} from './second-factor.ts';
import { expectProblem, type WireRoute, wireRoutes, wireSend } from './wire.ts';

const email = 'ann@example.com';
const someId = 'A'.repeat(22);

/** What this feature adds, with a body that the input gate lets pass. */
const mfaRoutes: readonly WireRoute[] = [
  {
    ...{ method: 'POST', path: '/login/mfa', takesForms: true, guarded: false },
    body: { challenge: 'A'.repeat(43), method: 'totp', code: '123456' },
  },
  ...[
    { method: 'GET', path: '/mfa', body: {} },
    { method: 'POST', path: '/mfa/totp', body: { label: 'Phone' } },
    { method: 'POST', path: `/mfa/totp/${someId}/confirm`, body: { code: '123456' } },
    { method: 'POST', path: '/mfa/recovery-codes', body: {} },
    { method: 'POST', path: `/mfa/${someId}`, body: { label: 'Phone' } },
    { method: 'DELETE', path: `/mfa/${someId}`, body: {} },
    { method: 'POST', path: '/step-up', body: { method: 'totp', code: '123456' } },
  ].map((route) => ({ ...route, takesForms: false, guarded: true }) as WireRoute),
];

const sendTo = (w: World, { method, path, body }: WireRoute, headers: Record<string, string> = {}, more: object = {}) =>
  wireSend(w.auth, path, {
    method,
    headers,
    ...(method === 'POST' ? { body: JSON.stringify({ ...body, ...more }) } : { type: null }),
  });

describe('MFA-05: what a password alone gives opens nothing but the second step', () => {
  it('neither as a cookie of any name, nor as a bearer, nor as a token or id, on any route', async () => {
    const w = mfaWorld();
    const { app } = await withFactor(w, email);
    const { id } = await userOf(w, email);
    const { browser, challenge } = await halfway(w, email);
    expect([...browser.jar]).toEqual([]);
    const record = await credentialsOf(w).get(id);
    const sessions = (await sessionsOf(w).listByUser(id)).length;
    const names = ['session', 'refresh', 'flow', 'device', 'trusted'].map((kind) => `__Host-${kind}`);
    const carriers: Record<string, string>[] = [
      ...names.flatMap((name) => [{ cookie: `${name}=${challenge}` }, { cookie: `${name}=v1.${challenge}` }]),
      { authorization: `Bearer ${challenge}` },
      { 'x-csrf-token': challenge },
    ];
    const guarded = [...wireRoutes, ...mfaRoutes].filter((route) => route.guarded);
    expect(guarded.length).toBeGreaterThan(12);
    for (const route of guarded) {
      for (const headers of carriers) {
        const problem = await expectProblem(await sendTo(w, route, headers));
        expect([route.path, headers, problem.code]).toEqual([route.path, headers, 'unauthenticated']);
      }
    }
    for (const path of ['/verify-email', '/reset-password', '/change-email/confirm', '/change-email/revert']) {
      const route = wireRoutes.find((one) => one.path === path);
      if (route === undefined) throw new Error(path);
      const problem = await expectProblem(await sendTo(w, route, {}, { token: challenge }));
      expect([path, problem.code]).toEqual([path, 'token_invalid']);
    }
    for (const headers of carriers) {
      const session = await sendTo(w, { method: 'GET', path: '/session' } as WireRoute, headers);
      expect(await session.json()).toEqual({ user: null, session: null });
      expect(await w.auth.authenticate(new Headers(headers))).toBeNull();
    }
    expect(await credentialsOf(w).get(id)).toEqual(record);
    expect(await sessionsOf(w).listByUser(id)).toHaveLength(sessions);
    expect((await second({ browser, challenge }, app.code())).status).toBe(200);
  });

  it('and no other secret of the account opens the second step', async () => {
    const w = mfaWorld();
    const { browser, app } = await withFactor(w, email);
    const { id } = await userOf(w, email);
    const { challenge } = await halfway(w, email);
    const [record] = await tokensOf(w).listByUser(id);
    const session = browser.jar.get('__Host-session')?.slice('v1.'.length) ?? '';
    for (const other of [session, record?.id ?? '', id, app.id, app.secret, challenge.slice(1), `${challenge}A`]) {
      const answer = await second({ browser: w.browser(), challenge: other }, app.code());
      expect([other, answer.body.code]).toEqual([other, 'challenge_expired']);
    }
  });
});

describe('the routes of second factors', () => {
  const w = mfaWorld();
  it.each(mfaRoutes)(
    '$method $path takes exactly its members, from our own pages, of who is signed in',
    async (route) => {
      if (route.guarded) expect((await expectProblem(await sendTo(w, route))).code).toBe('unauthenticated');
      const foreign = await sendTo(w, route, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' });
      if (route.method !== 'GET') expect((await expectProblem(foreign)).code).toBe('csrf_rejected');
      if (route.method !== 'POST') return;
      const more = await expectProblem(await sendTo(w, route, {}, { aal: 2 }));
      expect([more.code, more['errors']]).toEqual([
        ...['validation_failed', [{ pointer: '/aal', code: 'unknown_member' }]],
      ]);
      const named = await expectProblem(await sendTo(w, route, {}, { id: someId }));
      expect([named.code, named['errors']]).toEqual([
        ...['validation_failed', [{ pointer: '/id', code: 'unknown_member' }]],
      ]);
    },
  );

  it('MFA-19: no member of a request says what time it is', async () => {
    for (const route of mfaRoutes.filter(({ method }) => method === 'POST')) {
      for (const name of ['timestamp', 'now', 'time', 'step', 'window', 'counter'])
        expect((await expectProblem(await sendTo(w, route, {}, { [name]: 1 }))).code).toBe('validation_failed');
    }
  });

  it('each has a method of auth.api that does the same', async () => {
    const own = mfaWorld();
    const browser = await own.signedIn(email);
    const { api } = own.auth;
    const enrolled = await api.enrolTotp({ label: 'Phone' }, browser.headers());
    expect(Object.keys(enrolled.value)).toEqual(['factorId', 'secret', 'uri']);
    expect((await api.factors({}, browser.headers())).value).toEqual({ factors: [], recoveryCodesLeft: 0 });
    const { app } = await enrol(own, browser);
    await api.renameFactor({ id: app.id, label: 'Desk' }, browser.headers());
    expect((await api.regenerateRecoveryCodes({}, browser.headers())).value.recoveryCodes).toHaveLength(10);
    const login = await api.login({ email, password: goodPassword }, new Headers());
    if (login.value.status !== 'mfa_required') throw new Error(login.value.status);
    const { challenge } = login.value;
    const entered = await api.loginMfa({ challenge, method: 'totp', code: app.code() }, new Headers());
    expect([entered.value.status, entered.cookies.length]).toEqual(['signed_in', 2]);
    own.clock.advance(stepMs);
    const stepped = await api.stepUp({ method: 'totp', code: app.code() }, browser.headers());
    expect(stepped.value.session.aal).toBe(2);
    const cookie = stepped.cookies[0]?.split(';')[0] ?? '';
    expect((await api.removeFactor({ id: app.id }, new Headers({ cookie }))).cookies).toHaveLength(1);
  });
});

describe('the one gate', () => {
  const root = fileURLToPath(new URL('../src/', import.meta.url));
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => [file, readFileSync(`${root}${file}`, 'utf8')] as const);

  it('is the only file that a session store with `create` is handed to', () => {
    const openers = sources.filter(([, text]) => /open<SessionRecord>\(/.test(text)).map(([file]) => file);
    // The composition root opens it; the other two only read: the joined reads, and the memory tables themselves.
    expect(openers.sort()).toEqual(['composition/modules.ts', 'modules/subjects.ts']);
    const root_ = sources.find(([file]) => file === 'composition/modules.ts')?.[1] ?? '';
    expect([...root_.matchAll(/sessionStore\b/g)]).toHaveLength(3);
    expect(sources.find(([file]) => file === 'modules/sessions.ts')?.[1]).toContain("Omit<SessionStore, 'create'>");
    expect(sources.find(([file]) => file === 'modules/subjects.ts')?.[1]).not.toMatch(/sessions\.create\(/);
    const named = sources.filter(([, text]) => /\bSessionStore\b/.test(text)).map(([file]) => file);
    expect(named.sort()).toEqual(['modules/gate.ts', 'modules/sessions.ts', 'ports/domain.ts']);
  });

  it('is the only file that makes a session cookie’s secret into a session', () => {
    const minting = sources.filter(([, text]) => /digest\('session'/.test(text)).map(([file]) => file);
    expect(minting.sort()).toEqual(['modules/gate.ts', 'primitives/session-cookie.ts']);
    const creating = sources.filter(([, text]) => /'session\.created'/.test(text)).map(([file]) => file);
    expect(creating.sort()).toEqual(['modules/gate.ts', 'ports/events.ts']);
  });

  it('hands no feature a store in which a session could be made', async () => {
    const seen: string[] = [];
    const spy = (name: string) => ({
      name,
      install: (kit: object) => {
        const visit = (value: unknown, path: string, depth: number): void => {
          if (typeof value !== 'object' || value === null || depth > 3) return;
          for (const [key, inner] of Object.entries(value)) {
            if (key === 'create' && typeof inner === 'function') seen.push(path);
            visit(inner, `${path}.${key}`, depth + 1);
          }
        };
        visit(kit, 'kit', 0);
        return { routes: [], pages: [] };
      },
    });
    mfaWorld({ features: [password(), totp({ issuer: 'Example' }), spy('spy')] as never });
    const inMemory = (await import('../src/index.ts')).memoryStores();
    mfaWorld({ unwatched: true, inner: inMemory, features: [password(), spy('bare')] as never });
    expect([...new Set(seen)].sort()).toEqual([
      ...['kit.accountStore', 'kit.credentials', 'kit.factorStore', 'kit.trustedStore', 'kit.users'],
    ]);
  });
});

describe('keys', () => {
  const newer = `2:${'pR7tW2yB5nM8kL1jH4gF6dS9aZ3xC0vQeUiOoPqYwEr'.slice(0, 43)}`;

  it('CRY-04: rotating the secrets signs nobody out and loses no factor; the secret is sealed again when it is used', async () => {
    const w = mfaWorld();
    const { browser, app } = await withFactor(w, email);
    const { id } = await userOf(w, email);
    const kidOf = async () => (await factorsOf(w).get(app.id))?.secret.split('.')[0];
    expect(await kidOf()).toBe('1');
    const rotated = mfaWorld({ inner: w.stores, clock: w.clock, secrets: `${newer},${testSecrets}` });
    expect((await rotated.auth.authenticate(browser.headers()))?.user.id).toBe(id);
    expect((await rotated.browser().post('/login', { email, password: goodPassword })).body.status).toBe(
      'mfa_required',
    );
    await signedInTwice(rotated, email, app);
    expect(await kidOf()).toBe('2');
    const after = mfaWorld({ inner: w.stores, clock: w.clock, secrets: newer });
    expect((await after.auth.authenticate(browser.headers()))?.user.id).toBe(id);
    await signedInTwice(after, email, app);
  });

  it('a key that was taken away too early is told, once, and lets nobody in', async () => {
    const w = mfaWorld();
    const { app } = await withFactor(w, email);
    const other = mfaWorld({ inner: w.stores, clock: w.clock, secrets: newer });
    for (const _ of [1, 2])
      expect((await second(await halfway(other, email), app.code())).body.code).toBe('mfa_code_invalid');
    expect(eventsOf(other, 'config.notice').filter(({ code }) => code === 'factor_unreadable')).toHaveLength(1);
  });

  it('CRY-02: a sealed secret that is copied to another user or another record opens nothing', async () => {
    const w = mfaWorld();
    const ann = await withFactor(w, email);
    const mallory = await withFactor(w, 'mallory@example.com');
    const spare = await enrol(w, mallory.browser);
    const secretOf = async (id: string) => (await factorsOf(w).get(id))?.secret ?? '';
    const put = async (id: string, secret: string) => {
      const record = await factorsOf(w).get(id);
      if (record === null) throw new Error('no record');
      await factorsOf(w).replace({ ...record, secret, version: record.version + 1 }, record.version);
    };
    // Mallory can write to the database: his secret in Ann's record, and one of his in another of his.
    await put(ann.app.id, await secretOf(mallory.app.id));
    expect((await second(await halfway(w, email), mallory.app.code())).status).toBe(401);
    await put(spare.app.id, await secretOf(mallory.app.id));
    await mallory.browser.delete(`/mfa/${mallory.app.id}`);
    const way = await w.browser().post('/login', { email: 'mallory@example.com', password: goodPassword });
    const answer = await second({ browser: w.browser(), challenge: way.body.challenge }, mallory.app.code());
    expect(answer.status).toBe(401);
  });

  it('CRY-02: nor does a record that is given to another user, id and all', async () => {
    const w = mfaWorld();
    const ann = await withFactor(w, email);
    await withFactor(w, 'mallory@example.com');
    const { id: userId } = await userOf(w, 'mallory@example.com');
    const stolen = await factorsOf(w).get(ann.app.id);
    const record = await credentialsOf(w).get(userId);
    if (stolen === null || record === null) throw new Error('no record');
    await factorsOf(w).replace({ ...stolen, userId, version: stolen.version + 1 }, stolen.version);
    const factors = [...record.factors, ann.app.id];
    await credentialsOf(w).replace({ ...record, factors, version: record.version + 1 }, record.version);
    const way = await w.browser().post('/login', { email: 'mallory@example.com', password: goodPassword });
    const answer = await second({ browser: w.browser(), challenge: way.body.challenge }, ann.app.code());
    expect(answer.status).toBe(401);
  });

  it('names of another user’s factor in a credential record count for nothing', async () => {
    const w = mfaWorld();
    const ann = await withFactor(w, email);
    const mallory = await withFactor(w, 'mallory@example.com');
    const { id } = await userOf(w, email);
    const record = (await credentialsOf(w).get(id)) as CredentialRecord;
    const factors = [...record.factors, mallory.app.id];
    await credentialsOf(w).replace({ ...record, factors, version: record.version + 1 }, record.version);
    expect((await second(await halfway(w, email), mallory.app.code())).status).toBe(401);
    expect((await second(await halfway(w, email), ann.app.code())).status).toBe(200);
  });
});
