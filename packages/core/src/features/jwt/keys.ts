import { publicHalf } from '../../modules/key-set.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { TokenSigner } from '../../ports/signer.ts';
import { isKid, type TokenAlg } from '../../primitives/access-token.ts';

import type { CryptoKey } from '../../vendor/jose.ts';

type Jose = typeof import('../../vendor/jose.ts');

/**
 * One entry of `AUTH_JWT_KEYS`. `next` is published before it signs, so that whoever verifies knows it in time; `active`
 * signs; `retired` is published until the last token that it signed has expired. `jwk` is private for `active`.
 */
export interface JwtKey {
  readonly kid: string;
  readonly state: 'next' | 'active' | 'retired';
  readonly jwk: JsonObject;
}

interface Usable extends JwtKey {
  readonly alg: TokenAlg;
}

export interface UsableKeys {
  readonly all: readonly Usable[];
  readonly active: Usable;
}

/** The keys, or what is wrong with them, without a word of what they hold. */
export const readKeys = (given: string | readonly JwtKey[] | undefined): UsableKeys | string => {
  const list = typeof given === 'string' ? parsed(given) : given;
  if (!Array.isArray(list) || list.length === 0) return 'There is no list of keys.';
  const all: Usable[] = [];
  for (const [at, entry] of list.entries()) {
    const { kid, state, jwk } = Object(entry) as Partial<JwtKey>;
    if (!isKid(kid)) return `Key ${at} has no kid of 1 to 64 letters, digits, "-" and "_".`;
    if (all.some((other) => other.kid === kid)) return `The kid of key ${at} is there twice.`;
    if (state !== 'next' && state !== 'active' && state !== 'retired') return `Key ${at} has no state.`;
    const half = publicHalf(Object(jwk));
    if (half === null || jwk === undefined)
      return `Key ${at} is no Ed25519, P-256 or RSA key (2,048 bits or more) for signatures.`;
    if (state === 'active' && typeof jwk['d'] !== 'string') return `Key ${at} is active and has no private half.`;
    all.push({ kid, state, jwk, alg: half.alg });
  }
  const [active, ...others] = all.filter(({ state }) => state === 'active');
  if (active === undefined || others.length > 0) return 'Exactly one key must be active.';
  return { all, active };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const parameters = {
  EdDSA: { name: 'Ed25519' },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
} as const;

/** The signer port on keys of the configuration. */
export const signerOf = ({ all, active }: UsableKeys, jose: () => Promise<Jose>): TokenSigner => {
  let importing: Promise<CryptoKey> | null = null;
  const key = (): Promise<CryptoKey> => {
    importing ??= privateKey(active, jose).catch((error: unknown) => {
      importing = null;
      throw error;
    });
    return importing;
  };
  const keys = all.map(({ kid, alg, jwk }) => ({ ...publicHalf(jwk)?.jwk, kid, alg, use: 'sig' }));
  return {
    alg: active.alg,
    kid: active.kid,
    sign: async (data) => new Uint8Array(await crypto.subtle.sign(parameters[active.alg], await key(), data)),
    jwks: async () => ({ keys }),
  };
};

const privateKey = async ({ jwk, alg }: Usable, jose: () => Promise<Jose>): Promise<CryptoKey> => {
  const { importJWK } = await jose();
  const { key_ops: _, use: __, ext: ___, ...members } = jwk;
  const key = await importJWK(members, alg, { extractable: false });
  if (key instanceof Uint8Array) throw new Error('an HMAC key came through');
  return key;
};
