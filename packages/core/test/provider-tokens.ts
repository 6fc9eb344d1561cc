import type { OAuthAccount, ProviderToken, ProviderTokenRequest } from '../src/index.ts';
import type { OidcProvider } from '../src/ports/oauth-provider.ts';
import type { Browser, World } from './harness.ts';
import { described, me, type OAuthWorld, oauthWorld, signInAt } from './oauth.ts';
import type { TestProvider } from './oauth-provider.ts';
import { refusalOf } from './probes.ts';

export const email = 'alice@corp.example';

/** Honest, with refresh tokens that are good once, and access tokens of an hour. */
export const freshProvider = (provider: TestProvider): void => {
  provider.twist = {};
  provider.refreshes = 'rotating';
  provider.expiresIn = 3_600;
  provider.user = { sub: 'subject-1', email, email_verified: true };
  for (const list of [provider.redeemed, provider.refreshed, provider.revoked, provider.given]) list.length = 0;
};

export const keeping = (provider: TestProvider, more: Partial<OidcProvider> = {}): OidcProvider =>
  described(provider, { keepTokens: true, scope: 'openid email calendar offline_access', ...more });

/** A world whose one provider keeps tokens. */
export const keepingWorld = (provider: TestProvider, options: OAuthWorld = {}): World =>
  oauthWorld(provider, { providers: [keeping(provider)], ...options });

export interface Linked {
  readonly alice: Browser;
  readonly userId: string;
  /** Asks for the access token. */
  ask(more?: Partial<ProviderTokenRequest>): Promise<ProviderToken>;
  /** The access token, or the code of the refusal. */
  told(more?: Partial<ProviderTokenRequest>): Promise<string>;
  account(): Promise<OAuthAccount>;
}

/** Alice, signed in at the provider a moment ago. */
export const linked = async (w: World, provider: TestProvider): Promise<Linked> => {
  const alice = w.browser();
  const outcome = await signInAt(alice, provider);
  if (outcome !== 'ok') throw new Error(`the sign-in ended in ${outcome}`);
  const { id } = await me(alice);
  return asking(w, id, alice);
};

export const asking = (w: World, userId: string, alice: Browser = w.browser()): Linked => {
  const ask: Linked['ask'] = (more = {}) => w.auth.api.providerToken({ userId, provider: 'corp', ...more });
  return {
    alice,
    userId,
    ask,
    told: (more) =>
      ask(more).then(
        ({ accessToken }) => accessToken,
        (error: unknown) => refusalOf(Promise.reject(error)),
      ),
    account: async () => {
      const [account] = await w.stores.durable.open<OAuthAccount>('account').listByUser(userId);
      if (account === undefined) throw new Error('no account');
      return account;
    },
  };
};

/** What the provider gave last. */
export const newest = (provider: TestProvider, kind: 'access' | 'refresh' = 'access'): string =>
  provider.given.findLast((token) => token.startsWith('refresh-') === (kind === 'refresh')) ?? 'none';
