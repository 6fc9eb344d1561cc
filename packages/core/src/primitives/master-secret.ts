import { fromBase64url } from './bytes.ts';
import { Redacted } from './redacted.ts';

/** One entry of `AUTH_SECRETS`, decoded. */
export interface MasterSecret {
  readonly kid: string;
  readonly key: Redacted<Uint8Array>;
}

/** HMAC-SHA-256 and HKDF gain nothing from more than their 32 bytes, and lose with less (RFC 2104 §3). */
const minBytes = 32;
const kidForm = /^[A-Za-z0-9_-]{1,16}$/;

export type SecretFlaw = 'secret_missing' | 'secret_short' | 'secret_weak' | 'secret_kid_duplicate';

export type ParsedSecrets =
  | { readonly ok: true; readonly secrets: readonly [MasterSecret, ...MasterSecret[]] }
  | { readonly ok: false; readonly flaw: SecretFlaw };

/** Reads `2:<base64url>,1:<base64url>`, or a list of such entries; a single entry may leave its id out. Base64 is read too. */
export const parseSecrets = (given: string | readonly string[] | undefined): ParsedSecrets => {
  const list = typeof given === 'string' ? given.split(',') : Array.isArray(given) ? given.map(String) : [];
  const entries = list.map((entry) => entry.trim()).filter((entry) => entry !== '');
  const secrets: MasterSecret[] = [];
  for (const entry of entries) {
    const [kid, text, ...rest] = entry.includes(':') ? entry.split(':') : ['1', entry];
    const key = fromBase64url((text ?? '').replaceAll('+', '-').replaceAll('/', '_'));
    if (kid === undefined || !kidForm.test(kid) || rest.length > 0 || key === null)
      return { ok: false, flaw: 'secret_missing' };
    if (key.length < minBytes) return { ok: false, flaw: 'secret_short' };
    if (isWeak(key)) return { ok: false, flaw: 'secret_weak' };
    if (secrets.some((other) => other.kid === kid)) return { ok: false, flaw: 'secret_kid_duplicate' };
    secrets.push({ kid, key: new Redacted(key) });
  }
  const [first, ...others] = secrets;
  return first === undefined ? { ok: false, flaw: 'secret_missing' } : { ok: true, secrets: [first, ...others] };
};

/** Eight different bytes in 32: chance does this less than once in 2^100, a person who types does it at once. */
const isWeak = (key: Uint8Array): boolean => new Set(key).size < 9;
