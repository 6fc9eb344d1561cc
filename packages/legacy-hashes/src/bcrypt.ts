import { sha256 } from '@noble/hashes/sha2.js';
import { toHex, utf8 } from './bytes.ts';
import type { Reader } from './known.ts';

/** Compares a password with a bcrypt string, as `compare` of `bcrypt` and `bcryptjs` and `verify` of `@node-rs/bcrypt` do. */
export type CompareBcrypt = (password: string, encoded: string) => Promise<boolean>;

/**
 * `$2a$`, `$2b$` and `$2y$` of bcrypt, bcryptjs, @node-rs/bcrypt, PHP, Rails and Spring, and Django's `bcrypt$` and
 * `bcrypt_sha256$` (django.contrib.auth.hashers). `$2$` and `$2x$` are those with known faults and are not read.
 */
export const bcryptStrings =
  (compare: CompareBcrypt = bcryptjs): Reader =>
  (encoded) => {
    const match = form.exec(encoded);
    if (match === null) return null;
    const [, prefix = '', bcrypt = '', cost = ''] = match;
    if (Number(cost) < leastCost || Number(cost) > mostCost) return null;
    if (prefix === 'bcrypt_sha256$') {
      return { matches: (password) => compare(toHex(sha256(utf8(password))), bcrypt) };
    }
    return {
      matches: async (password) => {
        // Computed all the same: an answer at once would tell that there is an account, and how its password is kept.
        const right = await compare(isWhole(password) ? password : '', bcrypt);
        return right && isWhole(password);
      },
    };
  };

const form = /^(bcrypt(?:_sha256)?\$|)(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53})$/;

/** The algorithm takes 4 to 31, each twice the work of the one before; 14 is about a second in JavaScript. */
const leastCost = 4;
const mostCost = 14;

/** bcrypt reads 72 bytes and, in C, nothing after a NUL: beyond that a wrong password would be right (CVE-2025-22228). */
const isWhole = (password: string): boolean => !password.includes('\0') && utf8(password).length <= 72;

/** Loaded by the first such string: who has none, or brings a native one, never loads it. */
const bcryptjs: CompareBcrypt = async (password, encoded) => (await import('bcryptjs')).compare(password, encoded);
