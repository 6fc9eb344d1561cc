import type { Phc } from './phc.ts';

/** The cost of Argon2id: memory in KiB, passes, lanes (RFC 9106 §3.1). */
export interface Argon2Params {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** OWASP Password Storage Cheat Sheet, Argon2id: m=19456, t=2, p=1. */
export const argon2Default: Argon2Params = { memoryKiB: 19_456, passes: 2, lanes: 1 };

/** The sheet's equivalent settings: less memory needs more passes. Below each of them is below the floor. */
const owaspFloor: readonly Argon2Params[] = [
  { memoryKiB: 47_104, passes: 1, lanes: 1 },
  { memoryKiB: 19_456, passes: 2, lanes: 1 },
  { memoryKiB: 12_288, passes: 3, lanes: 1 },
  { memoryKiB: 9_216, passes: 4, lanes: 1 },
  { memoryKiB: 7_168, passes: 5, lanes: 1 },
];

/** `true` when no row of the sheet is met in memory and passes alike. */
export const isBelowOwaspFloor = (params: Argon2Params): boolean =>
  !owaspFloor.some(
    (row) => params.memoryKiB >= row.memoryKiB && params.passes >= row.passes && params.lanes >= row.lanes,
  );

/** `true` when the string is no Argon2id of version 19 or costs less in any respect than `wanted`. */
export const isWeakerArgon2 = (phc: Phc | null, wanted: Argon2Params): boolean =>
  phc === null ||
  phc.id !== 'argon2id' ||
  phc.version !== 19 ||
  (phc.params['m'] ?? 0) < wanted.memoryKiB ||
  (phc.params['t'] ?? 0) < wanted.passes ||
  phc.params['p'] !== wanted.lanes ||
  phc.hash.length < 32 ||
  phc.salt.length < 16;

/**
 * What `verify` computes at most; a string that asks for more does not verify. Planted, or imported by mistake, one of them
 * would take the memory of the process, or a thread for minutes. 256 MiB with three passes is libsodium's MODERATE, the
 * costliest preset in common use: about 8 s in JavaScript, 0.4 s in native code.
 */
export const argon2Most: { readonly memoryKiB: number; readonly blocks: number; readonly lanes: number } = {
  memoryKiB: 262_144,
  blocks: 3 * 262_144,
  /** One byte, as other implementations have it; all lanes share the memory above. */
  lanes: 255,
};

/** RFC 9106 §3.1: at least one pass and one lane, 8 KiB a lane; and within the bounds. */
export const isComputableArgon2 = ({ memoryKiB, passes, lanes }: Argon2Params): boolean =>
  [memoryKiB, passes, lanes].every(Number.isSafeInteger) &&
  passes >= 1 &&
  lanes >= 1 &&
  lanes <= argon2Most.lanes &&
  memoryKiB >= 8 * lanes &&
  memoryKiB <= argon2Most.memoryKiB &&
  memoryKiB * passes <= argon2Most.blocks;

/** Of the tag: 128 bits, below which a guess may fit by chance, to 512 bits. Of the salt: RFC 9106 §3.1. */
const leastTagBytes = 16;
const mostTagBytes = 64;
const leastSaltBytes = 8;

export const isTagSize = (bytes: number): boolean => bytes >= leastTagBytes && bytes <= mostTagBytes;

/** The cost of a string that may be verified; `null` = not Argon2id of version 19, or beyond the bounds. */
export const argon2CostOf = ({ id, version, params, salt, hash }: Phc): Argon2Params | null => {
  const { m = 0, t = 0, p = 0, ...unknown } = params;
  if (id !== 'argon2id' || version !== 19 || Object.keys(unknown).length > 0) return null;
  if (salt.length < leastSaltBytes || !isTagSize(hash.length)) return null;
  const cost = { memoryKiB: m, passes: t, lanes: p };
  return isComputableArgon2(cost) ? cost : null;
};
