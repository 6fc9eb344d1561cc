import { beforeEach, describe, expect, it } from 'vitest';
import { AuthProblem, type CredentialRecord, days, minutes, StoreUnavailableError, seconds } from '../src/index.ts';
import { type Browser, goodPassword, otherPassword, tally, type World } from './harness.ts';
import { audience, bearer, type Program, program, tokenWorld } from './tokens.ts';

const email = 'alice@example.org';

let w: World;
beforeEach(async () => {
  w = tokenWorld();
  await w.confirmed(email);
});

const page = async (): Promise<Browser> => {
  const browser = w.browser();
  const answer = await browser.post('/login', { email, password: goodPassword, transport: 'token' });
  expect(answer.status).toBe(200);
  return browser;
};
const native = async (more: Record<string, unknown> = {}): Promise<Program> => {
  const own = program(w.auth);
  expect((await own.login(email, more)).status).toBe(200);
  return own;
};
const claimsIn = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const rows = async (kind: string): Promise<number> => {
  const userId = (await w.stores.users.findByLoginKey(email))?.id ?? '';
  return (await w.stores.ephemeral.open(kind).listByUser(userId)).length;
};
const afterGrace = (): void => w.clock.advance(seconds(11));

describe('signing in for tokens', () => {
  it('token: the access token in the body, the refresh token in a strict cookie, and no session cookie', async () => {
    const answer = await w.browser().post('/login', { email, password: goodPassword, transport: 'token' });
    expect(Object.keys(answer.body)).toEqual(['status', 'user', 'accessToken', 'expiresIn']);
    expect(answer.body.expiresIn).toBe(600);
    const [refresh = '', device = ''] = answer.cookies;
    expect(refresh).toMatch(
      /^__Host-refresh=1\.[\w-]{48}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=7776000$/,
    );
    expect(device).toMatch(/^__Host-device=/);
    expect(answer.cookies).toHaveLength(2);
    expect([await rows('refresh'), await rows('session')]).toEqual([1, 0]);
  });

  it('body: both tokens in the body, and no cookie at all', async () => {
    const answer = await program(w.auth).login(email);
    expect(answer.cookies).toEqual([]);
    expect(answer.body.refreshToken).toMatch(/^1\.[\w-]{48}$/);
  });

  it('body is refused to a page of an origin that is not trusted, also where the browser calls it same-origin', async () => {
    const asked = { email, password: goodPassword, transport: 'body' };
    const foreign = await w.browser().post('/login', asked, { origin: 'https://evil.example' });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'csrf_rejected']);
    const opaque = await w.browser().post('/login', asked, { origin: 'null' });
    expect([opaque.status, opaque.body.code]).toEqual([403, 'csrf_rejected']);
    await expect(
      w.auth.api.login(
        { email, password: goodPassword, transport: 'body' },
        new Headers({ origin: 'https://evil.example' }),
      ),
    ).rejects.toThrow(AuthProblem);
    expect(await rows('refresh')).toBe(0);
    expect((await w.browser().post('/login', asked)).status).toBe(200);
  });

  it('names user, session, factors and nothing else', async () => {
    const own = await native({ clientId: 'app.ios' });
    const claims = claimsIn(own.accessToken);
    const now = w.clock.now() / 1_000;
    const sub = (await w.stores.users.findByLoginKey(email))?.id;
    expect(claims).toEqual({
      ...{ iss: w.auth.origin, aud: audience, sub, sid: claims.sid, iat: now, exp: now + 600, auth_time: now },
      ...{ aal: 1, amr: ['pwd'], client_id: 'app.ios' },
    });
    expect(await w.stores.ephemeral.open('refresh').get(claims.sid)).not.toBeNull();
  });

  it('ends the session and the family that the browser had before, and keeps nothing of them', async () => {
    const browser = w.browser();
    await browser.post('/login', { email, password: goodPassword });
    await browser.post('/login', { email, password: goodPassword, transport: 'token' });
    expect([await rows('session'), await rows('refresh')]).toEqual([0, 1]);
    await browser.post('/login', { email, password: goodPassword, transport: 'token' });
    expect(await rows('refresh')).toBe(1);
  });

  it('without jwt() only a cookie is to be had', async () => {
    const { world } = await import('./harness.ts');
    const plain = world();
    await plain.confirmed(email);
    for (const transport of ['token', 'body']) {
      const answer = await plain.browser().post('/login', { email, password: goodPassword, transport });
      expect(answer.body.errors).toEqual([{ pointer: '/transport', code: 'value' }]);
    }
    expect((await plain.browser().post('/refresh')).status).toBe(404);
  });
});

describe('refresh', () => {
  it('RT-01: gives a new token and spends the old; one take, two reads, one compare-and-set', async () => {
    const own = await native();
    await w.auth.drain();
    const first = own.refreshToken;
    afterGrace();
    w.log.length = 0;
    expect((await own.refresh()).status).toBe(200);
    expect(tally(w.log)).toEqual({ 'limits.take': 1, 'refresh.get': 1, 'credential.get': 1, 'refresh.replace': 1 });
    expect(own.refreshToken).not.toBe(first);
    expect(w.events.at(-1)?.name).toBe('refresh.rotated');
  });

  it('within the window it writes nothing and gives the same token', async () => {
    const own = await native();
    await w.auth.drain();
    w.log.length = 0;
    const before = own.refreshToken;
    expect((await own.refresh()).body.refreshToken).toBe(before);
    expect(tally(w.log)).toEqual({ 'limits.take': 1, 'refresh.get': 1, 'credential.get': 1 });
  });

  it('costs no store call for what we did not make', async () => {
    const own = await native();
    await w.auth.drain();
    w.log.length = 0;
    const good = own.refreshToken;
    const forged = [
      `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
      good.slice(2),
      `2.${good.slice(2)}`,
      `1.${'A'.repeat(48)}`,
      `${good}A`,
      `${good.slice(0, 24)}AAEC${good.slice(28)}`,
      'x',
    ];
    for (const token of forged) {
      const answer = await own.refresh(token);
      expect([answer.status, answer.body.code]).toEqual([401, 'refresh_invalid']);
    }
    expect(w.log).toEqual([]);
  });

  it('RT-02: a spent token after the window ends the family, its access tokens included, tells the owner once, and no other session', async () => {
    const own = await native();
    const other = await page();
    const stolen = own.refreshToken;
    afterGrace();
    await own.refresh();
    afterGrace();
    const answer = await own.refresh(stolen);
    expect([answer.status, answer.body.code, answer.cookies]).toEqual([401, 'session_revoked', []]);
    expect((await own.refresh()).body.code).toBe('session_revoked');
    expect((await own.ask('GET', '/sessions')).body.code).toBe('session_revoked');
    await w.auth.drain();
    expect(w.outbox.filter(({ type }) => type === 'refresh_token_reused').map(({ to }) => to)).toEqual([email]);
    expect(w.events.filter(({ name }) => name === 'refresh.reused').map(({ data }) => data['by'])).toEqual([
      'generation',
    ]);
    expect((await other.post('/refresh')).status).toBe(200);
  });

  it('two generations back is theft inside the window too', async () => {
    const own = await native();
    const first = own.refreshToken;
    for (let turn = 0; turn < 2; turn += 1) {
      afterGrace();
      await own.refresh();
    }
    expect((await own.refresh(first)).body.code).toBe('session_revoked');
    expect(await rows('refresh')).toBe(0);
  });

  it("theft: 'everywhere' ends every session of the user", async () => {
    w = tokenWorld({}, { theft: 'everywhere' });
    await w.confirmed(email);
    const own = await native();
    const other = await page();
    const spent = own.refreshToken;
    afterGrace();
    await own.refresh();
    afterGrace();
    await own.refresh(spent);
    expect((await other.post('/refresh')).body.code).toBe('session_revoked');
    await w.auth.drain();
    expect(w.outbox.filter(({ type }) => type === 'refresh_token_reused')).toHaveLength(1);
    expect(await rows('refresh')).toBe(0);
  });

  it('RT-04, RT-05: the one before gets the same successor within the window, however often', async () => {
    const own = await native();
    const first = own.refreshToken;
    afterGrace();
    const next = (await own.refresh()).body.refreshToken;
    w.clock.advance(seconds(9));
    for (let turn = 0; turn < 3; turn += 1) expect((await own.refresh(first)).body.refreshToken).toBe(next);
    expect(w.events.filter(({ name }) => name === 'refresh.replayed')).toHaveLength(3);
  });

  it('RT-04: a grace of 0 forgives nothing', async () => {
    w = tokenWorld({}, { refresh: { grace: 0 } });
    await w.confirmed(email);
    const own = await native();
    const first = own.refreshToken;
    await own.refresh();
    expect(own.refreshToken).not.toBe(first);
    expect((await own.refresh(first)).body.code).toBe('session_revoked');
  });

  it('RT-06: ends at the idle deadline, which a rotation moves, and at the absolute one, which nothing moves', async () => {
    const idle = await native();
    w.clock.advance(days(14) - 1);
    expect((await idle.refresh()).status).toBe(200);
    w.clock.advance(days(14));
    expect((await idle.refresh()).body.code).toBe('session_revoked');
    const busy = await native();
    const begun = w.clock.now();
    for (let day = 13; day < 90; day += 13) {
      w.clock.set(begun + days(day));
      expect((await busy.refresh()).status).toBe(200);
    }
    w.clock.set(begun + days(90) - 1);
    expect((await busy.refresh()).status).toBe(200);
    expect(claimsIn(busy.accessToken).exp * 1_000).toBeLessThan(begun + days(90) + seconds(1));
    w.clock.set(begun + days(90));
    expect((await busy.refresh()).body.code).toBe('session_revoked');
  });

  it.each<[string, (userId: string, own: Program) => Promise<unknown>]>([
    ['disabled', (userId) => w.auth.api.setDisabled(userId, true)],
    ['deleted', (userId) => w.auth.api.deleteUser(userId)],
    ['everywhere', (userId) => w.auth.api.revokeAll(userId)],
    ['logged out', (_userId, own) => own.send('POST', '/logout', {}, bearer(own.accessToken))],
    ['revoked', (_userId, own) => own.send('POST', '/revoke', { refreshToken: own.refreshToken })],
  ])('RT-07: %s', async (_how, end) => {
    const own = await native();
    const userId = (await w.stores.users.findByLoginKey(email))?.id ?? '';
    await end(userId, own);
    await w.auth.drain();
    const answer = await own.refresh();
    expect([answer.status, answer.body.code, answer.cookies]).toEqual([401, 'session_revoked', []]);
    expect(await rows('refresh')).toBe(0);
    const asked = await own.ask('GET', '/sessions');
    expect([asked.status, asked.body.code]).toEqual([401, 'session_revoked']);
  });

  it('RT-07: a reset of the password', async () => {
    const own = await native();
    await w.browser().post('/forgot-password', { email });
    await w.auth.drain();
    const token = w.tokenFor(email, 'reset_password');
    expect((await w.browser().post('/reset-password', { token, password: otherPassword })).status).toBe(204);
    expect((await own.refresh()).body.code).toBe('session_revoked');
  });

  it('a family never changes its transport, whatever a request says or carries', async () => {
    const browser = await page();
    const inCookie = browser.jar.get('__Host-refresh') ?? '';
    const own = await native();
    afterGrace();
    const asBody = await own.send('POST', '/refresh', { refreshToken: inCookie });
    expect([asBody.status, asBody.body.code]).toEqual([401, 'refresh_invalid']);
    const thief = w.browser();
    thief.jar.set('__Host-refresh', own.refreshToken);
    const asCookie = await thief.post('/refresh');
    expect([asCookie.status, asCookie.body.code, asCookie.cookies]).toEqual([401, 'refresh_invalid', []]);
    // Neither was ended by it.
    const both = await browser.post('/refresh', { clientId: undefined }, bearer(own.accessToken));
    expect([both.status, both.body.refreshToken]).toEqual([200, undefined]);
    expect((await own.refresh()).status).toBe(200);
  });

  it('RT-11: a token of one program is no token of another, and ends for both', async () => {
    const own = await native({ clientId: 'ios' });
    expect((await own.send('POST', '/refresh', { refreshToken: own.refreshToken, clientId: 'ios' })).status).toBe(200);
    const foreign = await own.send('POST', '/refresh', { refreshToken: own.refreshToken, clientId: 'android' });
    expect([foreign.status, foreign.body.code]).toEqual([401, 'session_revoked']);
    const again = await own.send('POST', '/refresh', { refreshToken: own.refreshToken, clientId: 'ios' });
    expect(again.body.code).toBe('session_revoked');
    expect(w.events.filter(({ name }) => name === 'refresh.reused').map(({ data }) => data['by'])).toEqual(['client']);
  });

  it('a token from the future of a store that was set back is refused, and ends nothing', async () => {
    const own = await native();
    const store = w.stores.ephemeral.open('refresh');
    const before = await store.get(claimsIn(own.accessToken).sid);
    afterGrace();
    await own.refresh();
    await store.delete(before?.id ?? '');
    if (before !== null) await store.create(before);
    const answer = await own.refresh();
    expect([answer.status, answer.body.code]).toEqual([401, 'refresh_invalid']);
    expect(w.events.at(-1)?.name).toBe('refresh.ahead');
    expect(await rows('refresh')).toBe(1);
  });

  it('is limited by family', async () => {
    const own = await native();
    const other = await native();
    for (let n = 0; n < 60; n += 1) expect((await own.refresh()).status).toBe(200);
    const denied = await own.refresh();
    expect([denied.status, denied.headers.get('retry-after')]).toEqual([429, '10']);
    expect((await other.refresh()).status).toBe(200);
  });

  it('asks where a request comes from, and answers without a token what it answers to a bad one', async () => {
    const browser = await page();
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    for (const path of ['/refresh', '/revoke', '/logout']) {
      const answer = await browser.post(path, {}, { ...foreign, ...bearer('x') });
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'csrf_rejected']);
    }
    expect((await w.browser().post('/refresh')).body.code).toBe('refresh_invalid');
    expect((await browser.post('/refresh')).status).toBe(200);
  });
});

describe('a bearer on our routes', () => {
  it('is judged alone: no cookie counts beside it, and a bad one is no anonymous request', async () => {
    const browser = await w.signedIn('bob@example.org');
    for (const header of ['Bearer', 'Bearer ', 'bearer x', 'Bearer a.b.c', 'BEARER a.b.c, Bearer d.e.f']) {
      const answer = await browser.get('/sessions', { authorization: header });
      expect([header, answer.status, answer.body.code]).toEqual([header, 401, 'access_token_invalid']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      expect((await browser.get('/session', { authorization: header })).status).toBe(401);
    }
    for (const header of ['Basic YTpi', 'Bearerx a', 'Digest Bearer a.b.c'])
      expect((await browser.get('/sessions', { authorization: header })).status).toBe(200);
    const own = await native();
    expect((await browser.get('/session', bearer(own.accessToken))).body.user.email).toBe(email);
  });

  it('expires at its exp, and says so', async () => {
    const own = await native();
    w.clock.advance(minutes(10) - 1);
    expect((await own.ask('GET', '/sessions')).status).toBe(200);
    w.clock.advance(1);
    const answer = await own.ask('GET', '/sessions');
    expect([answer.status, answer.body.code]).toEqual([401, 'access_token_expired']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it.each([
    ['the epoch', { epoch: 1 }],
    ['the disabled flag', { disabledAt: 1 }],
  ])('is asked for %s, whatever rows are left', async (_what, change) => {
    const own = await native();
    const store = w.stores.durable.open<CredentialRecord>('credential');
    const record = await store.get(claimsIn(own.accessToken).sub);
    if (record === null) throw new Error('there is a credential');
    await store.replace({ ...record, ...change, version: record.version + 1 }, record.version);
    expect((await own.ask('GET', '/sessions')).body.code).toBe('session_revoked');
    expect((await own.refresh()).body.code).toBe('session_revoked');
    expect(await rows('refresh')).toBe(1);
  });

  it('needs no Origin where no cookie is given, and everywhere else it does', async () => {
    const own = await native();
    const other = claimsIn((await native()).accessToken).sid;
    const browser = w.browser();
    browser.jar.set('__Host-session', 'v1.x');
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', ...bearer(own.accessToken) };
    const refused = await browser.post('/step-up', { password: goodPassword }, foreign);
    expect(refused.body.code).toBe('csrf_rejected');
    const changed = await browser.post('/change-password', { current: goodPassword, password: otherPassword }, foreign);
    expect(changed.body.code).toBe('csrf_rejected');
    expect((await browser.delete(`/sessions/${other}`, foreign)).status).toBe(204);
    expect((await browser.post('/change-email', { email: 'a@b.example' }, foreign)).status).toBe(202);
    expect((await browser.delete('/account', foreign)).status).toBe(204);
  });

  it('lists both kinds of session, and ends either', async () => {
    const cookie = w.browser();
    await cookie.post('/login', { email, password: goodPassword });
    const own = await native();
    const list = (await own.ask('GET', '/sessions')).body.sessions;
    expect(list.map(({ current }: { current: boolean }) => current).sort()).toEqual([false, true]);
    const ids = list.map(({ id }: { id: string }) => id);
    const cookieId = (await cookie.get('/session')).body.session.id;
    const ownId = claimsIn(own.accessToken).sid;
    expect(ids.sort()).toEqual([cookieId, ownId].sort());
    expect((await own.ask('DELETE', `/sessions/${cookieId}`)).status).toBe(204);
    expect((await cookie.get('/session')).body.session).toBeNull();
    const second = w.browser();
    await second.post('/login', { email, password: goodPassword });
    expect((await second.delete(`/sessions/${ownId}`)).status).toBe(204);
    expect((await own.refresh()).body.code).toBe('session_revoked');
  });

  it('a trusted page may send the header', async () => {
    w = tokenWorld({ trustedOrigins: ['https://spa.example.com'] });
    const response = await w.auth.handle(
      new Request(`${w.auth.origin}/auth/sessions`, {
        method: 'OPTIONS',
        headers: { origin: 'https://spa.example.com' },
      }),
    );
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
  });
});

describe('a session that goes on in a new one', () => {
  it.each(['token', 'body'] as const)(
    '%s: step-up, change of the password and of the address keep the mode',
    async (mode) => {
      const browser = w.browser();
      const login = await browser.post('/login', { email, password: goodPassword, transport: mode });
      let access: string = login.body.accessToken;
      let refreshToken: string = login.body.refreshToken ?? browser.jar.get('__Host-refresh');
      const begun = claimsIn(access);
      const renewed = async (path: string, body: unknown): Promise<void> => {
        w.clock.advance(seconds(1));
        const answer = await browser.post(path, body, bearer(access));
        expect([path, answer.status]).toEqual([path, 200]);
        expect(typeof answer.body.refreshToken).toBe(mode === 'body' ? 'string' : 'undefined');
        expect(answer.cookies.map((cookie) => cookie.split('=')[0])).toEqual(mode === 'body' ? [] : ['__Host-refresh']);
        const old = { access, refreshToken };
        access = answer.body.accessToken;
        refreshToken = answer.body.refreshToken ?? browser.jar.get('__Host-refresh');
        expect(claimsIn(access).sid).not.toBe(claimsIn(old.access).sid);
        expect((await browser.get('/session', bearer(old.access))).body.code).toBe('session_revoked');
        const own = w.browser();
        if (mode === 'token') own.jar.set('__Host-refresh', old.refreshToken);
        const spent = await own.post('/refresh', mode === 'body' ? { refreshToken: old.refreshToken } : {});
        expect(spent.body.code).toBe('session_revoked');
        expect((await browser.get('/session', bearer(access))).status).toBe(200);
      };
      await renewed('/step-up', { password: goodPassword });
      expect(claimsIn(access).auth_time).toBe(begun.auth_time + 1);
      await renewed('/change-password', { current: goodPassword, password: otherPassword });
      expect((await browser.post('/change-email', { email: 'next@example.org' }, bearer(access))).status).toBe(202);
      await w.auth.drain();
      await renewed('/change-email/confirm', { token: w.tokenFor('next@example.org', 'change_email') });
      await w.auth.drain();
      const [family] = await w.stores.ephemeral.open('refresh').listByUser(begun.sub);
      expect(family).toMatchObject({ absoluteExpiresAt: begun.iat * 1_000 + days(90), createdAt: begun.iat * 1_000 });
      expect(await w.stores.ephemeral.open('refresh').listByUser(begun.sub)).toHaveLength(1);
    },
  );

  it('a signer that is down loses nobody a session', async () => {
    const keys = { signs: true };
    const { testSigner } = await import('./tokens.ts');
    w = tokenWorld({}, { keys: undefined, signer: testSigner(() => keys.signs) });
    await w.confirmed(email);
    const own = await native();
    afterGrace();
    keys.signs = false;
    for (const answer of [
      await own.refresh(),
      await own.ask('POST', '/step-up', { password: goodPassword }),
      await program(w.auth).login(email),
    ])
      expect([answer.status, answer.body.code]).toEqual([503, 'store_unavailable']);
    keys.signs = true;
    expect(await rows('refresh')).toBe(1);
    expect((await own.refresh()).status).toBe(200);
  });
});

describe('logout', () => {
  it('ends every session that the request shows, and expires both cookies', async () => {
    const browser = await page();
    const other = w.browser();
    await other.post('/login', { email, password: goodPassword });
    browser.jar.set('__Host-session', other.jar.get('__Host-session') ?? '');
    const own = await native();
    const bystander = await native();
    const answer = await browser.post('/logout', {}, bearer(own.accessToken));
    expect(answer.status).toBe(204);
    expect(answer.cookies.map((cookie) => cookie.split('=')[0])).toEqual(['__Host-session', '__Host-refresh']);
    expect([await rows('session'), await rows('refresh')]).toEqual([0, 1]);
    expect((await bystander.refresh()).status).toBe(200);
  });

  it('is always 204: what is expired or invalid is ignored', async () => {
    const browser = w.browser();
    browser.jar.set('__Host-refresh', '1.x');
    expect((await browser.post('/logout', {}, bearer('a.b.c'))).status).toBe(204);
  });

  it('everywhere, asked for by a family', async () => {
    const own = await native();
    const browser = await page();
    expect((await own.ask('POST', '/logout', { everywhere: true })).status).toBe(204);
    expect((await browser.post('/refresh')).body.code).toBe('session_revoked');
    expect((await program(w.auth).send('POST', '/logout', { everywhere: true }, bearer(own.accessToken))).status).toBe(
      401,
    );
  });
});

describe("a bearer on the application's routes", () => {
  const problemOf = async (call: Promise<unknown>): Promise<string> => {
    const error = await call.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return error instanceof AuthProblem ? error.problem.code : String(error);
  };

  it('says who it is, and by what', async () => {
    const own = await native();
    const headers = new Headers(bearer(own.accessToken));
    const identity = await w.auth.require(headers);
    expect([identity.via, identity.user.email, identity.session.id]).toEqual([
      ...['bearer', email, claimsIn(own.accessToken).sid],
    ]);
    const cookie = await w.signedIn('carol@example.org');
    expect((await w.auth.require(cookie.headers())).via).toBe('cookie');
    const both = new Headers({ ...Object.fromEntries(cookie.headers()), ...bearer('a.b.c') });
    expect(await w.auth.authenticate(both)).toBeNull();
    expect(await problemOf(w.auth.require(both))).toBe('access_token_invalid');
  });

  it('counts until it expires, unless asked live or fresh', async () => {
    const own = await native();
    const headers = new Headers(bearer(own.accessToken));
    await own.send('POST', '/revoke', { refreshToken: own.refreshToken });
    expect((await w.auth.require(headers)).via).toBe('bearer');
    expect(await problemOf(w.auth.require(headers, { live: true }))).toBe('session_revoked');
    expect(await problemOf(w.auth.require(headers, { fresh: minutes(5) }))).toBe('session_revoked');
    w.clock.advance(minutes(10));
    expect(await problemOf(w.auth.require(headers))).toBe('access_token_expired');
  });

  it('JWT-18: a disabled user is refused at once, since the account is read anyhow', async () => {
    const own = await native();
    const headers = new Headers(bearer(own.accessToken));
    await w.auth.api.setDisabled((await w.auth.require(headers)).user.id, true);
    expect(await w.auth.authenticate(headers)).toBeNull();
  });

  it('makes csrf() superfluous, and is all that does', async () => {
    const request = (headers: Record<string, string>) => ({ method: 'POST', headers: new Headers(headers) });
    const foreign = { origin: 'https://evil.example', cookie: '__Host-session=v1.x' };
    await w.auth.csrf(request({ ...foreign, ...bearer('a.b.c') }));
    expect(await problemOf(w.auth.csrf(request(foreign)))).toBe('csrf_rejected');
    expect(await problemOf(w.auth.csrf(request({ ...foreign, authorization: 'Basic YTpi' })))).toBe('csrf_rejected');
  });
});

describe('the keys', () => {
  it('are public halves, to be kept five minutes, and readable by everybody', async () => {
    const answer = await w.browser().get('/jwks.json');
    expect(answer.headers.get('content-type')).toBe('application/jwk-set+json');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(answer.body.keys.map((key: object) => Object.keys(key).sort())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
      ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
    ]);
    expect((await w.browser().get('/session')).headers.get('cache-control')).toBe('no-store');
  });

  it('rotate without a token that stops working', async () => {
    const { testKeys } = await import('./tokens.ts');
    const own = await native();
    const [one, two] = testKeys.map(({ kid, jwk }) => ({ kid, jwk }));
    if (one === undefined || two === undefined) throw new Error('there are two keys');
    const later = tokenWorld(
      { inner: w.stores, clock: w.clock },
      {
        keys: JSON.stringify([
          { ...two, state: 'active' },
          { ...one, state: 'retired' },
        ]),
      },
    );
    const answer = await later.browser().get('/sessions', bearer(own.accessToken));
    expect(answer.status).toBe(200);
    const fresh = await later.browser().post('/refresh', { refreshToken: own.refreshToken });
    expect(JSON.parse(atob(fresh.body.accessToken.split('.')[0])).kid).toBe('two');
  });

  it('RL-13: an outage is no bad bearer: guards throw AuthProblem 503, and it is noted', async () => {
    let isDown = false;
    const before = async (): Promise<void> => {
      if (isDown) throw new StoreUnavailableError('credential.get', { cause: new Error('down') });
    };
    w = tokenWorld({ instruments: { before, after: async () => {} } });
    await w.confirmed(email);
    const headers = new Headers(bearer((await native()).accessToken));
    isDown = true;
    for (const ask of [
      () => w.auth.authenticate(headers),
      () => w.auth.require(headers),
      () => w.auth.require(headers, { live: true }),
    ]) {
      const thrown: unknown = await ask().catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(AuthProblem);
      expect((thrown as AuthProblem).problem).toMatchObject({ status: 503, code: 'store_unavailable' });
    }
    expect(w.events.filter(({ name }) => name === 'request.failed')).toHaveLength(3);
  });
});
