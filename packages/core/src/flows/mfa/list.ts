import { type Refusal, refuse } from '../../errors.ts';
import type { Factors } from '../../modules/factors.ts';
import type { Account } from '../../modules/subjects.ts';
import type { MfaFactor } from '../../ports/domain.ts';

interface Needs {
  readonly factors: Factors;
}

export type ListFactorsFlow = (
  account: Account,
) => Promise<{ readonly apps: readonly MfaFactor[]; readonly recoveryCodesLeft: number }>;

export const listFactors =
  ({ factors }: Needs): ListFactorsFlow =>
  async ({ credential }) => {
    const named = await factors.named(credential);
    return {
      apps: named.filter(({ type }) => type === 'totp'),
      recoveryCodesLeft: named.reduce((left, { codes }) => left + codes.length, 0),
    };
  };

export type RenameFactorFlow = (
  account: Account,
  change: { readonly id: string; readonly label: string },
) => Promise<{ readonly ok: true } | Refusal>;

export const renameFactor =
  ({ factors }: Needs): RenameFactorFlow =>
  async ({ credential }, { id, label }) => {
    const factor = (await factors.named(credential)).find((one) => one.id === id && one.type === 'totp');
    if (factor === undefined) return refuse('not_found');
    return (await factors.rename(factor, label)) ? { ok: true } : refuse('conflict');
  };
