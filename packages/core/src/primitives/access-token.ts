import { base64url, fromBase64url } from './bytes.ts';

/** What we sign with. HMAC is not among them: a key that verifies must not be one that signs. */
export type TokenAlg = 'EdDSA' | 'ES256' | 'RS256';

/** `typ` of RFC 9068 §2.1: no token of another kind is taken for one of ours. */
export const tokenType = 'at+jwt';

/** A token that is longer is not looked at (RFC 8725 §3.6); ours have some 500 characters. */
const maxLength = 8_192;

export interface TokenHeader {
  readonly alg: string;
  readonly kid: string;
}

/** What a token says. Its signature has still to be checked. */
export interface ReadToken {
  readonly header: TokenHeader;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The claims of our tokens; instants in seconds (RFC 7519 §2). */
export interface AccessClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly sid: string;
  readonly iat: number;
  readonly exp: number;
  readonly auth_time: number;
  readonly aal: 1 | 2;
  readonly amr: readonly string[];
  readonly client_id?: string;
}

const jws = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
const kidForm = /^[A-Za-z0-9_-]{1,64}$/;
const headerMembers = ['alg', 'kid', 'typ'];

export const isKid = (text: unknown): text is string => typeof text === 'string' && kidForm.test(text);

/** Whether it can be a token at all. */
export const hasTokenLength = (token: unknown): token is string =>
  typeof token === 'string' && token.length <= maxLength;

/**
 * `null` for whatever is not exactly of our form: three canonical parts, a header of `alg`, `kid` and `typ` and no other
 * member, so that `jwk`, `jku`, `x5u`, `crit` or `zip` are never looked at (RFC 8725 §3.10, RFC 7515 §4.1.11). Pure.
 */
export const readToken = (token: string): ReadToken | null => {
  const [, first = '', second = '', third = ''] = jws.exec(token) ?? [];
  const header = jsonIn(first);
  const claims = jsonIn(second);
  if (header === null || claims === null || canonical(third) === null) return null;
  const members = Object.keys(header);
  if (members.length !== headerMembers.length || !headerMembers.every((name) => Object.hasOwn(header, name)))
    return null;
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || !isKid(kid) || typ !== tokenType) return null;
  return { header: { alg, kid }, claims };
};

/** The bytes of a part that has one spelling only: trailing bits of another would make two tokens of one. */
const canonical = (part: string): Uint8Array | null => {
  const bytes = fromBase64url(part);
  return bytes !== null && bytes.length > 0 && base64url(bytes) === part ? bytes : null;
};

const jsonIn = (part: string): Record<string, unknown> | null => {
  const bytes = canonical(part);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
};

export interface Expected {
  readonly issuer: string;
  readonly audience: string;
}

/** Clocks of two machines may differ; nothing that lies further ahead was signed by one of ours (RFC 8725 §3.8 to 3.9). */
const maxAheadS = 60;

/**
 * `invalid`, `expired` (the first instant that is too late is `exp` itself), or the claims, all of which were asked. Exact:
 * one issuer, one audience, whole seconds. `now` in milliseconds.
 */
export const checkClaims = (
  claims: Readonly<Record<string, unknown>>,
  { issuer, audience }: Expected,
  now: number,
): AccessClaims | 'expired' | 'invalid' => {
  const { iss, aud, sub, sid, iat, exp, nbf, auth_time, aal, amr, client_id } = claims;
  if (iss !== issuer || aud !== audience || !isName(sub) || !isName(sid)) return 'invalid';
  if (!isSecond(iat) || !isSecond(exp) || !isSecond(auth_time) || exp <= iat) return 'invalid';
  const latest = now / 1_000 + maxAheadS;
  if (iat > latest || auth_time > latest || (nbf !== undefined && !(isSecond(nbf) && nbf <= latest))) return 'invalid';
  if (aal !== 1 && aal !== 2) return 'invalid';
  if (!Array.isArray(amr) || !amr.every((word): word is string => typeof word === 'string')) return 'invalid';
  if (client_id !== undefined && !isName(client_id)) return 'invalid';
  if (now >= exp * 1_000) return 'expired';
  const known = { iss: issuer, aud: audience, sub, sid, iat, exp, auth_time, aal, amr } as const;
  return client_id === undefined ? known : { ...known, client_id };
};

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 256;
const isSecond = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
