import type { CodeSet, RecoveryCodes } from '../../modules/recovery-codes.ts';

/** A set of recovery codes that is made when it is first asked for: a lost compare-and-set makes no second one. */
export const codesOnce = (recoveryCodes: RecoveryCodes, userId: string): (() => Promise<CodeSet>) => {
  let set: Promise<CodeSet> | null = null;
  return () => {
    set ??= recoveryCodes.create(userId);
    return set;
  };
};
