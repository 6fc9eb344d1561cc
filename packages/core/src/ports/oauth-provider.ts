import type { JsonObject, Millis } from './json.ts';

/** What every provider is described by: flat data. `google`, `oidc`, `github` and `oauth2` fill it in. */
export interface ProviderBase {
  /** In paths, in records and in the callback's URL; `[a-z0-9-]{1,32}`. Never changed once somebody has signed in. */
  readonly id: string;
  /** The name space of its subjects: who somebody is, is (issuer, subject), whatever the provider's id here. */
  readonly issuer: string;
  readonly clientId: string;
  /** A public client, which PKCE alone protects, leaves the member out; `undefined` is a configuration error with a code. */
  readonly clientSecret?: string | undefined;
  /** How the secret is sent (RFC 6749 §2.3.1); default: what the provider's metadata says, `basic` where it says nothing. */
  readonly clientAuth?: 'basic' | 'post';
  /** Separated by spaces. */
  readonly scope: string;
  /**
   * Keeps what the provider grants, sealed, for `auth.api.providerToken`, and renews it. Default `false`: used once, and
   * thrown away. Most providers give a refresh token only where `scope` or `parameters` ask for one.
   */
  readonly keepTokens?: boolean;
  /** More parameters of the authorization request, e.g. `{ prompt: 'select_account' }`; none that the protocol owns. */
  readonly parameters?: { readonly [name: string]: string };
  /** The application's profile out of the provider's claims, for a user who is new; its schema has the last word. */
  readonly profile?: (claims: JsonObject) => JsonObject;
}

/** A provider of OpenID Connect: the rest is in its metadata (OpenID Connect Discovery 1.0). */
export interface OidcProvider extends ProviderBase {
  readonly protocol: 'oidc';
  /** Domains whose mailboxes this provider runs: for these alone its `email_verified` proves an address. */
  readonly emailDomains?: readonly string[];
  /** The claim `hd` must be exactly this (Google Workspace); a verified address is then proved, whatever its domain. */
  readonly hostedDomain?: string;
  /** Asked for as `max_age`, and checked: the user proved a factor there less than so many milliseconds ago. */
  readonly maxAge?: Millis;
  /** Asked for as `acr_values`, and checked: the claim `acr` must be one of them. */
  readonly acr?: readonly string[];
  /** What of its `amr` (RFC 8176) or `acr` counts as a second factor here; without it none does. */
  readonly secondFactor?: { readonly amr?: readonly string[]; readonly acr?: readonly string[] };
}

/** A provider of plain OAuth 2: it says who somebody is at an endpoint of its own, and proves no address. */
export interface OAuth2Provider extends ProviderBase {
  readonly protocol: 'oauth2';
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /** Ends a token (RFC 7009), where there is such an endpoint; a link that ends uses it. */
  readonly revocationEndpoint?: string;
  /** Answers `GET` with an access token by a JSON object. */
  readonly userEndpoint: string;
  /** The member of that object which never changes: a text, or a whole number. */
  readonly subject: string;
  /** The member that holds an address, if one does. */
  readonly email?: string;
}

export type OAuthProvider = OidcProvider | OAuth2Provider;
