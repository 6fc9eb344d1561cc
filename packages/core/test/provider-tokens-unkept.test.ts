import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreUnavailableError } from '../src/index.ts';
import type { World } from './harness.ts';
import { begin, callback, linkAt, me, oauthWorld, outcomeOf, signInAt } from './oauth.ts';
import { type TestProvider, testProvider } from './oauth-provider.ts';
import { asking, freshProvider, keepingWorld, linked, newest } from './provider-tokens.ts';

/** Whether what keeps tokens comes, and what it does then. */
const part = vi.hoisted(() => ({ comes: true, breaks: false }));
vi.mock('../src/features/oauth/provider-tokens.ts', async (original) => {
  const real = await original<typeof import('../src/features/oauth/provider-tokens.ts')>();
  const load: typeof real.providerTokens = (needs) => {
    if (!part.comes) throw new TypeError('Failed to fetch dynamically imported module');
    const { accountStore } = needs.kit;
    const get: typeof accountStore.get = async (id) => {
      if (part.breaks) throw new TypeError('unforeseen');
      return accountStore.get(id);
    };
    return real.providerTokens({ ...needs, kit: { ...needs.kit, accountStore: { ...accountStore, get } } });
  };
  return { providerTokens: load };
});

let provider: TestProvider;
beforeAll(async () => {
  provider = await testProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  freshProvider(provider);
  Object.assign(part, { comes: true, breaks: false });
});

/** A world whose accounts cannot be written to while `away`. */
const failing = (): World & { readonly store: { away: boolean } } => {
  const store = { away: false };
  const before = async (call: string) => {
    if (store.away && call === 'account.replace') throw new StoreUnavailableError(call, { cause: new Error('away') });
  };
  return { ...keepingWorld(provider, { instruments: { before, after: async () => {} } }), store };
};

const failuresOf = ({ events }: World) =>
  events
    .filter(({ name }) => name === 'store.failed' || name === 'request.failed')
    .map(({ name, userId, code, data }) => [name, userId, code, data]);
const data = { phase: 'keep_tokens', provider: 'corp' };

describe('tokens that could not be kept', () => {
  it('a store that is away: the sign-in stands, an event tells, and the next one brings tokens', async () => {
    const w = failing();
    const { userId, told } = await linked(w, provider);
    const old = newest(provider);
    w.store.away = true;
    const alice = w.browser();
    expect(await signInAt(alice, provider)).toBe('ok');
    expect((await me(alice)).id).toBe(userId);
    expect(failuresOf(w)).toEqual([['store.failed', userId, 'store_unavailable', data]]);
    w.store.away = false;
    expect(await told()).toBe(old);
    expect(await signInAt(alice, provider)).toBe('ok');
    expect(await told()).toBe(newest(provider));
  });

  it('what nobody foresaw: the same, of a link too', async () => {
    const w = keepingWorld(provider);
    const alice = await w.signedIn('alice@example.org');
    const { id } = await me(alice);
    part.breaks = true;
    expect(await linkAt(alice, provider)).toBe('ok');
    expect(await signInAt(w.browser(), provider)).toBe('ok');
    expect(failuresOf(w)).toEqual([
      ['store.failed', id, 'internal', data],
      ['store.failed', id, 'internal', data],
    ]);
    expect(await asking(w, id).told()).toBe('provider_token_missing');
  });

  it('a part that does not come: 503, and the same way back goes on once it does', async () => {
    const w = keepingWorld(provider);
    const alice = w.browser();
    const url = provider.approve(await begin(alice));
    part.comes = false;
    const refused = await callback(alice, url);
    expect([refused.status, refused.body.code, provider.redeemed]).toEqual([503, 'store_unavailable', []]);
    part.comes = true;
    expect(outcomeOf(await callback(alice, url))).toBe('ok');
    expect(await asking(w, (await me(alice)).id).told()).toBe(newest(provider));
  });

  it('nobody waits for it where nothing is kept, or where the attempt is not theirs', async () => {
    part.comes = false;
    const w = oauthWorld(provider);
    expect(await signInAt(w.browser(), provider)).toBe('ok');
    const keeping = keepingWorld(provider);
    const url = provider.approve(await begin(keeping.browser()));
    expect(outcomeOf(await callback(keeping.browser('192.0.2.9'), url))).toBe('oauth_state_invalid');
  });
});
