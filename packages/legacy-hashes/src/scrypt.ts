import { type Phc, parsePhc } from '@sallyport/core/hashing';
import { equalBytes, fromBase64, fromHex, utf8 } from './bytes.ts';
import type { Known, Reader } from './known.ts';

/** What the system hashed: the password as it is, or in NFKC. */
type Form = 'as-is' | 'NFKC';

export interface ScryptJob {
  /** A power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/**
 * - better-auth (`@better-auth/utils/password`), Lucia 3 (`Scrypt`) and oslo (`oslo/password`): `salt:hash` in hex, N=16384,
 *   r=16, p=1; the salt is the 32 characters themselves, the password goes in as NFKC
 * - Lucia 1 and 2 (`LegacyScrypt`): the same with `s2:` in front
 * - Django (`scrypt$N$salt$r$p$base64`), Werkzeug and Flask (`scrypt:N:r:p$salt$hex`)
 * - passlib, @phc/scrypt, `scryptString`: `$scrypt$ln=…,r=…,p=…$salt$hash`
 */
export const scryptStrings: Reader = (encoded) =>
  lucia(encoded) ?? django(encoded) ?? werkzeug(encoded) ?? phcString(parsePhc(encoded));

const luciaForm = /^(?:([0-9a-f]{32})|s2:([A-Za-z0-9]{16,64})):([0-9a-f]{128})$/;

const lucia: Reader = (encoded) => {
  const [, salt, legacySalt, hash = ''] = luciaForm.exec(encoded) ?? [];
  return knownText({ N: 16_384, r: 16, p: 1 }, salt ?? legacySalt, fromHex(hash), 'NFKC');
};

const django: Reader = (encoded) => {
  const [, N, salt, r, p, hash = ''] =
    /^scrypt\$(\d{1,10})\$([^$]{1,128})\$(\d{1,4})\$(\d{1,4})\$(.{1,256})$/.exec(encoded) ?? [];
  return knownText({ N: Number(N), r: Number(r), p: Number(p) }, salt, fromBase64(hash), 'as-is');
};

const werkzeug: Reader = (encoded) => {
  const [, N, r, p, salt, hash = ''] =
    /^scrypt:(\d{1,10}):(\d{1,4}):(\d{1,4})\$([^$]{1,128})\$(.{1,256})$/.exec(encoded) ?? [];
  return knownText({ N: Number(N), r: Number(r), p: Number(p) }, salt, fromHex(hash), 'as-is');
};

const phcString = (phc: Phc | null): Known | null => {
  if (phc === null || phc.id !== 'scrypt' || phc.version !== null) return null;
  const { ln = 0, r = 0, p = 0, ...unknown } = phc.params;
  if (Object.keys(unknown).length > 0) return null;
  return known({ N: 2 ** ln, r, p, salt: phc.salt, hash: phc.hash }, 'as-is');
};

const knownText = (
  cost: Pick<ScryptJob, 'N' | 'r' | 'p'>,
  salt: string | undefined,
  hash: Uint8Array | null,
  form: Form,
): Known | null => (salt === undefined || hash === null ? null : known({ ...cost, salt: utf8(salt), hash }, form));

const known = (job: ScryptJob, form: Form): Known | null =>
  isComputableScrypt(job) ? { matches: (password) => derivesTo(job, form, password) } : null;

/** 128·r·N bytes, passed over p times; spread from the password over 128·r·p in one go. What the core's own hasher computes. */
const mostBytes = 268_435_456;
const mostWork = 2 * mostBytes;

export const isComputableScrypt = ({ N, r, p, salt, hash }: ScryptJob): boolean =>
  [N, r, p].every((n) => Number.isSafeInteger(n) && n >= 1) &&
  N >= 2 &&
  Number.isInteger(Math.log2(N)) &&
  r <= 32 &&
  p <= 16 &&
  128 * r * N <= mostBytes &&
  128 * r * N * p <= mostWork &&
  salt.length > 0 &&
  hash.length >= 16 &&
  hash.length <= 64;

/** Milliseconds between two turns of the event loop, as in the core's hasher. */
const asyncTick = 5;

const derivesTo = async ({ N, r, p, salt, hash }: ScryptJob, form: Form, password: string): Promise<boolean> => {
  const { scryptAsync } = await import('@noble/hashes/scrypt.js');
  const text = form === 'NFKC' ? password.normalize('NFKC') : password;
  return equalBytes(await scryptAsync(utf8(text), salt, { N, r, p, dkLen: hash.length, asyncTick }), hash);
};
