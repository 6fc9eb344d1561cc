import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jwt, password, totp } from '../src/index.ts';
import { type OAuthOptions, oauth } from '../src/oauth.ts';
import type { OidcProvider } from '../src/ports/oauth-provider.ts';
import { newBrowser, testClock, type World, world } from './harness.ts';
import { begin, callback, described, linkAt, me, oauthWorld, signInAt } from './oauth.ts';
import { type TestProvider, testProvider } from './oauth-provider.ts';
import { halfway, second, withFactor } from './second-factor.ts';
import { audience, testKeys } from './tokens.ts';

let provider: TestProvider;
beforeAll(async () => {
  provider = await testProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  provider.twist = {};
  provider.user = { sub: 'alice', email: 'alice@other.example' };
});

const bothWorld = (more: Partial<OidcProvider> = {}, options: OAuthOptions = {}): World => {
  const clock = testClock();
  provider.now = () => clock.now();
  return world({
    clock,
    features: [
      password(),
      totp({ issuer: 'Example' }),
      jwt({ audience, keys: testKeys }),
      oauth([described(provider, more)], options),
    ],
  });
};

describe('a sign-in at a provider, of a user with a second factor', () => {
  it('is asked for it, in the browser that began, and then led to where it wanted', async () => {
    const w = bothWorld();
    const { browser, app } = await withFactor(w, 'alice@corp.example');
    expect(await linkAt(browser, provider)).toBe('ok');
    const other = w.browser('203.0.113.5');
    const { url } = (await other.post('/oauth/corp', { returnTo: '/app?x=1' })).body;
    const halfway = await callback(other, provider.approve(url));
    const page = new URL(halfway.headers.get('location') ?? '');
    expect([halfway.status, page.pathname]).toEqual([303, '/auth/login/second-factor']);
    expect(halfway.cookies.some((cookie) => cookie.startsWith('__Host-session='))).toBe(false);
    expect(await me(other)).toBeNull();
    const challenge = page.searchParams.get('challenge');
    const shown = { challenge, method: 'totp', code: app.code() };
    // Bound to the browser: the challenge alone, in the attacker's, is worth nothing.
    expect((await w.browser('203.0.113.6').post('/login/mfa', shown)).status).toBe(401);
    const answer = await other.post('/login/mfa', shown);
    expect([answer.status, answer.body.status]).toEqual([200, 'signed_in']);
    const { session } = (await other.get('/session')).body;
    expect([session.aal, session.amr]).toEqual([2, expect.arrayContaining(['fed', 'otp'])]);
  });

  it('by a form, it ends at its returnTo', async () => {
    const w = bothWorld();
    const { browser, app } = await withFactor(w, 'alice@corp.example');
    expect(await linkAt(browser, provider)).toBe('ok');
    const other = w.browser('203.0.113.5');
    const { url } = (await other.post('/oauth/corp', { returnTo: '/app?x=1' })).body;
    const halfway = await callback(other, provider.approve(url));
    const challenge = new URL(halfway.headers.get('location') ?? '').searchParams.get('challenge') ?? '';
    const response = await w.auth.handle(
      new Request('https://app.example.com/auth/login/mfa', {
        method: 'POST',
        headers: {
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
          cookie: other.headers().get('cookie') ?? '',
        },
        body: new URLSearchParams({ challenge, method: 'totp', code: app.code() }),
      }),
      { peer: '203.0.113.5' },
    );
    expect([response.status, response.headers.get('location')]).toEqual([303, '/app?x=1']);
    expect(response.headers.getSetCookie().some((cookie) => cookie.startsWith('__Host-session='))).toBe(true);
  });

  it('is not asked for it where the provider has proved one that the configuration accepts', async () => {
    const w = bothWorld({ secondFactor: { amr: ['mfa'] } });
    const { browser } = await withFactor(w, 'alice@corp.example');
    expect(await linkAt(browser, provider)).toBe('ok');
    provider.twist = { claims: (own) => ({ ...own, amr: ['pwd', 'mfa'] }) };
    const other = w.browser('203.0.113.5');
    expect(await signInAt(other, provider)).toBe('ok');
    expect((await other.get('/session')).body.session).toMatchObject({ aal: 2, amr: ['fed', 'mfa'] });
    provider.twist = { claims: (own) => ({ ...own, amr: ['pwd'] }) };
    const weak = w.browser('203.0.113.7');
    await callback(weak, provider.approve(await begin(weak)));
    expect(await me(weak)).toBeNull();
  });

  it('ASVS 16.3.2: where nothing can ask for it, is refused, and not held against who is signed in', async () => {
    const w = bothWorld();
    const { browser } = await withFactor(w, 'alice@corp.example');
    expect(await linkAt(browser, provider)).toBe('ok');
    const bare = oauthWorld(provider, { inner: w.stores, clock: w.clock });
    const bob = await bare.signedIn('bob@corp.example');
    bare.events.length = 0;
    expect(await signInAt(bob, provider)).toBe('step_up_required');
    const told = bare.events.filter(({ code }) => code === 'step_up_required');
    expect(told.map(({ name }) => name)).toEqual(['login.failed', 'oauth.refused']);
  });

  it('OIDC-10: a factor on an address that was never confirmed goes with the rest', async () => {
    const w = bothWorld();
    const { browser } = await withFactor(w, 'alice@corp.example');
    const user = await w.stores.users.findByLoginKey('alice@corp.example');
    if (user === null) throw new Error('no user');
    // As it would stand if an attacker had got a factor onto an address that nobody has confirmed.
    await w.stores.users.replace({ ...user, emailVerifiedAt: null, version: user.version + 1 }, user.version);
    provider.user = { sub: 'owner', email: 'alice@corp.example', email_verified: true };
    const owner = w.browser('203.0.113.8');
    expect(await signInAt(owner, provider)).toBe('ok');
    await w.auth.drain();
    expect(await me(owner)).toMatchObject({ id: user.id, emailVerified: true });
    expect((await owner.get('/mfa')).body.factors).toEqual([]);
    expect(await me(newBrowser(w.auth, browser.address, new Map(browser.jar)))).toBeNull();
  });

  it('a recovery code neither links an account nor takes one away: it has one right', async () => {
    const w = bothWorld();
    const { browser, codes } = await withFactor(w, 'alice@corp.example');
    expect(await linkAt(browser, provider)).toBe('ok');
    const { accounts } = (await browser.get('/accounts')).body;
    const way = await halfway(w, 'alice@corp.example');
    expect((await second(way, codes[0] ?? '', 'recovery_code')).status).toBe(200);
    const refused = { status: 403, body: { code: 'step_up_required', need: { aal: 2 } } };
    expect(await way.browser.post('/oauth/corp/link', {})).toMatchObject(refused);
    expect(await way.browser.delete(`/accounts/${accounts[0].id}`)).toMatchObject(refused);
    expect((await way.browser.get('/accounts')).body.accounts).toEqual(accounts);
  });
});

describe('a sign-in at a provider, for access tokens', () => {
  const refreshCookie = '__Host-refresh';

  it('ends in a refresh cookie, and in no session cookie', async () => {
    const w = bothWorld();
    const browser = w.browser();
    const { url } = (await browser.post('/oauth/corp', { transport: 'token' })).body;
    const answer = await callback(browser, provider.approve(url));
    expect(answer.status).toBe(303);
    expect([...browser.jar.keys()]).toContain(refreshCookie);
    expect([...browser.jar.keys()]).not.toContain('__Host-session');
    expect((await browser.post('/refresh', {})).body.accessToken).toBeTypeOf('string');
  });

  it('with a second factor due, too', async () => {
    const w = bothWorld();
    const { browser, app } = await withFactor(w, 'alice@corp.example');
    expect(await linkAt(browser, provider)).toBe('ok');
    const other = w.browser('203.0.113.5');
    const { url } = (await other.post('/oauth/corp', { transport: 'token' })).body;
    const page = new URL((await callback(other, provider.approve(url))).headers.get('location') ?? '');
    const shown = { challenge: page.searchParams.get('challenge'), method: 'totp', code: app.code() };
    expect((await other.post('/login/mfa', shown)).body.accessToken).toBeTypeOf('string');
    expect([...other.jar.keys()]).toContain(refreshCookie);
  });

  it('tokens in a body are not to be had: no body is read there', async () => {
    const w = bothWorld();
    expect((await w.browser().post('/oauth/corp', { transport: 'body' })).status).toBe(422);
  });
});
