import { type Phc, parsePhc } from '@sallyport/core/hashing';
import { equalBytes, fromBase64, fromHex, utf8 } from './bytes.ts';
import type { Known, Reader } from './known.ts';

/** Bytes of a block of each digest. */
const blockBytes = { sha1: 20, sha256: 32, sha512: 64 } as const;
export type Pbkdf2Digest = keyof typeof blockBytes;

export interface Pbkdf2Job {
  readonly digest: Pbkdf2Digest;
  readonly iterations: number;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly hash: Uint8Array;
}

/**
 * - Django (`pbkdf2_sha256$iterations$salt$base64`, `pbkdf2_sha1$…`; django.contrib.auth.hashers)
 * - Werkzeug and Flask (`pbkdf2:sha256:iterations$salt$hex`; werkzeug.security)
 * - passlib (`$pbkdf2-sha256$rounds$salt$hash` with `.` for `+`; `$pbkdf2$…` is SHA-1)
 * - @phc/pbkdf2, and `pbkdf2String` for systems with a column each: `$pbkdf2-sha256$i=…$salt$hash`
 */
export const pbkdf2Strings: Reader = (encoded) =>
  django(encoded) ?? werkzeug(encoded) ?? passlib(encoded) ?? phcString(parsePhc(encoded));

const django: Reader = (encoded) => {
  const [, digest, iterations, salt = '', hash = ''] =
    /^pbkdf2_(sha1|sha256)\$(\d{1,9})\$([^$]{1,128})\$(.{1,128})$/.exec(encoded) ?? [];
  return known(digest, Number(iterations), utf8(salt), fromBase64(hash));
};

const werkzeug: Reader = (encoded) => {
  const [, digest, iterations, salt = '', hash = ''] =
    /^pbkdf2:(sha1|sha256|sha512):(\d{1,9})\$([^$]{1,128})\$(.{1,256})$/.exec(encoded) ?? [];
  return known(digest, Number(iterations), utf8(salt), fromHex(hash));
};

const passlib: Reader = (encoded) => {
  const [, , digest, iterations, salt = '', hash = ''] =
    /^\$pbkdf2(-(sha256|sha512))?\$(\d{1,9})\$([./A-Za-z0-9]{1,128})\$([./A-Za-z0-9]{1,128})$/.exec(encoded) ?? [];
  if (iterations === undefined) return null;
  const [saltBytes, hashBytes] = [salt, hash].map((text) => fromBase64(text.replaceAll('.', '+')));
  return known(digest ?? 'sha1', Number(iterations), saltBytes ?? null, hashBytes ?? null);
};

const phcString = (phc: Phc | null): Known | null => {
  if (phc === null || phc.version !== null) return null;
  const { i = 0, ...unknown } = phc.params;
  if (Object.keys(unknown).length > 0) return null;
  const [, digest] = /^pbkdf2-(sha1|sha256|sha512)$/.exec(phc.id) ?? [];
  return known(digest, i, new Uint8Array(phc.salt), phc.hash);
};

const known = (
  digest: string | undefined,
  iterations: number,
  salt: Uint8Array<ArrayBuffer> | null,
  hash: Uint8Array | null,
): Known | null => {
  if (digest === undefined || !isDigest(digest) || salt === null || hash === null) return null;
  const job = { digest, iterations, salt, hash: firstBlock(digest, hash) };
  return isComputablePbkdf2(job) ? { matches: (password) => derivesTo(job, password) } : null;
};

const isDigest = (word: string): word is Pbkdf2Digest => Object.hasOwn(blockBytes, word);

/** Each block is derived by itself (RFC 8018 §5.2); who guesses needs only the first, and so do we: 160 bits or more. */
export const firstBlock = (digest: Pbkdf2Digest, hash: Uint8Array): Uint8Array => hash.subarray(0, blockBytes[digest]);

/** Four times what Django 5.2 asks for, and about a second. */
const mostIterations = 4_000_000;

export const isComputablePbkdf2 = ({ iterations, salt, hash }: Pbkdf2Job): boolean =>
  Number.isSafeInteger(iterations) &&
  iterations >= 1 &&
  iterations <= mostIterations &&
  salt.length > 0 &&
  hash.length >= 16;

const names = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const;

/** By WebCrypto: native, and off the event loop. */
const derivesTo = async ({ digest, iterations, salt, hash }: Pbkdf2Job, password: string): Promise<boolean> => {
  const key = await crypto.subtle.importKey('raw', utf8(password), 'PBKDF2', false, ['deriveBits']);
  const how = { name: 'PBKDF2', hash: names[digest], salt, iterations };
  return equalBytes(new Uint8Array(await crypto.subtle.deriveBits(how, key, 8 * hash.length)), hash);
};
