import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject, StandardSchema } from '../src/index.ts';
import { oauth } from '../src/oauth.ts';
import { goodPassword, newBrowser, type World } from './harness.ts';
import { begin, callback, described, linkAt, me, oauthWorld, outcomeOf, signInAt } from './oauth.ts';
import { clientId, type TestProvider, testProvider } from './oauth-provider.ts';
import { freshStores } from './stores.ts';
import { recordWrites } from './wire.ts';

let provider: TestProvider;
beforeAll(async () => {
  provider = await testProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  provider.twist = {};
  provider.hits.clear();
  provider.redeemed.length = 0;
  provider.user = { sub: 'subject-1', email: 'alice@corp.example', email_verified: true, name: 'Alice' };
});

describe('a sign-in at a provider', () => {
  it('makes a user whose address is proved, lets the same subject in again, and keeps no token', async () => {
    const w = oauthWorld(provider);
    const alice = w.browser();
    expect(await signInAt(alice, provider)).toBe('ok');
    const user = await me(alice);
    expect(user).toMatchObject({ email: 'alice@corp.example', emailVerified: true });
    provider.user = { ...provider.user, email: 'alice.new@corp.example' };
    const elsewhere = w.browser();
    expect(await signInAt(elsewhere, provider)).toBe('ok');
    // OIDC-08: an address that changes there changes nothing here.
    expect(await me(elsewhere)).toMatchObject({ id: user.id, email: 'alice@corp.example' });
    const { accounts } = (await alice.get('/accounts')).body;
    expect(accounts).toMatchObject([{ provider: 'corp', email: 'alice@corp.example' }]);
    const stored = await w.stores.durable.open<never>('account').get(accounts[0].id);
    expect(stored).toMatchObject({ issuer: provider.issuer, subject: 'subject-1', tokens: null });
  });

  it('OIDC-03, OIDC-04: asks with state, nonce and an S256 challenge of its own each time', async () => {
    const w = oauthWorld(provider);
    const seen = new Set<string | null>();
    for (let n = 0; n < 3; n += 1) {
      expect(await signInAt(w.browser(), provider)).toBe('ok');
      const { asked } = provider;
      expect([asked.get('response_type'), asked.get('code_challenge_method')]).toEqual(['code', 'S256']);
      for (const name of ['state', 'nonce', 'code_challenge']) {
        expect(asked.get(name)).toMatch(/^[A-Za-z0-9_-]{43}$/);
        seen.add(asked.get(name));
      }
      seen.add(provider.redeemed[n]?.get('code_verifier') ?? null);
    }
    expect([seen.size, seen.has(null)]).toEqual([12, false]);
  });

  it('TOK-03, OIDC-21: no store, no event and no mail holds verifier, nonce, state, code or a token of the provider', async () => {
    const written = recordWrites(freshStores());
    const w = oauthWorld(provider, { inner: written.stores });
    const alice = w.browser();
    const issued: string[] = [];
    provider.twist.tokens = (body) => {
      issued.push(String(body['access_token']), String(body['id_token']));
      return body;
    };
    const back = provider.approve(await begin(alice));
    await callback(alice, back);
    await w.auth.drain();
    const kept = JSON.stringify([written.values, w.events, w.outbox]);
    const { asked, redeemed } = provider;
    const secrets = [
      redeemed[0]?.get('code_verifier'),
      redeemed[0]?.get('code'),
      asked.get('nonce'),
      asked.get('state'),
    ];
    for (const secret of [...secrets, ...issued])
      expect([(secret ?? '').length > 30, kept.includes(secret ?? '')]).toEqual([true, false]);
    expect(issued).toHaveLength(2);
    expect(written.values.length).toBeGreaterThan(8);
  });

  it('pushes what it asks where the provider offers that (RFC 9126)', async () => {
    const offering = await testProvider({ par: true });
    const w = oauthWorld(offering);
    const alice = w.browser();
    const url = await begin(alice);
    expect([...new URL(url).searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    expect(outcomeOf(await callback(alice, offering.approve(url)))).toBe('ok');
    expect(offering.hits.get('/par')).toBe(1);
    await offering.close();
  });

  it('answers a form by the way there, and comes back to where the form said', async () => {
    const w = oauthWorld(provider, { oauth: { returnTo: ['/app/*'] } });
    const send = async (returnTo: string) =>
      w.auth.handle(
        new Request('https://app.example.com/auth/oauth/corp', {
          method: 'POST',
          headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ returnTo }),
        }),
      );
    const answer = await send('/app/home?x=1#y');
    expect(answer.status).toBe(303);
    const there = answer.headers.get('location') ?? '';
    expect(there).toMatch(new RegExp(`^${provider.issuer}/authorize\\?`));
    const [cookie = ''] = answer.headers.getSetCookie();
    const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
    const back = await callback(newBrowser(w.auth, undefined, new Map([[name, value]])), provider.approve(there));
    expect([back.status, back.headers.get('location')]).toEqual([303, '/app/home?x=1#y']);
    for (const bad of [
      '//evil.com',
      '/\\evil.com',
      'https://evil.com/app/',
      '/elsewhere',
      '/app/../elsewhere',
      '/appx',
    ]) {
      const refused = await send(bad);
      expect([refused.status, refused.headers.get('location')]).toEqual([
        303,
        'https://app.example.com/auth/error?code=return_to_forbidden',
      ]);
    }
  });

  it('OIDC-22, TOK-09: begins by POST alone, and whoever only looks ends nothing', async () => {
    const w = oauthWorld(provider);
    const alice = w.browser();
    expect((await alice.get('/oauth/corp')).status).toBe(405);
    const back = provider.approve(await begin(alice));
    const cookie = alice.headers().get('cookie') ?? '';
    const head = await w.auth.handle(new Request(back, { method: 'HEAD', headers: { cookie } }));
    expect([head.status, head.headers.getSetCookie()]).toEqual([405, []]);
    expect(outcomeOf(await callback(alice, back))).toBe('ok');
  });

  it('OIDC-22: another site cannot begin one', async () => {
    const w = oauthWorld(provider);
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.com' };
    expect((await w.browser().post('/oauth/corp', {}, headers)).status).toBe(403);
    expect((await w.browser().post('/oauth/corp/link', {}, headers)).status).toBe(403);
  });

  it('OIDC-18: the redirect URI is the configured one, whatever Host and forwarding headers say', async () => {
    const w = oauthWorld(provider);
    const headers = { host: 'evil.com', 'x-forwarded-host': 'evil.com', 'x-forwarded-proto': 'javascript' };
    const { url } = (await w.browser().post('/oauth/corp', {}, headers)).body;
    expect(new URL(url).searchParams.get('redirect_uri')).toBe('https://app.example.com/auth/oauth/corp/callback');
    expect(new URL(url).searchParams.get('client_id')).toBe(clientId);
  });

  it('two tabs do not spoil each other', async () => {
    const w = oauthWorld(provider);
    const alice = w.browser();
    const [first, second] = [await begin(alice), await begin(alice)];
    expect(outcomeOf(await callback(alice, provider.approve(second)))).toBe('ok');
    expect(outcomeOf(await callback(alice, provider.approve(first)))).toBe('ok');
  });

  it('unknown providers, too many starts, and auth.api', async () => {
    const w = oauthWorld(provider, { limits: { oauth_start: { burst: 2 } } });
    const alice = w.browser();
    expect((await alice.post('/oauth/other')).body.code).toBe('provider_unknown');
    expect(outcomeOf(await alice.get('/oauth/other/callback?code=x'))).toBe('provider_unknown');
    const { value, cookies } = await w.auth.api.startOAuth({ id: 'corp', returnTo: '/in' }, alice.headers(), {
      peer: alice.address,
    });
    const source = new Headers({ cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') });
    const { searchParams } = new URL(provider.approve(value.url));
    const given = {
      code: searchParams.get('code') ?? '',
      state: searchParams.get('state') ?? '',
      iss: provider.issuer,
    };
    const done = await w.auth.api.finishOAuth({ id: 'corp', ...given }, source);
    expect(done.value).toEqual({ location: '/in' });
    expect(done.cookies.some((cookie) => cookie.startsWith('__Host-session='))).toBe(true);
    await begin(alice);
    expect((await alice.post('/oauth/corp')).body.code).toBe('rate_limited');
  });
});

describe('which user it is', () => {
  const registered = async (w: World, email: string) => {
    const browser = w.browser('203.0.113.9');
    await browser.post('/register', { email, password: goodPassword });
    await w.auth.drain();
    return browser;
  };

  it('a confirmed address of somebody else is nobody’s to take: account_exists, and nothing changes', async () => {
    const w = oauthWorld(provider);
    const owner = await w.signedIn('alice@corp.example');
    const before = JSON.stringify(await w.stores.users.findByLoginKey('alice@corp.example'));
    const other = w.browser();
    expect(await signInAt(other, provider)).toBe('account_exists');
    expect(await me(other)).toBeNull();
    expect(JSON.stringify(await w.stores.users.findByLoginKey('alice@corp.example'))).toBe(before);
    expect((await owner.get('/accounts')).body.accounts).toEqual([]);
    // Signed in, the owner links it; from then on it lets the owner in.
    expect(await linkAt(owner, provider)).toBe('ok');
    await w.auth.drain();
    expect(w.outbox.at(-1)).toMatchObject({ type: 'account_linked', to: 'alice@corp.example' });
    expect(await signInAt(other, provider)).toBe('ok');
    expect((await me(other)).id).toBe((await me(owner)).id);
  });

  it('linkVerifiedEmail: links it, tells the owner, and takes no second subject of the same provider (OIDC-25)', async () => {
    const w = oauthWorld(provider, { oauth: { linkVerifiedEmail: true } });
    const owner = await w.signedIn('alice@corp.example');
    const other = w.browser();
    expect(await signInAt(other, provider)).toBe('ok');
    await w.auth.drain();
    expect((await me(other)).id).toBe((await me(owner)).id);
    expect(w.outbox.at(-1)).toMatchObject({ type: 'account_linked', to: 'alice@corp.example' });
    provider.user = { ...provider.user, sub: 'subject-2' };
    expect(await signInAt(w.browser(), provider)).toBe('account_exists');
  });

  it('OIDC-11: an address that is not proved links to nobody, and is asked for by mail', async () => {
    const w = oauthWorld(provider, { oauth: { linkVerifiedEmail: true } });
    const owner = await w.signedIn('alice@corp.example');
    const { id } = await me(owner);
    const unproved: readonly Record<string, unknown>[] = [
      { email_verified: false },
      { email_verified: 'true' },
      { email_verified: 'false' },
      { email_verified: 1 },
      { email_verified: undefined },
      { email: 'alice@other.example' },
    ];
    for (const [n, more] of unproved.entries()) {
      provider.user = { sub: `unproved-${n}`, email: 'alice@corp.example', email_verified: true, ...more };
      const other = w.browser();
      expect([more, await signInAt(other, provider)]).toEqual([more, 'ok']);
      const user = await me(other);
      expect(user).toMatchObject({ email: null, emailVerified: false });
      expect(user.id).not.toBe(id);
      await w.auth.drain();
    }
    // Whose it is is told that somebody tried; the one that is nobody's gets a link.
    expect(w.outbox.map(({ type, to }) => `${type} ${to}`)).toContain('change_email alice@other.example');
    expect(w.outbox.map(({ type, to }) => `${type} ${to}`)).toContain('register_attempt alice@corp.example');
    expect(w.outbox.filter(({ type, to }) => type === 'change_email' && to === 'alice@corp.example')).toEqual([]);
  });

  it('whose address is not proved confirms it in the same browser, and cannot link before', async () => {
    const w = oauthWorld(provider);
    provider.user = { sub: 'bob', email: 'bob@other.example', email_verified: true };
    const bob = w.browser();
    expect(await signInAt(bob, provider)).toBe('ok');
    expect((await bob.post('/oauth/corp/link')).body.code).toBe('email_unverified');
    await w.auth.drain();
    const token = w.tokenFor('bob@other.example', 'change_email');
    expect((await w.browser().post('/change-email/confirm', { token })).body.code).toBe('invalid_credentials');
    expect((await bob.post('/change-email/confirm', { token })).status).toBe(204);
    expect(await me(bob)).toMatchObject({ email: 'bob@other.example', emailVerified: true });
    const again = w.browser();
    expect(await signInAt(again, provider)).toBe('ok');
    expect((await me(again)).id).toBe((await me(bob)).id);
  });

  it.each(['verified', 'open'] as const)(
    'OIDC-10: who registered the address without proving it loses password, session, profile and accounts (%s)',
    async (registration) => {
      const w = oauthWorld(provider, { registration });
      const attacker = await registered(w, 'alice@corp.example');
      const before = await w.stores.users.findByLoginKey('alice@corp.example');
      const owner = w.browser();
      expect(await signInAt(owner, provider)).toBe('ok');
      await w.auth.drain();
      expect(await me(owner)).toMatchObject({ id: before?.id, emailVerified: true });
      expect(await me(attacker)).toBeNull();
      const login = await attacker.post('/login', { email: 'alice@corp.example', password: goodPassword });
      expect(login.body.code).toBe('invalid_credentials');
      // Nor does the confirmation link that the registration mailed.
      const mail = w.outbox.find(({ type }) => type === 'verify_email');
      const token = mail !== undefined && 'url' in mail ? new URL(mail.url ?? '').searchParams.get('token') : null;
      expect((await attacker.post('/verify-email', { token })).body.code).toBe('token_invalid');
      expect(w.events.find(({ name }) => name === 'email.verified')).toMatchObject({ data: { by: 'provider' } });
    },
  );

  it('OIDC-10: what a stranger wrote into the profile goes; what the provider tells comes, if the schema takes it', async () => {
    const schema: StandardSchema<JsonObject> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) =>
          Reflect.get(Object(value), 'name') === 'nobody'
            ? { issues: [{ message: 'no', path: ['name'] }] }
            : { value: value as JsonObject },
      },
    };
    const profile = (claims: JsonObject): JsonObject => ({ name: claims['name'] ?? null });
    const w = oauthWorld(provider, { profile: schema, providers: [described(provider, { profile })] });
    const attacker = w.browser('203.0.113.9');
    const trojan = { name: 'Mallory', hook: 'https://evil.example' };
    await attacker.post('/register', { email: 'alice@corp.example', password: goodPassword, profile: trojan });
    await w.auth.drain();
    const owner = w.browser();
    expect(await signInAt(owner, provider)).toBe('ok');
    expect((await me(owner)).profile).toEqual({ name: 'Alice' });
    provider.user = { sub: 'new', email: 'new@corp.example', email_verified: true, name: 'nobody' };
    expect(await signInAt(w.browser(), provider)).toBe('validation_failed');
    expect(await w.stores.users.findByLoginKey('new@corp.example')).toBeNull();
  });

  it('OIDC-08: the same subject of two issuers is two users', async () => {
    const other = await testProvider();
    const clock = oauthWorld(provider).clock;
    other.now = () => clock.now();
    const w = oauthWorld(provider, {
      clock,
      providers: [described(provider), described(other, { id: 'other', emailDomains: [] })],
    });
    other.user = { sub: 'subject-1', email: 'alice@corp.example', email_verified: true };
    const [one, two] = [w.browser(), w.browser()];
    expect([await signInAt(one, provider), await signInAt(two, other, 'other')]).toEqual(['ok', 'ok']);
    expect((await me(one)).id).not.toBe((await me(two)).id);
    await other.close();
  });

  it('registration closed: no new user; a known one gets in', async () => {
    const w = oauthWorld(provider);
    expect(await signInAt(w.browser(), provider)).toBe('ok');
    const closed = oauthWorld(provider, { registration: 'closed', inner: w.stores, clock: w.clock });
    expect(await signInAt(closed.browser(), provider)).toBe('ok');
    provider.user = { ...provider.user, sub: 'stranger', email: 'new@corp.example' };
    expect(await signInAt(closed.browser(), provider)).toBe('registration_closed');
    expect(await closed.stores.users.findByLoginKey('new@corp.example')).toBeNull();
  });

  it('hooks have their say; a disabled user stays out', async () => {
    const seen: unknown[] = [];
    const w = oauthWorld(provider, {
      hooks: {
        beforeRegister: async (input) => {
          seen.push(input);
          return input.loginKey === 'no@corp.example' ? 'not_you' : null;
        },
      },
    });
    provider.user = { ...provider.user, sub: 'no', email: 'no@corp.example' };
    expect(await signInAt(w.browser(), provider)).toBe('registration_closed');
    provider.user = { ...provider.user, sub: 'yes', email: 'yes@corp.example' };
    const yes = w.browser();
    expect(await signInAt(yes, provider)).toBe('ok');
    await w.auth.api.setDisabled((await me(yes)).id, true);
    expect(await signInAt(w.browser(), provider)).toBe('account_disabled');
    expect(seen).toHaveLength(2);
  });
});

describe('linked accounts', () => {
  it('belong to one user', async () => {
    const w = oauthWorld(provider);
    const [alice, bob] = [await w.signedIn('a@example.org'), await w.signedIn('b@example.org')];
    expect(await linkAt(alice, provider)).toBe('ok');
    expect(await linkAt(alice, provider)).toBe('ok');
    expect(await linkAt(bob, provider)).toBe('account_linked_elsewhere');
    expect((await alice.get('/accounts')).body.accounts).toHaveLength(1);
    expect((await bob.get('/accounts')).body.accounts).toEqual([]);
  });

  it('OIDC-12: are linked to the very session that began it, while it lives and is fresh', async () => {
    const w = oauthWorld(provider);
    const alice = await w.signedIn('a@example.org');
    const mallory = await w.signedIn('m@example.org');
    const back = provider.approve(await begin(mallory, 'corp', '/link'));
    // In the victim's browser: her own flow cookie and session; then with the attacker's flow cookie as well.
    expect(outcomeOf(await callback(alice, back))).toBe('oauth_state_invalid');
    const planted = alice.copy();
    planted.jar.set('__Host-flow', mallory.jar.get('__Host-flow') ?? '');
    expect(outcomeOf(await callback(planted, back))).toBe('oauth_state_invalid');
    const mine = provider.approve(await begin(alice, 'corp', '/link'));
    await alice.post('/step-up', { password: goodPassword });
    expect(outcomeOf(await callback(alice, mine))).toBe('oauth_state_invalid');
    const ended = provider.approve(await begin(alice, 'corp', '/link'));
    await alice.post('/logout');
    expect(outcomeOf(await callback(alice, ended))).toBe('oauth_state_invalid');
    w.clock.advance(11 * 60_000);
    expect((await mallory.post('/oauth/corp/link')).body.code).toBe('step_up_required');
    expect((await w.browser().post('/oauth/corp/link')).body.code).toBe('unauthenticated');
    expect(provider.redeemed).toHaveLength(0);
  });

  it('go, with every other session, unless it is the last way in', async () => {
    const w = oauthWorld(provider);
    const alice = await w.signedIn('a@example.org');
    const elsewhere = w.browser();
    expect(await linkAt(alice, provider)).toBe('ok');
    expect(await signInAt(elsewhere, provider)).toBe('ok');
    const [{ id }] = (await alice.get('/accounts')).body.accounts;
    expect((await w.browser().delete(`/accounts/${id}`)).body.code).toBe('unauthenticated');
    expect((await alice.delete(`/accounts/${'A'.repeat(43)}`)).status).toBe(204);
    expect((await alice.delete(`/accounts/${id}`)).status).toBe(204);
    await w.auth.drain();
    expect([(await me(alice)).email, await me(elsewhere)]).toEqual(['a@example.org', null]);
    expect(await w.stores.durable.open<never>('account').get(id)).toBeNull();
    expect(w.events.some(({ name }) => name === 'oauth.unlinked')).toBe(true);
    const only = w.browser();
    expect(await signInAt(only, provider)).toBe('ok');
    const [last] = (await only.get('/accounts')).body.accounts;
    expect((await only.delete(`/accounts/${last.id}`)).body.code).toBe('last_login_method');
    w.clock.advance(11 * 60_000);
    expect((await only.delete(`/accounts/${last.id}`)).body.code).toBe('step_up_required');
  });

  it('a password is no way in where the configuration takes none', async () => {
    const w = oauthWorld(provider);
    const alice = await w.signedIn('a@example.org');
    expect(await linkAt(alice, provider)).toBe('ok');
    const later = oauthWorld(provider, { features: [oauth([described(provider)])], inner: w.stores, clock: w.clock });
    const browser = later.browser();
    expect(await signInAt(browser, provider)).toBe('ok');
    const [{ id }] = (await browser.get('/accounts')).body.accounts;
    expect((await browser.delete(`/accounts/${id}`)).body.code).toBe('last_login_method');
  });

  it('another user’s account is not there', async () => {
    const w = oauthWorld(provider);
    const alice = await w.signedIn('a@example.org');
    const bob = await w.signedIn('b@example.org');
    expect(await linkAt(alice, provider)).toBe('ok');
    const [{ id }] = (await alice.get('/accounts')).body.accounts;
    expect((await bob.delete(`/accounts/${id}`)).status).toBe(204);
    expect((await alice.get('/accounts')).body.accounts).toHaveLength(1);
  });

  it('an account whose provider is gone from the configuration is no way in', async () => {
    const w = oauthWorld(provider);
    const other = await testProvider();
    other.now = () => w.clock.now();
    other.user = { sub: 'x' };
    const both = oauthWorld(provider, {
      inner: w.stores,
      clock: w.clock,
      providers: [described(provider), described(other, { id: 'other' })],
    });
    const alice = both.browser();
    expect([await signInAt(alice, provider), await linkAt(alice, other, 'other')]).toEqual(['ok', 'ok']);
    const id = (await alice.get('/accounts')).body.accounts.find(
      (one: { provider: string }) => one.provider === 'corp',
    ).id;
    const jar = new Map(alice.jar);
    expect((await newBrowser(w.auth, undefined, jar).delete(`/accounts/${id}`)).body.code).toBe('last_login_method');
    expect((await alice.delete(`/accounts/${id}`)).status).toBe(204);
    await other.close();
  });
});
