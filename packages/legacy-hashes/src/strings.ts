import { formatPhc } from '@sallyport/core/hashing';
import { utf8 } from './bytes.ts';
import { firstBlock, isComputablePbkdf2, type Pbkdf2Digest } from './pbkdf2.ts';
import { isComputableScrypt } from './scrypt.ts';

/** What a system with a column each keeps of `crypto.pbkdf2`. */
export interface Pbkdf2Parts {
  readonly digest: Pbkdf2Digest;
  readonly iterations: number;
  /** What `crypto.pbkdf2` was given: bytes, or a text that went in as UTF-8. */
  readonly salt: Uint8Array | string;
  readonly hash: Uint8Array;
}

/** What a system with a column each keeps of `crypto.scrypt`. */
export interface ScryptParts {
  /** Node's default is 16384, 8 and 1. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Uint8Array | string;
  readonly hash: Uint8Array;
}

/**
 * One string for `CredentialRecord.password` of what was kept in columns, e.g. by passport-local-mongoose (25,000 × SHA-256, the
 * salt as text) or Passport's own tutorial (310,000 × SHA-256, the salt as bytes). Throws `RangeError` on what would not verify.
 */
export const pbkdf2String = ({ digest, iterations, salt, hash }: Pbkdf2Parts): string => {
  const job = { digest, iterations, salt: bytesOf(salt), hash: firstBlock(digest, hash) };
  if (!isComputablePbkdf2(job) || job.salt.length > mostSaltBytes) throw new RangeError('pbkdf2String: out of bounds');
  return formatPhc({
    id: `pbkdf2-${digest}`,
    version: null,
    params: { i: iterations },
    salt: job.salt,
    hash: job.hash,
  });
};

/** The same of `crypto.scrypt`. Throws `RangeError` on what would not verify. */
export const scryptString = ({ N, r, p, salt, hash }: ScryptParts): string => {
  const job = { N, r, p, salt: bytesOf(salt), hash };
  if (!isComputableScrypt(job) || job.salt.length > mostSaltBytes) throw new RangeError('scryptString: out of bounds');
  return formatPhc({ id: 'scrypt', version: null, params: { ln: Math.log2(N), r, p }, salt: job.salt, hash });
};

/** What fits into a PHC string as the core reads it. */
const mostSaltBytes = 96;

const bytesOf = (salt: Uint8Array | string): Uint8Array<ArrayBuffer> =>
  typeof salt === 'string' ? utf8(salt) : new Uint8Array(salt);
