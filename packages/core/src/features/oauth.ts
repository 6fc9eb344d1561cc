import type { Feature, FeatureParts, Kit } from '../config/feature.ts';
import { changeEmail } from '../flows/change-email.ts';
import { type FinishOAuthFlow, finishOAuth } from '../flows/oauth/finish.ts';
import { link } from '../flows/oauth/link.ts';
import { signIn } from '../flows/oauth/sign-in.ts';
import { type StartOAuthFlow, startOAuth } from '../flows/oauth/start.ts';
import { unlink } from '../flows/oauth/unlink.ts';
import { accountRoutes } from '../http/routes/accounts.ts';
import { oauthRoutes } from '../http/routes/oauth.ts';
import { type LinkedAccounts, linkedAccounts } from '../modules/linked-accounts.ts';
import { attempts } from '../modules/oauth-client/attempts.ts';
import type { OAuthClient } from '../modules/oauth-client/client.ts';
import type { Identity } from '../modules/oauth-client/identity.ts';
import type { OAuthAccount } from '../ports/domain.ts';
import type { Caller } from '../ports/journal.ts';
import type { JsonObject } from '../ports/json.ts';
import type { OAuthProvider } from '../ports/oauth-provider.ts';
import { once, onDemand } from '../primitives/on-demand.ts';
import { matchesReturnTo, safeReturnTo } from '../primitives/return-to.ts';
import { oauthIssues } from './oauth/check.ts';
import type { ProviderTokens } from './oauth/provider-tokens.ts';

export { type GoogleOptions, google } from './oauth/google.ts';
export { type GitHubOptions, github, type OAuth2Options, oauth2 } from './oauth/oauth2.ts';
export { type OidcOptions, oidc } from './oauth/oidc.ts';

export interface OAuthOptions {
  /** Where a sign-in may end: `/app/*`, `/app` exactly, or the same of a trusted origin with its URL. Left out: every page of the origin and of trusted origins. `/` always. */
  readonly returnTo?: readonly string[];
  /**
   * Links a provider's account to the user who has confirmed the same address, at its first sign-in. Default `false`: then
   * it is `account_exists`, and the user links it while signed in. Only for addresses that the provider proves.
   */
  readonly linkVerifiedEmail?: boolean;
}

/** Sign-in at other providers, and accounts there that are linked to users here. */
export const oauth = (providers: readonly OAuthProvider[], options: OAuthOptions = {}): Feature => ({
  name: 'oauth',
  check: (around) => oauthIssues({ providers, returnTo: options.returnTo }, around),
  install: (kit) => install(kit, providers, options),
});

const install = (kit: Kit, providers: readonly OAuthProvider[], options: OAuthOptions): FeatureParts => {
  const { settings, keep, checkProfile } = kit;
  const accounts = linkedAccounts(kit.accountStore);
  const mapping = new Map(providers.map((provider) => [provider.id, provider.profile]));
  const providerOf = ({ provider, issuer }: OAuthAccount) =>
    providers.find((one) => one.id === provider && one.issuer === issuer);
  const needs = {
    ...kit,
    accounts,
    attempts: attempts(kit.keys),
    stateMs: settings.stateMs,
    registration: settings.registration,
    linkVerifiedEmail: options.linkVerifiedEmail ?? false,
    profileOf: async ({ provider, claims }: Identity) => checkProfile(mapping.get(provider)?.(claims) ?? null),
    beforeRegister: ({ client }: Caller, loginKey: string, profile: JsonObject) =>
      settings.beforeRegister({ loginKey, userId: null, profile, client }),
    isUsable: (account: OAuthAccount) => providerOf(account) !== undefined,
  };
  const ask = changeEmail({
    ...kit,
    verifyMs: settings.verifyMs,
    changeLink: (token: string) => kit.linkTo('changeEmail', token),
  });
  // The routes that take such a link are those of password().
  const askAddress: Parameters<typeof signIn>[0]['askAddress'] = kit.features.includes('password')
    ? (caller, subject, address) => ask(caller, { subject, address })
    : null;
  const clients = new Map(providers.map((provider) => [provider.id, clientOnDemand(kit, provider)]));
  const clientOf = (id: string): OAuthClient | null => clients.get(id) ?? null;
  const keepers = providers.filter(({ keepTokens }) => keepTokens === true).map(({ id }) => id);
  const loadTokens = once(async () =>
    (await import('./oauth/provider-tokens.ts')).providerTokens({
      ...{ kit, accounts, clientOf },
      keeps: (id) => keepers.includes(id),
      clientIdOf: (account) => providerOf(account)?.clientId ?? null,
      isUsable: needs.isUsable,
    }),
  );
  const tokens = onDemand<ProviderTokens>(['keep', 'token', 'revoke'], loadTokens);
  const start: StartOAuthFlow = startOAuth(needs);
  const finish: FinishOAuthFlow = finishOAuth({
    ...needs,
    signIn: signIn({ ...needs, askAddress }),
    link: link(needs),
    readyToKeep: async (id) => (keepers.includes(id) ? loadTokens() : null),
    keepTokens: tokens.keep,
  });
  const freshMs = settings.session.stepUpWindowMs;
  const targetOf = (text: string | null): string | null => {
    const target = safeReturnTo(text ?? '/', settings.origin, settings.trustedOrigins);
    if (target === null || target === '/' || options.returnTo === undefined) return target;
    return options.returnTo.some((pattern) => matchesReturnTo(target, pattern, settings.origin)) ? target : null;
  };
  return {
    routes: [
      ...oauthRoutes({
        start,
        finish,
        clientOf,
        targetOf,
        keep,
        secondFactor: settings.pages.secondFactor,
        freshMs,
        transports: kit.transports,
      }),
      ...accountRoutes({ accounts, unlink: unlink({ ...needs, revokeGrant: tokens.revoke }), keep, freshMs }),
    ],
    pages: [],
    providerToken: tokens.token,
    ...(keepers.length === 0 ? {} : { leaving: leaving(kit, accounts, tokens) }),
  };
};

/** Read before the records go, revoked after. */
const leaving =
  ({ chores }: Kit, accounts: LinkedAccounts, { revoke }: ProviderTokens): NonNullable<FeatureParts['leaving']> =>
  async (caller, credential) => {
    for (const account of await accounts.of(credential))
      if (account.tokens !== null) chores.run(caller, () => revoke(caller, account));
  };

/** The library comes with the first sign-in. */
const clientOnDemand = (kit: Kit, provider: OAuthProvider): OAuthClient => {
  const { settings, http, clock, clockSkewMs } = kit;
  const redirectUri = `${settings.origin}${settings.basePath}/oauth/${provider.id}/callback`;
  const load = once(async () =>
    (await import('../modules/oauth-client/client.ts')).oauthClient({
      ...{ provider, http, clock, clockSkewMs, redirectUri },
      loopback: settings.mode === 'development',
    }),
  );
  return {
    id: provider.id,
    authorize: async (attempt) => (await load()).authorize(attempt),
    redeem: async (attempt, response) => (await load()).redeem(attempt, response),
    refresh: async (spent) => (await load()).refresh(spent),
    revoke: async (token) => (await load()).revoke(token),
  };
};
