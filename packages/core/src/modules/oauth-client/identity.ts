import type { Json, JsonObject } from '../../ports/json.ts';
import type { OAuthProvider } from '../../ports/oauth-provider.ts';
import { type Address, parseAddress } from '../../primitives/address.ts';
import { isWellFormed } from '../../primitives/text.ts';
import { ProviderFault } from './fault.ts';

/** Who signed in at a provider, as far as it has shown. */
export interface Identity {
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: Address | null;
  /** The provider runs that mailbox, and has verified that it is the subject's. */
  readonly proven: boolean;
  /** A second factor was proved there, of a kind that the configuration accepts. */
  readonly strong: boolean;
  readonly claims: JsonObject;
}

/** OpenID Connect Core §2: 255 ASCII characters at most. */
const maxSubject = 255;

/** A number only where a provider's data says so, and whole: anything else could be shared by two. */
export const subjectOf = (value: Json | undefined, mayBeNumber: boolean): string => {
  const text = mayBeNumber && typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || text === '' || text.length > maxSubject || !isWellFormed(text) || text.includes('\0'))
    throw new ProviderFault('claims', 'subject');
  return text;
};

export const identityOf = (provider: OAuthProvider, subject: string, claims: JsonObject): Identity => {
  const { id, issuer } = provider;
  const named = provider.protocol === 'oidc' ? 'email' : provider.email;
  const given = named === undefined ? undefined : claims[named];
  const email = typeof given === 'string' ? parseAddress(given) : null;
  const proven = email !== null && proves(provider, email, claims);
  return { provider: id, issuer, subject, email, proven, strong: isStrong(provider, claims), claims };
};

/** A provider proves an address only where it is authoritative: anybody's may say anything of anybody's mailbox. */
const proves = (provider: OAuthProvider, { loginKey }: Address, claims: JsonObject): boolean => {
  // Exactly `true`: some send the text "false".
  if (provider.protocol !== 'oidc' || claims['email_verified'] !== true) return false;
  const domain = loginKey.slice(loginKey.lastIndexOf('@') + 1);
  return provider.hostedDomain !== undefined || (provider.emailDomains ?? []).includes(domain);
};

const isStrong = (provider: OAuthProvider, { amr, acr }: JsonObject): boolean => {
  if (provider.protocol !== 'oidc' || provider.secondFactor === undefined) return false;
  const { amr: methods = [], acr: classes = [] } = provider.secondFactor;
  const proved: readonly Json[] = Array.isArray(amr) ? amr : [];
  return methods.some((method) => proved.includes(method)) || (typeof acr === 'string' && classes.includes(acr));
};
