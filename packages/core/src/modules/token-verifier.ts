import { type Refusal, refuse } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type AccessClaims,
  checkClaims,
  type Expected,
  hasTokenLength,
  readToken,
  type TokenAlg,
} from '../primitives/access-token.ts';
import { sha256Text } from '../primitives/digest.ts';

import type { CryptoKey } from '../vendor/jose.ts';

type Jose = typeof import('../vendor/jose.ts');

export interface VerifiedToken {
  readonly ok: true;
  readonly claims: AccessClaims;
}

export interface TokenVerifier {
  /** Signature, form and claims. Throws `StoreUnavailableError` where the keys could not be had. */
  verify(token: unknown, expected: Expected): Promise<VerifiedToken | Refusal>;
}

interface Key {
  readonly alg: TokenAlg;
  readonly key: CryptoKey | Uint8Array;
}

interface Keys {
  version(): number;
  freshen(): Promise<void>;
  held(kid: string): Promise<Key | null>;
  find(kid: string): Promise<Key | null>;
}

interface Needs {
  readonly keys: Keys;
  readonly clock: Clock;
  readonly jose: () => Promise<Jose>;
  /** Tokens whose signature is remembered; each some 700 bytes. 0 = none. */
  readonly maxCached: number;
}

/**
 * Remembers whose signature was good, by the digest of the whole token and for as long as the same keys are trusted; every
 * claim is asked again each time, so that nothing lives longer by being remembered.
 */
export const tokenVerifier = ({ keys, clock, jose, maxCached }: Needs): TokenVerifier => {
  const signed = new Map<string, Readonly<Record<string, unknown>>>();
  let version = 0;

  /** What was signed under other keys goes before anything is looked up or added. */
  const remembered = (): typeof signed => {
    if (version !== keys.version()) {
      version = keys.version();
      signed.clear();
    }
    return signed;
  };
  /** The version of the keys under which it is signed; `null` = it is not. */
  const signedUnder = async (token: string, key: Key | null, alg: string): Promise<number | null> => {
    if (key === null || key.alg !== alg) return null;
    const asked = keys.version();
    const { compactVerify } = await jose();
    return compactVerify(token, key.key, { algorithms: [key.alg] }).then(
      () => asked,
      () => null,
    );
  };
  const remember = (name: string, claims: Readonly<Record<string, unknown>>, under: number): void => {
    // Keys that changed meanwhile may have lost the one that it was signed with.
    if (under !== keys.version() || maxCached < 1) return;
    const all = remembered();
    if (all.size >= maxCached) dropOldest(all);
    all.set(name, claims);
  };
  return {
    verify: async (token, expected) => {
      if (!hasTokenLength(token)) return answer('invalid');
      const name = sha256Text(token);
      const known = remembered().get(name);
      if (known !== undefined) {
        const verdict = checkClaims(known, expected, clock.now());
        if (typeof verdict !== 'string') await keys.freshen();
        // Still there: the keys are those that it was signed under.
        if (remembered().has(name)) return answer(verdict);
      }

      const read = readToken(token);
      if (read === null) return answer('invalid');
      // Before any key is looked for: what cannot be ours costs nobody a request.
      const verdict = checkClaims(read.claims, expected, clock.now());
      if (verdict === 'invalid') return answer(verdict);
      const { kid, alg } = read.header;
      const key = await (verdict === 'expired' ? keys.held(kid) : keys.find(kid));
      const under = await signedUnder(token, key, alg);
      if (under === null) return answer('invalid');
      if (verdict !== 'expired') remember(name, read.claims, under);
      return answer(verdict);
    },
  };
};

const answer = (verdict: AccessClaims | 'expired' | 'invalid'): VerifiedToken | Refusal => {
  if (verdict === 'expired') return refuse('access_token_expired');
  return verdict === 'invalid' ? refuse('access_token_invalid') : { ok: true, claims: verdict };
};

const dropOldest = (map: Map<string, unknown>): void => {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
};
