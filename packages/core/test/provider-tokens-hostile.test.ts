import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuthProblem, hours, minutes, seconds } from '../src/index.ts';
import { oauth, oauth2 } from '../src/oauth.ts';
import { type World, world } from './harness.ts';
import { me, signInAt } from './oauth.ts';
import { clientId, clientSecret, type TestProvider, type Twist, testProvider } from './oauth-provider.ts';
import { asking, freshProvider, keepingWorld, type Linked, linked, newest } from './provider-tokens.ts';

let provider: TestProvider;
beforeAll(async () => {
  provider = await testProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  freshProvider(provider);
  provider.refreshes = 'lasting';
});

type Json = Record<string, unknown>;
const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const more = (members: Json) => (body: Json) => ({ ...body, ...members });

/** An ID token, as it comes along with refreshed tokens; the library looks at its claims. */
const idToken = (w: World, claims: Json) => () => {
  const iat = Math.floor(w.clock.now() / 1_000);
  const own = { iss: provider.issuer, aud: clientId, sub: 'subject-1', iat, exp: iat + 300, ...claims };
  return { id_token: `${b64({ alg: 'ES256', kid: 'k1' })}.${b64(own)}.${'A'.repeat(86)}` };
};

/** Members of a token answer that nobody may keep. */
const wrong: Readonly<Record<string, Json>> = {
  'a token of another kind': { token_type: 'mac' },
  'a token bound to a key that nobody has': { token_type: 'DPoP' },
  'no kind': { token_type: undefined },
  'no access token': { access_token: undefined },
  'an empty access token': { access_token: '' },
  'a number for an access token': { access_token: 7 },
  'a huge access token': { access_token: 'x'.repeat(16_385) },
  'an access token of two lines': { access_token: 'x\r\nx-evil: 1' },
  'an access token that is not ASCII': { access_token: 'tökén' },
  'a number for a refresh token': { refresh_token: 7 },
  'an empty refresh token': { refresh_token: '' },
  'a huge refresh token': { refresh_token: 'x'.repeat(16_385) },
  'a refresh token with a NUL': { refresh_token: 'a\0b' },
  'a list of scopes': { scope: ['openid'] },
  'a huge scope': { scope: 'x '.repeat(4_096) },
  'a scope of two lines': { scope: 'openid\nadmin' },
  'a life that is over': { expires_in: -1 },
  'a life in words': { expires_in: 'soon' },
};

const answering =
  (
    status: number,
    body: string,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ): NonNullable<Twist['answer']> =>
  (path, res) =>
    path === '/token' && Boolean(res.writeHead(status, headers).end(body));
const ended = JSON.stringify({ error: 'invalid_grant' });

/** Answers that say nothing about the grant. */
const outages: Readonly<Record<string, NonNullable<Twist['answer']>>> = {
  down: answering(503, ''),
  'broken, with the word in it': answering(500, ended),
  'an unknown client': answering(401, JSON.stringify({ error: 'invalid_client' }), {
    'content-type': 'application/json',
    'www-authenticate': 'Basic realm="x"',
  }),
  'a secret that is wrong by now': answering(400, JSON.stringify({ error: 'invalid_client' })),
  'a client that may not': answering(400, JSON.stringify({ error: 'unauthorized_client' })),
  'another word': answering(400, JSON.stringify({ error: 'temporarily_unavailable' })),
  'the word in a list': answering(400, JSON.stringify({ error: ['invalid_grant'] })),
  'the word, refused as a client': answering(401, ended),
  'the word beside a token': answering(200, JSON.stringify({ error: 'invalid_grant' })),
  'a page': answering(400, '<html>invalid_grant', { 'content-type': 'text/html' }),
  nothing: answering(200, ''),
  'a list': answering(200, '[]'),
  'a redirect': answering(307, '', { location: 'https://evil.example/token' }),
  'a flood': answering(200, `{"x":"${'x'.repeat(300_000)}"}`),
};

/** Nothing is lost: refused while it is over, as it was while it is good, and the next honest answer is taken. */
const losesNothing = async (w: World, { told, account }: Linked, twist: Twist) => {
  const before = await account();
  const old = newest(provider);
  w.clock.advance(minutes(59));
  provider.twist = twist;
  expect(await told()).toBe(old);
  w.clock.advance(minutes(2));
  expect(await told()).toBe('provider_failed');
  const after = await account();
  expect([after.tokens, after.refreshingUntil]).toEqual([before.tokens, null]);
  expect(w.events.findLast(({ name }) => name === 'oauth.refused')).toMatchObject({
    outcome: 'failure',
    code: 'provider_failed',
    data: { provider: 'corp', phase: expect.stringMatching(/^(?:refresh|token)$/) },
  });
  provider.twist = {};
  const next = await told();
  expect([next === old, next === newest(provider), provider.refreshed.length > 0]).toEqual([false, true, true]);
};

describe('an answer to a refresh token that is not right is not kept, and costs nothing', () => {
  it.each(Object.entries(wrong))('%s', async (_, members) => {
    const w = keepingWorld(provider);
    await losesNothing(w, await linked(w, provider), { refreshed: more(members) });
  });

  it.each(Object.entries(outages))('%s', async (_, answer) => {
    const w = keepingWorld(provider);
    await losesNothing(w, await linked(w, provider), { answer });
  });

  it('an ID token of somebody else, or for somebody else', async () => {
    for (const claims of [{ sub: 'subject-2' }, { aud: 'another' }, { iss: 'https://evil.example' }, { exp: 1 }]) {
      const w = keepingWorld(provider);
      const own = await linked(w, provider);
      await losesNothing(w, own, { refreshed: (body) => ({ ...body, ...idToken(w, claims)() }) });
    }
    const w = keepingWorld(provider);
    const { told } = await linked(w, provider);
    provider.twist = { refreshed: (body) => ({ ...body, ...idToken(w, {})() }) };
    w.clock.advance(hours(1));
    expect(await told()).toBe(newest(provider));
  });

  it('an endless life ends after 400 days', async () => {
    provider.twist = { tokens: more({ expires_in: 1e300 }) };
    const w = keepingWorld(provider);
    const { ask } = await linked(w, provider);
    expect((await ask()).expiresAt).toBe(w.clock.now() + hours(24 * 400));
  });

  it('what hangs is given up', async () => {
    const hung: number[] = [];
    const w = keepingWorld(provider, {
      http: {
        fetch: async (request, { timeoutMs }) => {
          const body = await request.clone().text();
          if (!body.includes('grant_type=refresh_token')) return fetch(request);
          hung.push(timeoutMs);
          throw new DOMException('timed out', 'TimeoutError');
        },
      },
    });
    const { told, account } = await linked(w, provider);
    w.clock.advance(hours(1));
    expect([await told(), hung, (await account()).refreshingUntil]).toEqual(['provider_failed', [5_000], null]);
  });

  it('the refusal says when to come back, as an answer of HTTP too', async () => {
    const w = keepingWorld(provider);
    const { ask } = await linked(w, provider);
    w.clock.advance(hours(1));
    provider.twist = { answer: answering(503, '') };
    const error = await ask().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthProblem);
    const response = (error as AuthProblem).toResponse();
    expect([response.status, response.headers.get('retry-after')]).toEqual([502, '1']);
  });
});

describe('the same at a sign-in: nobody gets in by it', () => {
  it.each(Object.entries(wrong))('%s', async (_, members) => {
    const w = keepingWorld(provider);
    provider.twist = { tokens: more(members) };
    const alice = w.browser();
    expect([await signInAt(alice, provider), await me(alice)]).toEqual(['provider_failed', null]);
  });
});

describe('a grant that the provider has ended', () => {
  it('is gone, and a new sign-in brings another', async () => {
    const w = keepingWorld(provider);
    const { told, account } = await linked(w, provider);
    provider.endGrants();
    w.clock.advance(minutes(59));
    expect(await told()).toBe('provider_token_missing');
    expect(await account()).toMatchObject({ tokens: null, refreshingUntil: null });
    expect(w.events.findLast(({ name }) => name === 'oauth.refused')).toMatchObject({
      code: 'provider_token_missing',
      data: { provider: 'corp', phase: 'refresh', why: 'grant_ended' },
    });
    expect([await told(), provider.refreshed.length]).toEqual(['provider_token_missing', 1]);
    expect(await signInAt(w.browser(), provider)).toBe('ok');
    expect(await told()).toBe(newest(provider));
  });

  it('GitHub says so with a status of 200; plain OAuth 2 otherwise does as OpenID Connect', async () => {
    const plain = oauth2({
      ...{ id: 'corp', issuer: provider.issuer, clientId, clientSecret, scope: 'repo', subject: 'sub' },
      authorizationEndpoint: `${provider.issuer}/authorize`,
      tokenEndpoint: `${provider.issuer}/token`,
      userEndpoint: `${provider.issuer}/userinfo`,
      revocationEndpoint: `${provider.issuer}/revoke`,
      keepTokens: true,
    });
    const w = world({ features: [oauth([plain])] });
    provider.twist = { tokens: ({ id_token: _, ...body }) => ({ ...body, scope: 'repo,gist' }) };
    const { ask, told } = await linked(w, provider);
    expect((await ask()).scope).toBe('repo,gist');
    w.clock.advance(hours(1));
    expect(await told()).toBe(newest(provider));
    w.clock.advance(hours(1));
    provider.twist.answer = answering(200, JSON.stringify({ error: 'bad_verification_code' }));
    expect(await told()).toBe('provider_failed');
    provider.twist.answer = answering(200, JSON.stringify({ error: 'bad_refresh_token' }));
    expect(await told()).toBe('provider_token_missing');
  });
});

describe('whoever holds the lease and is seen no more', () => {
  it('holds nobody up where the token is still good, and for thirty seconds where it is not', async () => {
    const w = keepingWorld(provider);
    const { told, ask, account } = await linked(w, provider);
    const old = newest(provider);
    const store = w.stores.durable.open<never>('account');
    const lease = async () => {
      const record = await account();
      const leased = { ...record, refreshingUntil: w.clock.now() + seconds(30), version: record.version + 1 };
      expect(await store.replace(leased as never, record.version)).toBe(true);
    };
    w.clock.advance(minutes(59));
    await lease();
    expect([await told(), provider.refreshed.length]).toEqual([old, 0]);
    w.clock.advance(minutes(1));
    await lease();
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const ends = { refused: null as AuthProblem['problem'] | null };
      ask().catch((error: AuthProblem) => {
        ends.refused = error.problem;
      });
      // Between two looks at the record WebCrypto takes time of its own.
      for (let turn = 0; turn < 20_000 && ends.refused === null; turn += 1) {
        await vi.advanceTimersByTimeAsync(200);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(ends.refused).toMatchObject({ code: 'busy', retryAfter: 30 });
    } finally {
      vi.useRealTimers();
    }
    expect(provider.refreshed).toHaveLength(0);
    w.clock.advance(seconds(30));
    expect([await told(), provider.refreshed.length]).toEqual([newest(provider), 1]);
  });

  it('a lease that a slow store has eaten up is not used', async () => {
    const late = { armed: false };
    const w: World = keepingWorld(provider, {
      instruments: {
        before: async () => {},
        after: async (call) => {
          if (late.armed && call === 'account.replace') w.clock.advance(seconds(16));
          if (call === 'account.replace') late.armed = false;
        },
      },
    });
    const { told, account } = await linked(w, provider);
    w.clock.advance(hours(1));
    late.armed = true;
    expect([await told(), provider.refreshed.length]).toEqual(['busy', 0]);
    expect((await account()).refreshingUntil).toBeNull();
    expect(await asking(w, (await account()).userId).told()).toBe(newest(provider));
  });
});
