import { AuthConfigError, BusyError } from '../errors.ts';
import type { PasswordHasher } from '../ports/hasher.ts';
import type { Random } from '../ports/random.ts';
import {
  type Argon2Params,
  argon2CostOf,
  argon2Default,
  argon2Most,
  isBelowOwaspFloor,
  isComputableArgon2,
  isTagSize,
  isWeakerArgon2,
} from '../primitives/argon2-params.ts';
import { boundedQueue } from '../primitives/bounded-queue.ts';
import { equalBytes, utf8 } from '../primitives/bytes.ts';
import { formatPhc, type Phc, parsePhc } from '../primitives/phc.ts';
import { systemRandom } from '../system/random.ts';
import { argon2idAsync, scryptAsync } from '../vendor/noble-kdf.ts';

export interface PortableHasherOptions {
  /** Default: m=19456 KiB, t=2, p=1. */
  readonly params?: Argon2Params;
  readonly random?: Random;
  /**
   * Hashes that may wait for the one that runs; default 64: at 0.3 s each the last one waits 20 s, which stays under the
   * 30 s after which proxies and browsers hang up.
   */
  readonly waiting?: number;
}

/**
 * Argon2id in plain JavaScript for every runtime, about 0.3 s of CPU a hash; on Node take `@sallyport/argon2`. One hash at a
 * time: more would share the one thread, each with its own 19 MiB. Beyond `waiting` it rejects with `BusyError`.
 *
 * Writes `$argon2id$v=19$m=…,t=…,p=…$salt$hash`; verifies that and, for imported users, `$scrypt$ln=…,r=…,p=…$salt$hash`.
 * Throws `AuthConfigError`: `hasher_weak` below the OWASP floor, `hasher_invalid` for parameters that `verify` would refuse.
 */
export const portableHasher = (options: PortableHasherOptions = {}): PasswordHasher => {
  const { params = argon2Default, random = systemRandom, waiting = 64 } = options;
  requireSafe(params);
  const drainMs = Math.ceil((waiting + 1) * params.memoryKiB * params.passes * millisPerBlock);
  const run = boundedQueue({ running: 1, waiting, shed: () => new BusyError(drainMs) });

  return {
    hash: (password) =>
      run(async () => {
        const salt = random.bytes(saltBytes);
        const { memoryKiB: m, passes: t, lanes: p } = params;
        const hash = await argon2id(password, { salt, size: tagBytes, cost: params });
        return formatPhc({ id: 'argon2id', version: 19, params: { m, t, p }, salt, hash });
      }),
    verify: async (password, encoded) => {
      const known = readHash(encoded);
      return known !== null && run(async () => equalBytes(await known.derive(password), known.hash));
    },
    needsRehash: (encoded) => isWeakerArgon2(parsePhc(encoded), params),
  };
};

/** RFC 9106 §3.1 and §4: a salt of 128 bits, a tag of 256. */
const saltBytes = 16;
const tagBytes = 32;

/**
 * Milliseconds of computing between two yields to the event loop. Measured at 5 ms: loop delay p99 8 ms, where 8
 * and 10 ms slices pass 14 ms; each yield costs up to 1 ms, so slices of 1 ms more than double the hash.
 */
const asyncTick = 5;

/** 0.3 s for 19,456 KiB twice; a block of Argon2 is 1 KiB. Tells a refused caller when the queue will have emptied. */
const millisPerBlock = 0.008;

/** 128·r·N bytes, passed over p times. OWASP asks for ln=17, r=8, p=1 (1 s here): this is twice the memory, four times the work. */
const mostScryptBytes = 1_024 * argon2Most.memoryKiB;
const mostScryptWork = 2 * mostScryptBytes;
/** scrypt spreads the password over 128·r·p bytes in one go, without yielding: 64 KiB at most. */
const mostScryptR = 32;
const mostScryptP = 16;

const requireSafe = (params: Argon2Params): void => {
  const cost = `m=${params.memoryKiB}, t=${params.passes}, p=${params.lanes}`;
  const path = 'hasher';
  const fix = 'leave the parameters out: m=19456, t=2, p=1';
  if (isBelowOwaspFloor(params)) {
    throw new AuthConfigError([
      { code: 'hasher_weak', path, message: `Argon2id with ${cost} is below the floor of OWASP`, fix },
    ]);
  }
  if (isComputableArgon2(params)) return;
  throw new AuthConfigError([
    {
      code: 'hasher_invalid',
      path,
      message: `Argon2id with ${cost} is beyond m=${argon2Most.memoryKiB}, m·t=${argon2Most.blocks}, p=${argon2Most.lanes}, or not whole`,
      fix,
    },
  ]);
};

type Derive = (password: string) => Promise<Uint8Array>;

/** `null` when the string is neither of the two kinds or asks for more than the bounds. */
const readHash = (encoded: string): { readonly hash: Uint8Array; readonly derive: Derive } | null => {
  const phc = parsePhc(encoded);
  if (phc === null || !isTagSize(phc.hash.length)) return null;
  const derive = phc.id === 'scrypt' ? scryptDerivation(phc) : argon2Derivation(phc);
  return derive === null ? null : { hash: phc.hash, derive };
};

const argon2Derivation = (phc: Phc): Derive | null => {
  const cost = argon2CostOf(phc);
  return cost && ((password) => argon2id(password, { salt: phc.salt, size: phc.hash.length, cost }));
};

const scryptDerivation = ({ version, params, salt, hash }: Phc): Derive | null => {
  const { ln = 0, r = 0, p = 0, ...unknown } = params;
  if (version !== null || Object.keys(unknown).length > 0) return null;
  if (ln < 1 || r < 1 || p < 1 || r > mostScryptR || p > mostScryptP) return null;
  const bytes = 128 * r * 2 ** ln;
  if (bytes > mostScryptBytes || bytes * p > mostScryptWork) return null;
  return (password) => scryptAsync(utf8(password), salt, { N: 2 ** ln, r, p, dkLen: hash.length, asyncTick });
};

interface Argon2Job {
  readonly salt: Uint8Array;
  readonly size: number;
  readonly cost: Argon2Params;
}

const argon2id = (password: string, { salt, size, cost }: Argon2Job): Promise<Uint8Array> =>
  argon2idAsync(utf8(password), salt, {
    m: cost.memoryKiB,
    t: cost.passes,
    p: cost.lanes,
    dkLen: size,
    asyncTick,
  });
