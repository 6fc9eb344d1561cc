import { AuthConfigError, boundedQueue } from '@sallyport/core/hashing';
import { BusyError, type PasswordHasher } from '@sallyport/core/ports';
import { bcryptStrings, type CompareBcrypt } from './bcrypt.ts';
import { type Known, maxLength, type Reader } from './known.ts';
import { pbkdf2Strings } from './pbkdf2.ts';
import { scryptStrings } from './scrypt.ts';

export interface LegacyHashesOptions {
  /** Hashes every password, and verifies what it wrote: `argon2()`, `portableHasher()`. Argon2 strings of other systems are its own. */
  readonly current: PasswordHasher;
  /**
   * A stored string like most that were moved, e.g. `$2b$10$…`. From then on every password that does not match costs one
   * hash of either kind, so that an account that has not signed in since the move cannot be told from none by time.
   */
  readonly like?: string;
  /** A native bcrypt, e.g. `compare` of `bcrypt`; by default bcryptjs, in JavaScript, up to 100 ms of the event loop at a time. */
  readonly bcrypt?: CompareBcrypt;
  /** Old strings in work at once; default 1: most of the work is JavaScript on one thread. */
  readonly running?: number;
  /** Logins waiting for that; default 64. */
  readonly waiting?: number;
}

/**
 * Verifies what other systems stored (bcrypt, scrypt, PBKDF2; the files of each name whose), says of all of it that it wants a
 * rehash, and leaves everything else to `current`: a login moves its password. What a string may cost is bounded: bcrypt 14,
 * scrypt 256 MiB, PBKDF2 four million rounds; beyond, it does not verify and nothing is computed.
 *
 * `verify` rejects with `BusyError` beyond `waiting`. Throws `AuthConfigError` (`legacy_like_invalid`) for a `like` that it cannot
 * read, `RangeError` for `running` or `waiting` that are no whole numbers.
 */
export const legacyHashes = (options: LegacyHashesOptions): PasswordHasher => {
  const { current, like, running = 1, waiting = 64 } = options;
  const read = reader([bcryptStrings(options.bcrypt), scryptStrings, pbkdf2Strings]);
  const example = like === undefined ? null : read(like);
  if (like !== undefined && example === null) throw new AuthConfigError([unreadable]);
  const shed = (): Error => new BusyError(Math.ceil(((waiting + 1) * typicalMs) / running));
  const run = boundedQueue({ running, waiting, shed });
  const matches = (known: Known, password: string): Promise<boolean> => run(() => known.matches(password));

  return {
    hash: (password) => current.hash(password),
    verify: async (password, encoded) => {
      const known = read(encoded);
      const right = known === null ? await current.verify(password, encoded) : await matches(known, password);
      if (right || example === null) return right;
      // The work of the other kind, for nothing but its cost.
      if (known === null) await matches(example, password);
      else await current.hash(password);
      return false;
    },
    needsRehash: (encoded) => read(encoded) !== null || current.needsRehash(encoded),
  };
};

/** Of one old string, to tell a refused caller when the queue will have emptied. */
const typicalMs = 150;

const reader =
  (readers: readonly Reader[]): Reader =>
  (encoded) => {
    if (encoded.length > maxLength) return null;
    for (const read of readers) {
      const known = read(encoded);
      if (known !== null) return known;
    }
    return null;
  };

/** Without the string: it may be somebody's. */
const unreadable = {
  code: 'legacy_like_invalid',
  path: 'legacyHashes({ like })',
  message: 'It is no bcrypt, scrypt or PBKDF2 string within the bounds.',
  fix: 'Take one of the stored strings, e.g. that of a test account.',
};
