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
