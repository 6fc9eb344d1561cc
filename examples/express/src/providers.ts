import type { OAuthProvider } from '@sallyport/core';
import { google, oidc } from '@sallyport/core/oauth';
import { emailDomains } from './local-provider/people.ts';
import type { LocalProvider } from './local-provider/provider.ts';

export interface GoogleKeys {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A button on the page. */
export interface ProviderButton {
  readonly id: string;
  readonly name: string;
  /** The demo has something to ask there in the user's name. */
  readonly calls: boolean;
}

export interface Providers {
  readonly providers: readonly OAuthProvider[];
  readonly buttons: readonly ProviderButton[];
  /** Where forms lead that begin a sign-in: a content security policy has to name them (Chromium holds redirects to it). */
  readonly formTargets: readonly string[];
}

export const providersOf = (local: LocalProvider, keys: GoogleKeys | null): Providers => ({
  // Asked each time who it is, so that one can be either.
  providers: [
    oidc({
      id: 'local',
      ...withoutRoutes(local),
      emailDomains,
      scope: 'openid email profile offline_access',
      // A refresh token comes with consent (OpenID Connect Core §11).
      parameters: { prompt: 'login consent' },
      keepTokens: true,
    }),
    ...(keys === null ? [] : [google(keys)]),
  ],
  buttons: [
    { id: 'local', name: 'the local provider', calls: true },
    ...(keys === null ? [] : [{ id: 'google', name: 'Google', calls: false }]),
  ],
  formTargets: keys === null ? [] : ['https://accounts.google.com'],
});

const withoutRoutes = ({ issuer, clientId, clientSecret }: LocalProvider) => ({ issuer, clientId, clientSecret });
