import { type Refusal, refuse } from '../../errors.ts';
import type { Chores } from '../../modules/chores.ts';
import type { Factors } from '../../modules/factors.ts';
import type { Limits } from '../../modules/limits.ts';
import type { Notices } from '../../modules/notices.ts';
import type { RecoveryCodes } from '../../modules/recovery-codes.ts';
import type { Account } from '../../modules/subjects.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MfaFactor } from '../../ports/domain.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import { readRecoveryCode } from '../../primitives/recovery-code.ts';
import { isTotpCode } from '../../primitives/totp.ts';
import { tell } from './tell.ts';

export interface Shown {
  readonly method: 'totp' | 'recovery_code';
  readonly code: string;
}

export interface ProveNeeds {
  readonly limits: Limits;
  readonly factors: Factors;
  readonly recoveryCodes: RecoveryCodes;
  readonly notices: Notices;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly clock: Clock;
}

interface Asked {
  readonly account: Account;
  readonly shown: Shown;
  readonly phase: 'login' | 'step_up';
}

/** `validation_failed` for what cannot be a code: nothing is counted and nothing is looked at. */
export const formFlaw = ({ method, code }: Shown): Refusal | null =>
  (method === 'totp' ? isTotpCode(code) : readRecoveryCode(code) !== null)
    ? null
    : refuse('validation_failed', { errors: [{ pointer: '/code', code: 'value' }] });

/** Whether a code is one of the account's, and uses it up. One budget for an account, over all challenges and all its factors. */
export const prove = async (
  needs: ProveNeeds,
  caller: Caller,
  { account, shown, phase }: Asked,
): Promise<{ readonly ok: true } | Refusal> => {
  const { limits, chores, journal } = needs;
  const { user } = account;
  const limited = await takeTry(needs, caller, account);
  if (limited !== null) return limited;
  const named = await needs.factors.named(account.credential);
  const { method } = shown;
  const data = { method, phase };
  const left = method === 'totp' ? await claim(needs.factors, named, shown.code) : await use(needs, named, shown.code);
  if (left === null) {
    journal.note(caller, 'mfa.code_refused', { userId: user.id, code: 'mfa_code_invalid', data });
    return refuse('mfa_code_invalid');
  }
  journal.note(caller, 'mfa.code_accepted', { userId: user.id, data });
  chores.run(caller, () => limits.forgive('mfa_user', user.id));
  if (method === 'totp') return { ok: true };
  journal.note(caller, 'recovery_code.used', { userId: user.id, data: { left, phase } });
  chores.run(caller, () => tell(needs)(caller, user, 'recovery_code_used'));
  return { ok: true };
};

/** One try at a code of this account. Once there is none left, the owner is told: whoever tries knows the password. */
export const takeTry = async (
  needs: Pick<ProveNeeds, 'limits' | 'chores' | 'notices' | 'clock'>,
  caller: Caller,
  { user }: Account,
): Promise<Refusal | null> => {
  const { limits, chores } = needs;
  const limited = await limits.take(caller, 'mfa_user', user.id);
  if (limited === null) return null;
  chores.run(caller, async () => {
    if ((await limits.take(caller, 'mfa_notice', user.id)) === null) await tell(needs)(caller, user, 'mfa_attempts');
  });
  return limited;
};

const claim = async (factors: Factors, named: readonly MfaFactor[], code: string): Promise<0 | null> => {
  for (const factor of named) if (factor.type === 'totp' && (await factors.claim(factor, code))) return 0;
  return null;
};

const use = async (
  { recoveryCodes }: ProveNeeds,
  named: readonly MfaFactor[],
  code: string,
): Promise<number | null> => {
  const set = named.find(({ type }) => type === 'recovery');
  return set === undefined ? null : recoveryCodes.use(set, code);
};
