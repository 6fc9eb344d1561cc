import { timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, hashRaw } from '@node-rs/argon2';
import {
  type Argon2Params,
  argon2CostOf,
  argon2Default,
  boundedQueue,
  type Phc,
  parsePhc,
  portableHasher,
} from '@sallyport/core/hashing';
import { BusyError, type PasswordHasher } from '@sallyport/core/ports';

export interface Argon2Options {
  /** Memory of a hash in KiB; default 19456. */
  readonly memoryKiB?: number;
  /** Passes over it; default 2. */
  readonly passes?: number;
  /** Lanes; default 1. */
  readonly lanes?: number;
  /** Hashes in flight; default one less than there are cores, from 1 to 3. */
  readonly running?: number;
  /** Hashes waiting for a place; default 64 for each in flight: at 20 ms a hash the last one waits 1.3 s. */
  readonly waiting?: number;
}

/**
 * Argon2id in native code, about 20 ms a hash on a thread of Node's pool, at most `running` at a time. Beyond `waiting` it
 * rejects with `BusyError`, whose `retryAfterMs` is the time in which the full queue empties.
 *
 * Writes and verifies the strings of `portableHasher`, each the other's; imported scrypt strings are verified by it, in
 * JavaScript, about a second of CPU each until the login has replaced them.
 * Throws `AuthConfigError`: `hasher_weak` below the OWASP floor, `hasher_invalid` for parameters that `verify` would refuse;
 * `RangeError` for `running` or `waiting` that are no whole numbers. Where no native binary was installed for the platform,
 * importing this module throws: take `portableHasher` there.
 */
export const argon2 = (options: Argon2Options = {}): PasswordHasher => {
  const {
    memoryKiB = argon2Default.memoryKiB,
    passes = argon2Default.passes,
    lanes = argon2Default.lanes,
    running = spareCores(),
    waiting = 64 * running,
  } = options;
  const portable = portableHasher({ params: { memoryKiB, passes, lanes } });
  const drainMs = Math.ceil((1 + waiting / running) * memoryKiB * passes * millisPerBlock);
  const run = boundedQueue({ running, waiting, shed: () => new BusyError(drainMs) });

  return {
    hash: (password) =>
      run(() => hash(utf8(password), { memoryCost: memoryKiB, timeCost: passes, parallelism: lanes, outputLen: 32 })),
    verify: async (password, encoded) => {
      const phc = parsePhc(encoded);
      if (phc?.id === 'scrypt') return portable.verify(password, encoded);
      const cost = phc === null ? null : argon2CostOf(phc);
      if (phc === null || cost === null) return false;
      return run(async () => timingSafeEqual(await derive(password, phc, cost), phc.hash));
    },
    needsRehash: portable.needsRehash,
  };
};

/**
 * A core stays with the event loop. On two cores, under 200 logins at once, a session check takes 5 ms (p99) beside one hash
 * and 8 ms beside two, for 50 and 80 logins a second. And of the four threads of Node's pool one stays with name lookups and
 * files: beside four hashes each of those waits 10 ms.
 */
const spareCores = (): number => Math.min(3, Math.max(1, availableParallelism() - 1));

/** 20 ms for 19,456 KiB twice; a block of Argon2 is 1 KiB. */
const millisPerBlock = 0.0005;

/** Raw, so that no second parser judges the string. */
const derive = (password: string, { salt, hash: { length } }: Phc, cost: Argon2Params): Promise<Uint8Array> =>
  hashRaw(utf8(password), {
    memoryCost: cost.memoryKiB,
    timeCost: cost.passes,
    parallelism: cost.lanes,
    salt,
    outputLen: length,
  });

/** Encoded here, so that what a runtime's bindings make of a lone surrogate is no difference between the two hashers. */
const encoder = new TextEncoder();
const utf8 = (text: string): Uint8Array => encoder.encode(text);
