/** What of a family decides. `version` is the generation of its one live refresh token. */
export interface FamilyState {
  readonly version: number;
  readonly rotatedAt: number;
  readonly expiresAt: number | null;
  readonly absoluteExpiresAt: number;
  readonly transport: string;
  readonly clientId: string | null;
}

/** What a request brings: the generation of its token, where the token was, and who it says it is. */
export interface PresentedToken {
  readonly generation: number;
  readonly transport: string;
  readonly clientId: string | null;
}

/**
 * `rotate`: compare-and-set to the next generation. `replay`: the same token again. `succeed`: the token of the generation
 * after. `theft`: the family ends. `ahead`: the store was rolled back. `foreign`: another client's token; the family ends.
 * `misplaced`: a token where the family does not keep it. `over`: no such family, or its time is up.
 */
export type RefreshOutcome = 'rotate' | 'replay' | 'succeed' | 'theft' | 'ahead' | 'foreign' | 'misplaced' | 'over';

/**
 * The whole policy of rotation (RFC 9700 §4.14.2, ASVS 5.0, 10.4.5), and nothing but it: `docs/reference/refresh-tokens.md`.
 * `now` is the instant at which the request arrived, also where it decides again: a request that was overtaken by another
 * one while it waited for a store was not late.
 */
export const decideRefresh = (
  family: FamilyState | null,
  presented: PresentedToken,
  now: number,
  graceMs: number,
): RefreshOutcome => {
  if (family === null || now >= (family.expiresAt ?? 0) || now >= family.absoluteExpiresAt) return 'over';
  if (presented.transport !== family.transport) return 'misplaced';
  if (presented.clientId !== family.clientId) return 'foreign';
  const behind = family.version - presented.generation;
  if (behind < 0) return 'ahead';
  const inWindow = now - family.rotatedAt < graceMs;
  if (behind === 0) return inWindow ? 'replay' : 'rotate';
  return behind === 1 && inWindow ? 'succeed' : 'theft';
};
