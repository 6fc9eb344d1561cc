import { type Refusal, refuse } from '../../errors.ts';
import type { Minted } from '../../modules/gate.ts';
import type { CodeSet } from '../../modules/recovery-codes.ts';
import type { Account, Subject } from '../../modules/subjects.ts';
import type { Caller } from '../../ports/journal.ts';
import { withSecond } from './amr.ts';
import { type ChangeNeeds, changeFactors, type Planned, settle } from './change.ts';
import { codesOnce } from './codes-once.ts';
import { isReplacing, maxFactors, roomFor } from './may-enrol.ts';
import { formFlaw, type ProveNeeds, takeTry } from './prove.ts';
import { tell } from './tell.ts';

export interface ConfirmTotpInput {
  readonly subject: Subject;
  readonly id: string;
  readonly code: string;
}

type Needs = ProveNeeds & ChangeNeeds;

export type TotpConfirmed = {
  readonly ok: true;
  /** Shown once; `null` = the user has codes already, and they stay. */
  readonly recoveryCodes: readonly string[] | null;
  readonly renewed: Minted | null;
};

export type ConfirmTotpFlow = (caller: Caller, input: ConfirmTotpInput) => Promise<TotpConfirmed | Refusal>;

/**
 * The code that proves a new factor is used up like any other. Only then does the credential record name it: stopping before
 * leaves a factor that nobody asks for, and that another code still confirms.
 */
export const confirmTotp =
  (needs: Needs): ConfirmTotpFlow =>
  async (caller, { subject, id, code }) => {
    const { factors, limits, chores, journal } = needs;
    const { user, session } = subject;
    const refusal = formFlaw({ method: 'totp', code }) ?? roomFor(session, subject);
    if (refusal !== null) return refusal;
    const factor = await factors.proposed(subject.credential, id);
    if (factor === null) return refuse('not_found');
    const limited = await takeTry(needs, caller, subject);
    if (limited !== null) return limited;
    const data = { method: 'totp', phase: 'enrol' };
    if (!(await factors.claim(factor, code))) {
      journal.note(caller, 'mfa.code_refused', { userId: user.id, code: 'mfa_code_invalid', data });
      return refuse('mfa_code_invalid');
    }
    journal.note(caller, 'mfa.code_accepted', { userId: user.id, data });
    chores.run(caller, () => limits.forgive('mfa_user', user.id));

    const codes = codesOnce(needs.recoveryCodes, user.id);
    const plan = (account: Account) => planFor(needs, account, { subject, id, codes });
    const changed = await changeFactors(needs, subject, { plan, raises: true });
    if (!changed.ok) return changed;
    journal.note(caller, 'mfa.enrolled', {
      userId: user.id,
      data: { type: 'totp', replaces: isReplacing(session) },
    });
    chores.run(caller, () => tell(needs)(caller, user, 'mfa_enabled'));
    const renewed = await settle(needs, caller, { subject, changed, ...withSecond(session.amr, 'totp') });
    return { ok: true, recoveryCodes: changed.codes, renewed };
  };

interface Confirmed {
  readonly subject: Subject;
  readonly id: string;
  readonly codes: () => Promise<CodeSet>;
}

const planFor = async (
  { factors }: Needs,
  account: Account,
  { subject, id, codes }: Confirmed,
): Promise<Planned | Refusal> => {
  const refusal = roomFor(subject.session, account);
  if (refusal !== null) return refusal;
  const kept = isReplacing(subject.session) ? [] : await factors.named(account.credential);
  if (kept.filter(({ type }) => type === 'totp').length >= maxFactors) return refuse('factor_limit');
  const names = [...kept.map((factor) => factor.id), id];
  if (kept.some(({ type }) => type === 'recovery')) return { ok: true, factors: names, codes: null };
  const set = await codes();
  return { ok: true, factors: [...names, set.id], codes: set.codes };
};
