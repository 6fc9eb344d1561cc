import type { JsonObject } from '../../ports/json.ts';
import type { OidcProvider } from '../../ports/oauth-provider.ts';
import { base64url, fromBase64url, utf8 } from '../../primitives/bytes.ts';
import { ProviderFault } from './fault.ts';

interface Given {
  readonly idToken: string;
  readonly accessToken: string;
  /** Seconds since 1970, by our clock. */
  readonly now: number;
}

/** The library allows exp and nbf as much. */
const toleranceSeconds = 30;

/** What the library leaves to its caller, on claims whose signature has been verified. Throws `ProviderFault`. */
export const checkIdToken = async (provider: OidcProvider, claims: JsonObject, given: Given): Promise<void> => {
  const refuse = (claim: string): never => {
    throw new ProviderFault('id_token', claim);
  };
  const { iat, azp, acr, hd, at_hash: atHash } = claims;
  if (typeof iat !== 'number' || iat > given.now + toleranceSeconds) refuse('iat');
  // OpenID Connect Core §3.1.3.7, 5: also where there is one audience.
  if (azp !== undefined && azp !== provider.clientId) refuse('azp');
  if (provider.acr !== undefined && !(typeof acr === 'string' && provider.acr.includes(acr))) refuse('acr');
  if (provider.hostedDomain !== undefined && hd !== provider.hostedDomain) refuse('hd');
  if (atHash !== undefined && atHash !== (await hashOf(given))) refuse('at_hash');
};

/** OpenID Connect Core §3.1.3.6: the left half of the hash that the token's `alg` names. */
const hashOf = async ({ idToken, accessToken }: Given): Promise<string | null> => {
  const bits = /(256|384|512)$/.exec(algOf(idToken))?.[1] ?? '512';
  const whole = new Uint8Array(await crypto.subtle.digest(`SHA-${bits}`, Uint8Array.from(utf8(accessToken))));
  return base64url(whole.subarray(0, whole.length / 2));
};

const algOf = (jwt: string): string => {
  const bytes = fromBase64url(jwt.split('.', 1)[0] ?? '');
  const header: unknown = bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes));
  return typeof header === 'object' && header !== null && 'alg' in header ? String(header.alg) : '';
};
