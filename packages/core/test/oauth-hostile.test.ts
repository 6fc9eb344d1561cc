import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { password } from '../src/index.ts';
import { google, oauth, oauth2 } from '../src/oauth.ts';
import { world } from './harness.ts';
import { begin, callback, described, me, oauthWorld, outcomeOf, signInAt } from './oauth.ts';
import {
  clientId,
  clientSecret,
  foreignKey,
  signHs256,
  signWith,
  type TestProvider,
  type Twist,
  testProvider,
} from './oauth-provider.ts';

let provider: TestProvider;
let other: TestProvider;
beforeAll(async () => {
  provider = await testProvider();
  other = await testProvider();
});
afterAll(() => Promise.all([provider.close(), other.close()]));
beforeEach(() => {
  for (const one of [provider, other]) {
    one.twist = {};
    one.hits.clear();
    one.redeemed.length = 0;
    one.user = { sub: 'subject-1', email: 'alice@corp.example', email_verified: true };
  }
});

/** One sign-in at a provider that does as it is told; nobody may come of a failed one. */
const attempt = async (twist: Twist, more: Parameters<typeof described>[1] = {}) => {
  const w = oauthWorld(provider, { providers: [described(provider, more)] });
  provider.twist = twist;
  const alice = w.browser();
  const outcome = await signInAt(alice, provider).catch((error: Error) => error.message);
  const failed = w.events.find(({ name }) => name === 'oauth.refused')?.data ?? {};
  const known = await w.stores.users.findByLoginKey('alice@corp.example');
  expect([(await me(alice)) === null, known === null]).toEqual([outcome !== 'ok', outcome !== 'ok']);
  return { outcome, phase: failed['phase'], why: failed['why'], w };
};

const claims = (more: (own: Record<string, unknown>) => Record<string, unknown>): Twist => ({
  claims: (own) => ({ ...own, ...more(own) }),
});
const seconds = (own: Record<string, unknown>) => Number(own['iat']);

describe('OIDC-06: an ID token that is not right lets nobody in', () => {
  const wrong: Record<string, Twist> = {
    'iss of somebody else': claims(() => ({ iss: 'https://evil.example' })),
    'iss with a slash': claims((own) => ({ iss: `${own['iss']}/` })),
    'iss missing': claims(() => ({ iss: undefined })),
    'iss a list': claims((own) => ({ iss: [own['iss']] })),
    'OIDC-15: aud of another client': claims(() => ({ aud: 'another-client' })),
    'aud missing': claims(() => ({ aud: undefined })),
    'aud of two without azp': claims(() => ({ aud: [clientId, 'another-client'] })),
    'aud of two, azp of the other': claims(() => ({ aud: [clientId, 'another-client'], azp: 'another-client' })),
    'azp of another client': claims(() => ({ azp: 'another-client' })),
    'OIDC-04: nonce missing': claims(() => ({ nonce: undefined })),
    'OIDC-04: nonce of another attempt': claims(() => ({ nonce: 'A'.repeat(43) })),
    'exp passed': claims((own) => ({ exp: seconds(own) - 60 })),
    'exp missing': claims(() => ({ exp: undefined })),
    'exp a text': claims((own) => ({ exp: String(own['exp']) })),
    'iat to come': claims((own) => ({ iat: seconds(own) + 120 })),
    'iat missing': claims(() => ({ iat: undefined })),
    'nbf to come': claims((own) => ({ nbf: seconds(own) + 120 })),
    'at_hash of another token': claims(() => ({ at_hash: 'A'.repeat(22) })),
    'at_hash a number': claims(() => ({ at_hash: 1 })),
    'OIDC-08: sub missing': claims(() => ({ sub: undefined })),
    'OIDC-08: sub empty': claims(() => ({ sub: '' })),
    'OIDC-08: sub a number': claims(() => ({ sub: 7 })),
    'OIDC-08: sub too long': claims(() => ({ sub: 'x'.repeat(256) })),
    'sub with a NUL': claims(() => ({ sub: 'a\0b' })),
    'alg none': { header: () => ({ alg: 'none' }), sign: () => '' },
    'alg NONE with the signature left on': { header: (own) => ({ ...own, alg: 'NONE' }) },
    'alg none, offered by the metadata': {
      header: () => ({ alg: 'none' }),
      sign: () => '',
      metadata: (own) => ({ ...own, id_token_signing_alg_values_supported: ['none', 'ES256'] }),
    },
    'HS256 with the client secret': { header: () => ({ alg: 'HS256' }), sign: signHs256 },
    'HS256 with the client secret, offered by the metadata': {
      header: () => ({ alg: 'HS256' }),
      sign: signHs256,
      metadata: (own) => ({ ...own, id_token_signing_alg_values_supported: ['HS256'] }),
    },
    'an unknown alg': { header: (own) => ({ ...own, alg: 'XX256' }) },
    'a kid that is not there': { header: (own) => ({ ...own, kid: 'k2' }) },
    'no kid with two keys': {
      header: ({ kid: _, ...own }) => own,
      jwks: ({ keys }) => ({ keys: [...keys, ...keys] }),
    },
    'a crit that nobody knows': { header: (own) => ({ ...own, crit: ['x'] }) },
    'a signature of nobody': { sign: () => 'A'.repeat(86) },
    'no token': { tokens: ({ id_token: _, ...own }) => own },
    'no JWT': { tokens: (own) => ({ ...own, id_token: 'x' }) },
    'five parts': { tokens: (own) => ({ ...own, id_token: 'a.b.c.d.e' }) },
    'no access token': { tokens: ({ access_token: _, ...own }) => own },
    'another kind of token': { tokens: (own) => ({ ...own, token_type: 'mac' }) },
  };
  it.each(Object.entries(wrong))('%s', async (_, twist) => {
    const { outcome } = await attempt(twist);
    expect(outcome).toBe('provider_failed');
    expect(provider.redeemed).toHaveLength(1);
  });

  it('signed with a key of its own that the header brings along', async () => {
    const foreign = await foreignKey();
    const jwk = await crypto.subtle.exportKey('jwk', foreign.publicKey);
    const twist: Twist = {
      header: (own) => ({ ...own, jwk, jku: 'https://evil.example/jwks' }),
      sign: (input) => signWith(input, foreign.privateKey),
    };
    expect((await attempt(twist)).outcome).toBe('provider_failed');
  });

  it('what is right gets through, so that the rest of this file says something', async () => {
    expect((await attempt({})).outcome).toBe('ok');
    expect((await attempt(claims(() => ({ aud: [clientId] })))).outcome).toBe('ok');
    expect((await attempt(claims(() => ({ aud: [clientId, 'x'], azp: clientId })))).outcome).toBe('ok');
    expect((await attempt(claims(() => ({ at_hash: undefined })))).outcome).toBe('ok');
    expect((await attempt({ header: ({ kid: _, ...own }) => own })).outcome).toBe('ok');
  });
});

describe('what was asked for is checked', () => {
  it('OIDC-14: hd is the claim, not the hint; and proves addresses of other domains', async () => {
    for (const hd of [undefined, 'other.example', ['corp.example'], 'CORP.EXAMPLE'])
      expect(
        (
          await attempt(
            claims(() => ({ hd })),
            { hostedDomain: 'corp.example' },
          )
        ).outcome,
      ).toBe('provider_failed');
    const right = await attempt(
      claims(() => ({ hd: 'corp.example' })),
      { hostedDomain: 'corp.example', emailDomains: [] },
    );
    expect([right.outcome, provider.asked.get('hd')]).toEqual(['ok', 'corp.example']);
  });

  it('max_age: auth_time must be there, and recent', async () => {
    const times: readonly ((own: Record<string, unknown>) => unknown)[] = [
      () => undefined,
      (own) => seconds(own) - 400,
      (own) => String(own['iat']),
    ];
    for (const time of times)
      expect(
        (
          await attempt(
            claims((own) => ({ auth_time: time(own) })),
            { maxAge: 300_000 },
          )
        ).outcome,
      ).toBe('provider_failed');
    expect(
      (
        await attempt(
          claims((own) => ({ auth_time: seconds(own) - 200 })),
          { maxAge: 300_000 },
        )
      ).outcome,
    ).toBe('ok');
    expect(provider.asked.get('max_age')).toBe('300');
  });

  it('acr: one of those that were asked for', async () => {
    for (const acr of [undefined, 'low', ['high'], 1])
      expect(
        (
          await attempt(
            claims(() => ({ acr })),
            { acr: ['high', 'higher'] },
          )
        ).outcome,
      ).toBe('provider_failed');
    expect(
      (
        await attempt(
          claims(() => ({ acr: 'high' })),
          { acr: ['high', 'higher'] },
        )
      ).outcome,
    ).toBe('ok');
    expect(provider.asked.get('acr_values')).toBe('high higher');
  });

  it('a second factor there counts where the configuration says so, and only then', async () => {
    const aalOf = async (more: Record<string, unknown>, policy?: object) => {
      const w = oauthWorld(provider, {
        providers: [described(provider, policy === undefined ? {} : { secondFactor: policy })],
      });
      provider.twist = claims(() => more);
      const alice = w.browser();
      expect(await signInAt(alice, provider)).toBe('ok');
      const { session } = (await alice.get('/session')).body;
      return `${session.aal} ${session.amr}`;
    };
    expect(await aalOf({ amr: ['mfa'] })).toBe('1 fed');
    expect(await aalOf({ amr: ['pwd'] }, { amr: ['mfa', 'hwk'] })).toBe('1 fed');
    expect(await aalOf({ amr: 'mfa' }, { amr: ['mfa'] })).toBe('1 fed');
    expect(await aalOf({ amr: ['pwd', 'hwk'] }, { amr: ['mfa', 'hwk'] })).toBe('2 fed,mfa');
    expect(await aalOf({ acr: 'low' }, { acr: ['high'] })).toBe('1 fed');
    expect(await aalOf({ acr: 'high' }, { acr: ['high'] })).toBe('2 fed,mfa');
  });
});

describe('the address at the userinfo endpoint', () => {
  const apart: Twist = { claims: ({ email: _, email_verified: __, ...own }) => own };
  it('is read where the ID token has none, and is of the same subject', async () => {
    expect((await attempt(apart)).outcome).toBe('ok');
    expect(provider.hits.get('/userinfo')).toBe(1);
    for (const user of [{ sub: 'another' }, { sub: undefined }, { sub: '' }])
      expect((await attempt({ ...apart, user: (own) => ({ ...own, ...user }) })).outcome).toBe('provider_failed');
  });

  it('is not asked for where the ID token has one', async () => {
    expect((await attempt({})).outcome).toBe('ok');
    expect(provider.hits.has('/userinfo')).toBe(false);
  });

  it('overrides nothing that the ID token says', async () => {
    const { w } = await attempt({ ...apart, user: (own) => ({ ...own, nonce: 'x', iss: 'https://evil.example' }) });
    expect((await w.stores.users.findByLoginKey('alice@corp.example'))?.emailVerifiedAt).not.toBeNull();
  });
});

const forgedUserinfo = [{ alg: 'ES256' }, { sub: 'subject-1', email: 'alice@corp.example', email_verified: true }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('A'.repeat(86))
  .join('.');

describe('OIDC-13: metadata, keys and endpoints that are not as they should be', () => {
  const raw =
    (path: string, status: number, headers: Record<string, string>, body = ''): NonNullable<Twist['answer']> =>
    (asked, res) => {
      if (asked !== path) return false;
      res.writeHead(status, headers).end(body);
      return true;
    };
  const discovery = '/.well-known/openid-configuration';
  const json = { 'content-type': 'application/json' };
  const metadata = (more: Record<string, unknown>): Twist => ({ metadata: (own) => ({ ...own, ...more }) });
  const early: Record<string, () => Twist> = {
    'the issuer is another': () => metadata({ issuer: 'https://evil.example' }),
    'the issuer has one slash more': () => metadata({ issuer: `${provider.issuer}/` }),
    'there is no issuer': () => metadata({ issuer: undefined }),
    'the authorization endpoint is a script': () => metadata({ authorization_endpoint: 'javascript:alert(1)' }),
    'the authorization endpoint is data': () => metadata({ authorization_endpoint: 'data:text/html,x' }),
    'the authorization endpoint has a user': () => metadata({ authorization_endpoint: 'https://a@evil.example/' }),
    'there is no authorization endpoint': () => metadata({ authorization_endpoint: undefined }),
    'the metadata redirects': () => ({ answer: raw(discovery, 302, { location: `${other.issuer}${discovery}` }) }),
    'the metadata is no JSON': () => ({ answer: raw(discovery, 200, json, '<html>') }),
    'the metadata is a list': () => ({ answer: raw(discovery, 200, json, '[]') }),
    'the metadata is huge': () => ({ answer: raw(discovery, 200, json, `{"x":"${'x'.repeat(300_000)}"}`) }),
    'the metadata is an error': () => ({ answer: raw(discovery, 500, json, '{}') }),
  };
  it.each(Object.entries(early))('%s: nobody is sent there', async (_, twist) => {
    const { outcome, phase } = await attempt(twist());
    expect([outcome, phase]).toEqual([expect.stringMatching(/^start answered 502 .*"provider_failed"/), 'metadata']);
    expect(other.hits.size).toBe(0);
  });

  const late: Record<string, () => Twist> = {
    'the keys are elsewhere, unreachable by http': () => metadata({ jwks_uri: 'http://192.0.2.1/jwks' }),
    'the keys are at a cloud’s metadata': () => metadata({ jwks_uri: 'https://169.254.169.254/jwks' }),
    'the keys redirect': () => ({ answer: raw('/jwks', 302, { location: `${other.issuer}/jwks` }) }),
    'the keys are huge': () => ({ jwks: ({ keys }) => ({ keys, x: 'x'.repeat(300_000) }) }),
    'the keys are no list': () => ({ jwks: () => ({ keys: {} }) }),
    'the token endpoint redirects': () => ({ answer: raw('/token', 307, { location: `${other.issuer}/token` }) }),
    'the token endpoint is an error': () => ({ answer: raw('/token', 503, json, '{}') }),
    'the token endpoint is huge': () => ({ answer: raw('/token', 200, json, `{"x":"${'x'.repeat(300_000)}"}`) }),
    'the token endpoint is at a private address': () => metadata({ token_endpoint: 'https://10.0.0.1/token' }),
    'the token endpoint asks for a password': () => ({
      answer: raw('/token', 401, { 'www-authenticate': 'Basic realm="x"' }),
    }),
    'userinfo redirects': () => ({
      claims: ({ email: _, ...own }) => own,
      answer: raw('/userinfo', 302, { location: `${other.issuer}/userinfo` }),
    }),
    'userinfo is a JWT, whose signature nobody has checked': () => ({
      ...metadata({ userinfo_signing_alg_values_supported: ['ES256'] }),
      claims: ({ email: _, email_verified: __, ...own }) => own,
      answer: raw('/userinfo', 200, { 'content-type': 'application/jwt' }, forgedUserinfo),
    }),
  };
  it.each(Object.entries(late))('%s: nobody gets in, and nobody else is asked', async (_, twist) => {
    expect((await attempt(twist())).outcome).toBe('provider_failed');
    expect(other.hits.size).toBe(0);
  });

  it('what hangs is given up, and the next sign-in goes on', async () => {
    const hung: string[] = [];
    const w = oauthWorld(provider, {
      http: {
        fetch: (request, { timeoutMs }) => {
          if (new URL(request.url).pathname !== '/token') return fetch(request);
          hung.push(`${timeoutMs}`);
          return Promise.reject(new DOMException('timed out', 'TimeoutError'));
        },
      },
    });
    expect(await signInAt(w.browser(), provider)).toBe('provider_failed');
    expect(hung).toEqual(['5000']);
  });

  it('the metadata is read once an hour, a wrong answer not kept', async () => {
    const w = oauthWorld(provider);
    provider.twist = metadata({ issuer: 'https://evil.example' });
    expect((await w.browser().post('/oauth/corp')).body.code).toBe('provider_failed');
    provider.twist = {};
    for (let n = 0; n < 3; n += 1) expect(await signInAt(w.browser(), provider)).toBe('ok');
    expect([provider.hits.get(discovery), provider.hits.get('/jwks')]).toEqual([2, 1]);
    w.clock.advance(3_600_000);
    await begin(w.browser());
    expect(provider.hits.get(discovery)).toBe(3);
  });

  it('JWT-12: unknown key ids ask for the keys no more often', async () => {
    const w = oauthWorld(provider);
    expect(await signInAt(w.browser(), provider)).toBe('ok');
    for (let n = 0; n < 5; n += 1) {
      provider.twist = { header: (own) => ({ ...own, kid: `k${n + 2}` }) };
      expect(await signInAt(w.browser(), provider)).toBe('provider_failed');
    }
    expect(provider.hits.get('/jwks')).toBe(1);
  });
});

describe('OIDC-01, OIDC-02: the way back is one browser’s, one provider’s, and once', () => {
  it('S2: nothing, an empty and an unknown state: no session, and the provider is not asked', async () => {
    const w = oauthWorld(provider);
    const alice = w.browser();
    await begin(alice);
    for (const query of ['', '?code=x', '?code=x&state=', `?code=x&state=${'A'.repeat(43)}`, '?code=x&state=undefined'])
      expect(outcomeOf(await alice.get(`/oauth/corp/callback${query}`))).toBe('oauth_state_invalid');
    expect(outcomeOf(await alice.get(`/oauth/corp/callback?state=${'x'.repeat(5_000)}`))).toBe('validation_failed');
    for (const twice of ['code=a&code=b', 'state=a&state=b', 'iss=a&iss=b', 'error=a&error=b'])
      expect(outcomeOf(await alice.get(`/oauth/corp/callback?${twice}`))).toBe('malformed_request');
    expect([await me(alice), provider.redeemed.length]).toEqual([null, 0]);
  });

  it('a second use, an expired one, and one at another browser or provider', async () => {
    const clock = oauthWorld(provider).clock;
    other.now = () => clock.now();
    const w = oauthWorld(provider, { clock, providers: [described(provider), described(other, { id: 'other' })] });
    const [alice, mallory] = [w.browser(), w.browser()];
    await begin(alice);
    const back = provider.approve(await begin(mallory));
    // Login CSRF: the attacker's code and state in the victim's browser.
    expect(outcomeOf(await callback(alice, back))).toBe('oauth_state_invalid');
    expect(outcomeOf(await callback(w.browser(), back))).toBe('oauth_state_invalid');
    expect(outcomeOf(await callback(mallory, back.replace('/corp/', '/other/')))).toBe('oauth_state_invalid');
    expect(provider.redeemed).toHaveLength(0);
    expect(outcomeOf(await callback(mallory, back))).toBe('ok');
    expect(outcomeOf(await callback(mallory, back))).toBe('oauth_state_invalid');
    expect(provider.redeemed).toHaveLength(1);
    const late = provider.approve(await begin(alice));
    w.clock.advance(600_000);
    expect(outcomeOf(await callback(alice, late))).toBe('oauth_state_invalid');
    expect(other.hits.size).toBe(0);
  });

  it('a flow cookie that we did not sign binds nothing', async () => {
    const w = oauthWorld(provider);
    const alice = w.browser();
    const back = provider.approve(await begin(alice));
    alice.jar.set('__Host-flow', (alice.jar.get('__Host-flow') ?? '').replace(/.{6}$/, 'forged'));
    expect(outcomeOf(await callback(alice, back))).toBe('oauth_state_invalid');
  });

  it('OIDC-05: mix-up: an answer of another issuer, or none where one is promised, sends no code anywhere', async () => {
    for (const iss of ['https://evil.example', `${provider.issuer}/`, null, '']) {
      const { outcome, phase } = await attempt({
        back: (params) => (iss === null ? params.delete('iss') : params.set('iss', iss)),
      });
      expect([iss, outcome, phase]).toEqual([iss, 'provider_failed', 'response']);
    }
    expect(provider.redeemed).toHaveLength(0);
  });

  it('OIDC-05: a code of one attempt with the state of another is worth nothing', async () => {
    const w = oauthWorld(provider);
    const [alice, mallory] = [w.browser(), w.browser()];
    const theirs = new URL(provider.approve(await begin(mallory)));
    const mine = new URL(provider.approve(await begin(alice)));
    mine.searchParams.set('code', theirs.searchParams.get('code') ?? '');
    expect(outcomeOf(await callback(alice, mine.href))).toBe('provider_failed');
    expect(await me(alice)).toBeNull();
  });

  it('a record of another kind is no attempt, nor an attempt one of theirs', async () => {
    const w = oauthWorld(provider);
    const alice = w.browser();
    await alice.post('/register', { email: 'x@example.org', password: 'correct horse battery staple' });
    await w.auth.drain();
    const token = w.tokenFor('x@example.org');
    expect(outcomeOf(await alice.get(`/oauth/corp/callback?code=x&state=${token}`))).toBe('oauth_state_invalid');
    const state = new URL(await begin(alice)).searchParams.get('state');
    for (const path of ['/verify-email', '/change-email/confirm', '/change-email/revert', '/reset-password'])
      expect(
        (
          await alice.post(path, {
            token: state,
            ...(path === '/reset-password' ? { password: 'correct horse battery staple' } : {}),
          })
        ).body.code,
      ).toBe('token_invalid');
  });
});

describe('OIDC-26: what a provider says goes nowhere', () => {
  it('hostile error answers become words of ours', async () => {
    const texts = [
      'access_denied',
      '<script>alert(1)</script>',
      'x\r\nSet-Cookie: a=b',
      'login_taken',
      '%00',
      'é'.repeat(200),
    ];
    for (const text of texts) {
      const twist: Twist = {
        back: (params) => {
          params.delete('code');
          params.set('error', text);
          params.set('error_description', '<img src=x onerror=alert(1)>');
        },
      };
      const { outcome } = await attempt(twist);
      expect([text, outcome]).toEqual([text, text === 'access_denied' ? 'oauth_denied' : 'provider_failed']);
    }
    expect(provider.redeemed).toHaveLength(0);
  });

  it('a token endpoint that echoes what it was sent: no answer, event or thrown error has it', async () => {
    const w = oauthWorld(provider);
    const alice = w.browser();
    const url = await begin(alice);
    const back = provider.approve(url);
    provider.twist.answer = (path, res, body) => {
      if (path !== '/token') return false;
      const sent = JSON.stringify({ error: 'invalid_grant', error_description: body, error_uri: body });
      res.writeHead(400, { 'content-type': 'application/json' }).end(sent);
      return true;
    };
    const { searchParams } = new URL(back);
    const given = Object.fromEntries(['code', 'state', 'iss'].map((name) => [name, searchParams.get(name) ?? '']));
    const thrown = await w.auth.api
      .finishOAuth({ id: 'corp', ...given }, alice.headers())
      .catch((error: unknown) => error);
    const told = inspect([thrown, w.events, w.auth], { depth: 12, showHidden: true }) + JSON.stringify(thrown);
    const secrets = [
      searchParams.get('code'),
      searchParams.get('state'),
      clientSecret,
      new URL(url).searchParams.get('nonce'),
    ];
    for (const secret of secrets)
      expect([(secret ?? '').length > 8, told.includes(secret ?? '')]).toEqual([true, false]);
    expect(told).toContain('provider_failed');
    expect(w.events.find(({ name }) => name === 'oauth.refused')?.data).toEqual({
      provider: 'corp',
      phase: 'token',
      why: 'response_body_error',
    });
  });
});

describe('a provider of plain OAuth 2', () => {
  const plain = (more: object = {}) =>
    oauth2({
      id: 'plain',
      issuer: provider.issuer,
      clientId,
      clientSecret,
      scope: 'read',
      authorizationEndpoint: `${provider.issuer}/authorize`,
      tokenEndpoint: `${provider.issuer}/token`,
      userEndpoint: `${provider.issuer}/userinfo`,
      subject: 'id',
      email: 'email',
      ...more,
    });
  const plainWorld = () => world({ features: [password(), oauth([plain()])] });
  const tokens: Twist['tokens'] = ({ id_token: _, ...own }) => own;

  it('is known by a number that never changes, and proves no address', async () => {
    const w = plainWorld();
    provider.twist = { tokens };
    provider.user = { id: 583_231, email: 'alice@corp.example', email_verified: true };
    const [one, two] = [w.browser(), w.browser()];
    expect([await signInAt(one, provider, 'plain'), await signInAt(two, provider, 'plain')]).toEqual(['ok', 'ok']);
    expect(await me(one)).toMatchObject({ email: null, emailVerified: false, id: (await me(two)).id });
    expect(provider.asked.has('nonce')).toBe(false);
    expect(provider.asked.get('code_challenge_method')).toBe('S256');
  });

  it('OIDC-08: no subject, an empty one, one of another kind', async () => {
    for (const id of [undefined, '', null, 1.5, -0.1, true, {}, [], 2 ** 60, 'x'.repeat(256)]) {
      const w = plainWorld();
      provider.twist = { tokens };
      provider.user = { id, email: 'alice@corp.example' };
      const alice = w.browser();
      expect([id, await signInAt(alice, provider, 'plain')]).toEqual([id, 'provider_failed']);
      expect(await me(alice)).toBeNull();
    }
  });

  it('a member that every object has is no subject', async () => {
    const w = world({ features: [password(), oauth([plain({ subject: 'constructor' })])] });
    provider.twist = { tokens };
    expect(await signInAt(w.browser(), provider, 'plain')).toBe('provider_failed');
  });
});

describe('google()', () => {
  it('proves gmail.com, and no other domain without hostedDomain', async () => {
    const at = (more: object) => ({
      ...google({ clientId, clientSecret, ...more }),
      issuer: provider.issuer,
    });
    const emailOf = async (email: string, more: object = {}, hd?: string) => {
      const w = oauthWorld(provider, { providers: [at(more)] });
      provider.user = { sub: email, email, email_verified: true, hd };
      const alice = w.browser();
      expect(await signInAt(alice, provider, 'google')).toBe('ok');
      return (await me(alice)).email;
    };
    expect(await emailOf('alice@gmail.com')).toBe('alice@gmail.com');
    expect(await emailOf('alice@corp.example')).toBeNull();
    expect(await emailOf('alice@corp.example', {}, 'corp.example')).toBeNull();
    expect(await emailOf('alice@corp.example', { hostedDomain: 'corp.example' }, 'corp.example')).toBe(
      'alice@corp.example',
    );
    expect(await emailOf('alice@gmail.com.evil.example')).toBeNull();
  });
});
