import type { JsonObject, Millis } from '../../ports/json.ts';
import type { OidcProvider } from '../../ports/oauth-provider.ts';

export interface GoogleOptions {
  /** Of an OAuth client of the type "Web application". `undefined` is a configuration error with a code. */
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  /** Only accounts of this Google Workspace; their addresses are proved, whatever their domain. */
  readonly hostedDomain?: string;
  /** Default `google`. */
  readonly id?: string;
  /** Default `openid email profile`. */
  readonly scope?: string;
  readonly maxAge?: Millis;
  readonly parameters?: { readonly [name: string]: string };
  /** Keeps the tokens for `auth.api.providerToken`, and asks Google for a refresh token (`access_type=offline`). */
  readonly keepTokens?: boolean;
  /** Your profile out of Google's claims (`name`, `picture`, `given_name`, …), for a user who is new. */
  readonly profile?: (claims: JsonObject) => JsonObject;
}

/**
 * Sign in with Google. It runs the mailboxes of `gmail.com`, and those of a Workspace that `hostedDomain` names: only these
 * addresses are taken for proved (Google Identity, "Verify the Google ID token on your server side").
 */
export const google = ({
  clientId,
  clientSecret,
  id = 'google',
  scope,
  parameters = {},
  ...rest
}: GoogleOptions): OidcProvider => ({
  protocol: 'oidc',
  id,
  issuer: 'https://accounts.google.com',
  clientId: clientId ?? '',
  clientSecret: clientSecret ?? '',
  scope: scope ?? 'openid email profile',
  emailDomains: ['gmail.com'],
  parameters: rest.keepTokens === true ? { access_type: 'offline', ...parameters } : parameters,
  ...rest,
});
