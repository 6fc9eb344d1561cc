import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { days } from '../src/primitives/time.ts';
import { goodPassword, world } from './harness.ts';
import { begin, described, oauthWorld } from './oauth.ts';
import { type TestProvider, testProvider } from './oauth-provider.ts';

const email = 'alice@example.com';

describe('what standards ask for and no other test is about', () => {
  let provider: TestProvider;
  beforeAll(async () => {
    provider = await testProvider();
  });
  afterAll(() => provider.close());

  it('ASVS 6.3.2: a new instance makes no account: it asks no store for anything', async () => {
    const w = world();
    expect((await w.browser().get('/session')).body.user).toBeNull();
    await w.auth.drain();
    expect(w.log).toEqual([]);
  });

  it('ASVS 6.2.10: a password signs in ten years later, and nobody asks for another one', async () => {
    const w = world();
    await w.confirmed(email);
    w.clock.advance(days(3_650));
    const { status, body } = await w.browser().post('/login', { email, password: goodPassword });
    expect([status, body.status]).toEqual([200, 'signed_in']);
  });

  it('ASVS 7.1.2: every browser has a session of its own, as many as there are, and each can be ended', async () => {
    const w = world();
    await w.confirmed(email);
    const browsers = [];
    for (let count = 0; count < 12; count += 1) {
      const browser = w.browser();
      await browser.post('/login', { email, password: goodPassword });
      await w.auth.drain();
      browsers.push(browser);
    }
    const [first, ...others] = browsers;
    const shown = (await first?.get('/sessions'))?.body.sessions;
    expect(shown).toHaveLength(12);
    for (const { id, current } of shown) if (!current) await first?.delete(`/sessions/${id}`);
    for (const browser of others) expect((await browser.get('/session')).body.user).toBeNull();
    expect((await first?.get('/session'))?.body.user).toMatchObject({ email });
  });

  it('ASVS 10.2.3: a provider is asked for the scope of the configuration, letter by letter', async () => {
    for (const scope of ['openid email', 'openid']) {
      const w = oauthWorld(provider, { providers: [described(provider, { scope })] });
      expect(new URL(await begin(w.browser())).searchParams.get('scope')).toBe(scope);
    }
  });

  it('ASVS 15.3.1: a user and a session are shown by these members and no other', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const { user, session } = (await browser.get('/session')).body;
    const [listed] = (await browser.get('/sessions')).body.sessions;
    expect([user, session, listed].map((shown) => Object.keys(shown).sort().join(' '))).toEqual([
      'createdAt email emailVerified id profile',
      'aal amr authenticatedAt createdAt data expiresAt id',
      'client createdAt current id lastSeenAt',
    ]);
  });
});
