import { StoreUnavailableError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { JsonObject } from '../ports/json.ts';
import { isKid, type TokenAlg } from '../primitives/access-token.ts';
import { fromBase64url } from '../primitives/bytes.ts';

import type { CryptoKey } from '../vendor/jose.ts';

type Jose = typeof import('../vendor/jose.ts');

/** A key and the one algorithm that it is for: a header cannot choose (RFC 8725 §3.1). */
export interface VerifyKey {
  readonly alg: TokenAlg;
  readonly key: CryptoKey | Uint8Array;
}

export interface KeySet {
  /** Another number whenever other keys are trusted. */
  version(): number;
  /** Loads again where what is held is too old, once a window; what is held stays good while that fails. */
  freshen(): Promise<void>;
  /** What is held now, however old: loads only where nothing ever was. */
  held(kid: string): Promise<VerifyKey | null>;
  /** `null` = no such key. Loads at most once a window, whatever is asked for. Throws `StoreUnavailableError` where nobody could say. */
  find(kid: string): Promise<VerifyKey | null>;
}

interface Needs {
  /** A JWK Set (RFC 7517 §5), not yet believed. */
  readonly load: () => Promise<unknown>;
  readonly clock: Clock;
  readonly jose: () => Promise<Jose>;
}

/** What `/jwks.json` says of itself. */
const maxAgeMs = 300_000;
/** Between two loads, however many tokens name keys that nobody has. */
const windowMs = 30_000;
/** While there is nothing to go on with. */
const firstWindowMs = 5_000;
const maxKeys = 32;

export const keySet = ({ load, clock, jose }: Needs): KeySet => {
  let keys: ReadonlyMap<string, VerifyKey> = new Map();
  let print = '';
  let version = 0;
  let loadedAt: number | null = null;
  let attempt: { readonly at: number; readonly failure: unknown } | null = null;
  let loading: Promise<void> | null = null;

  const isOlder = (instant: number, ms: number): boolean => {
    const age = clock.now() - instant;
    return age < 0 || age >= ms;
  };
  const loadOnce = async (): Promise<void> => {
    try {
      const found = trusted(await load());
      const { importJWK } = await jose();
      const imported = new Map<string, VerifyKey>();
      for (const { kid, alg, jwk } of found) {
        // One key that the platform does not take must not take the others along.
        const key = await importJWK(jwk, alg).catch(() => null);
        if (key !== null) imported.set(kid, { alg, key });
      }
      const text = JSON.stringify(found);
      if (text !== print) version += 1;
      print = text;
      keys = imported;
      loadedAt = clock.now();
      attempt = { at: loadedAt, failure: null };
    } catch (failure) {
      attempt = { at: clock.now(), failure };
    } finally {
      loading = null;
    }
  };
  const mayLoad = (): boolean =>
    loading === null && (attempt === null || isOlder(attempt.at, loadedAt === null ? firstWindowMs : windowMs));
  const reload = (): Promise<void> => {
    if (loading === null && mayLoad()) loading = loadOnce();
    return loading ?? Promise.resolve();
  };
  const freshen = async (): Promise<void> => {
    if (loadedAt !== null && isOlder(loadedAt, maxAgeMs) && mayLoad()) await reload();
  };
  const find = async (kid: string): Promise<VerifyKey | null> => {
    await freshen();
    const known = keys.get(kid);
    if (known !== undefined) return known;
    await reload();
    const found = keys.get(kid);
    if (found !== undefined) return found;
    if (attempt !== null && attempt.failure !== null)
      throw new StoreUnavailableError('jwks', { cause: attempt.failure });
    return null;
  };
  return {
    version: () => version,
    freshen,
    held: async (kid) => (loadedAt === null ? find(kid) : (keys.get(kid) ?? null)),
    find,
  };
};

interface Trusted {
  readonly kid: string;
  readonly alg: TokenAlg;
  readonly jwk: Readonly<Record<string, string>>;
}

/** The keys that can verify one of ours: public members alone, and what cannot be read is left out. */
const trusted = (set: unknown): readonly Trusted[] => {
  const { keys } = Object(set) as { readonly keys?: unknown };
  if (!Array.isArray(keys)) throw new Error('this is no JWK Set');
  return keys.slice(0, maxKeys).flatMap((jwk): readonly Trusted[] => {
    const given = Object(jwk) as Readonly<Record<string, unknown>>;
    const made = publicHalf(given);
    return made === null || !isKid(given['kid']) ? [] : [{ kid: given['kid'], ...made }];
  });
};

/** 2,048 bits (RFC 7518 §3.3). */
const minModulusBytes = 256;

/** The public members of a JWK and its algorithm; `null` for a key that is none of the three kinds, or for another use. */
export const publicHalf = (jwk: Readonly<Record<string, unknown>>): Omit<Trusted, 'kid'> | null => {
  const { kty, crv, alg, use, x, y, n, e } = jwk;
  if (use !== undefined && use !== 'sig') return null;
  const of = (name: TokenAlg, names: readonly string[], members: Readonly<Record<string, unknown>>) => {
    if (alg !== undefined && !names.includes(String(alg))) return null;
    const texts = Object.entries(members).filter(([, value]) => typeof value === 'string' && value !== '');
    if (texts.length !== Object.keys(members).length) return null;
    return { alg: name, jwk: Object.fromEntries(texts) as Readonly<Record<string, string>> };
  };
  if (kty === 'OKP' && crv === 'Ed25519') return of('EdDSA', ['EdDSA', 'Ed25519'], { kty, crv, x });
  if (kty === 'EC' && crv === 'P-256') return of('ES256', ['ES256'], { kty, crv, x, y });
  if (kty !== 'RSA' || typeof n !== 'string' || (fromBase64url(n)?.length ?? 0) < minModulusBytes) return null;
  return of('RS256', ['RS256'], { kty, n, e });
};

/** What `/jwks.json` shows of a signer's keys: public members, whatever the signer gave. */
export const publicJwks = (set: unknown): { readonly keys: readonly JsonObject[] } => ({
  keys: trusted(set).map(({ kid, alg, jwk }) => ({ ...jwk, kid, alg, use: 'sig' })),
});
