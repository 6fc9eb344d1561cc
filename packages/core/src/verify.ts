import { AuthProblem, StoreUnavailableError } from './errors.ts';
import { docsOrigin } from './http/docs-origin.ts';
import { keySet } from './modules/key-set.ts';
import { type TokenVerifier, tokenVerifier } from './modules/token-verifier.ts';
import type { Clock } from './ports/clock.ts';
import type { Aal } from './ports/domain.ts';
import type { Http } from './ports/http.ts';
import type { JsonObject, Millis } from './ports/json.ts';
import { mintId } from './primitives/secret.ts';
import { systemClock } from './system/clock.ts';
import { systemRandom } from './system/random.ts';

export { AuthProblem, type ErrorCode, type Problem } from './errors.ts';

/** What a good access token says. */
export interface AccessToken {
  readonly userId: string;
  readonly sessionId: string;
  readonly issuer: string;
  readonly audience: string;
  /** The program that the session is bound to; `null` = none was named. */
  readonly clientId: string | null;
  readonly issuedAt: Millis;
  /** The first instant that is too late. */
  readonly expiresAt: Millis;
  /** When a factor was last proved. */
  readonly authenticatedAt: Millis;
  readonly aal: Aal;
  readonly amr: readonly string[];
}

export interface VerifyOptions {
  /** `origin` of the instance that signs. */
  readonly issuer: string;
  /** `jwt({ audience })` of it: exactly one. */
  readonly audience: string;
  /** Made once, by `remoteJwks` or `localJwks`: it holds the keys, and which signatures were good. */
  readonly jwks: Jwks;
}

/** Public keys, and the memory of what was verified with them. */
export interface Jwks extends TokenVerifier {}

export interface JwksOptions {
  readonly clock?: Clock;
  /** Tokens whose signature is remembered; default 5,000, each some 700 bytes. */
  readonly maxCached?: number;
}

export interface RemoteJwksOptions extends JwksOptions {
  /** How the keys are asked for; default: the platform's `fetch`, without redirects. */
  readonly http?: Http;
  /** Default 5 seconds. */
  readonly timeoutMs?: Millis;
}

/**
 * Whoever an access token speaks for, by public keys alone: no database is asked, so a session that ended counts until the
 * token expires. Throws `AuthProblem`: `access_token_expired` or `access_token_invalid` (401, with `WWW-Authenticate`, RFC
 * 6750 §3.1), `store_unavailable` (503) where the keys cannot be had. A token that is malformed or for somebody else never
 * causes a request; one that has expired does only where no key is known yet.
 */
export const verifyAccessToken = async (
  token: string,
  { issuer, audience, jwks }: VerifyOptions,
): Promise<AccessToken> => {
  if (!issuer || !audience) throw new TypeError('verifyAccessToken asks for an issuer and an audience');
  const verified = await jwks.verify(token, { issuer, audience }).catch((error: unknown) => {
    throw error instanceof StoreUnavailableError ? problem('store_unavailable') : error;
  });
  if (!verified.ok)
    throw problem(verified.reason === 'access_token_expired' ? verified.reason : 'access_token_invalid');
  const { sub, sid, iss, aud, client_id = null, iat, exp, auth_time, aal, amr } = verified.claims;
  return {
    userId: sub,
    sessionId: sid,
    issuer: iss,
    audience: aud,
    clientId: client_id,
    issuedAt: iat * 1_000,
    expiresAt: exp * 1_000,
    authenticatedAt: auth_time * 1_000,
    aal,
    amr,
  };
};

/** The words of `http/problem.ts`, whose whole list a service that only verifies has no use for; a test holds the two together. */
const problems = {
  access_token_expired: [401, 'The access token has expired', 'www-authenticate', 'Bearer error="invalid_token"'],
  access_token_invalid: [401, 'The access token is invalid', 'www-authenticate', 'Bearer error="invalid_token"'],
  store_unavailable: [503, 'The service is briefly unavailable', 'retry-after', '5'],
} as const;

const problem = (code: keyof typeof problems): AuthProblem => {
  const [status, title, header, value] = problems[code];
  const requestId = `req_${mintId(systemRandom)}`;
  const headers: [string, string][] = [
    ['cache-control', 'no-store'],
    ['x-content-type-options', 'nosniff'],
    ['auth-request-id', requestId],
    ['content-type', 'application/problem+json'],
    [header, value],
  ];
  const retry = code === 'store_unavailable' ? { retryAfter: 5 } : {};
  return new AuthProblem({ type: `${docsOrigin}/errors/${code}`, title, status, code, requestId, ...retry }, headers);
};

const maxBytes = 65_536;
const loopback = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The keys of `…/auth/jwks.json`. Asked for when a token needs them: anew after five minutes, for a key that is not known at
 * most once in 30 seconds, and while that fails what is known stays good. `https:` alone, or this computer.
 */
export const remoteJwks = (url: string | URL, options: RemoteJwksOptions = {}): Jwks => {
  const { href, protocol, hostname, username, password } = new URL(url);
  const isLocal = protocol === 'http:' && loopback.includes(hostname);
  if ((protocol !== 'https:' && !isLocal) || username !== '' || password !== '')
    throw new TypeError('keys are asked for over https, without credentials in the URL');
  const { timeoutMs = 5_000 } = options;
  const load = async (): Promise<unknown> => {
    const request = new Request(href, { headers: { accept: 'application/jwk-set+json, application/json' } });
    const http = options.http ?? (await import('./system/bounded-fetch.ts')).boundedFetch;
    const response = await http.fetch(request, { timeoutMs, maxBytes });
    if (response.status !== 200) throw new Error(`the keys were answered with ${response.status}`);
    return response.json();
  };
  return verifier(load, options);
};

/** Keys that are at hand. */
export const localJwks = (set: { readonly keys: readonly JsonObject[] }, options: JwksOptions = {}): Jwks =>
  verifier(async () => set, options);

const jose = () => import('./vendor/jose.ts');

const verifier = (load: () => Promise<unknown>, options: JwksOptions): Jwks => {
  const { clock = systemClock, maxCached = 5_000 } = options;
  return tokenVerifier({ keys: keySet({ load, clock, jose }), clock, jose, maxCached });
};
