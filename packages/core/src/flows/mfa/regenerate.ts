import { type Refusal, refuse } from '../../errors.ts';
import type { RecoveryCodes } from '../../modules/recovery-codes.ts';
import type { Account, Subject } from '../../modules/subjects.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import { type ChangeNeeds, changeFactors, type Planned } from './change.ts';
import { codesOnce } from './codes-once.ts';

interface Needs extends ChangeNeeds {
  readonly recoveryCodes: RecoveryCodes;
  readonly journal: Journal;
}

export type RegenerateCodesFlow = (
  caller: Caller,
  subject: Subject,
) => Promise<{ readonly ok: true; readonly codes: readonly string[] } | Refusal>;

/**
 * A set of its own in the place of the old one, and not new codes in the old record: where a change of address is taken back,
 * codes that were made since are gone with it. No session ends.
 */
export const regenerateCodes =
  (needs: Needs): RegenerateCodesFlow =>
  async (caller, subject) => {
    const { factors, recoveryCodes, belongings, chores, journal } = needs;
    const userId = subject.user.id;
    const codes = codesOnce(recoveryCodes, userId);
    const plan = async ({ credential }: Account): Promise<Planned | Refusal> => {
      const apps = (await factors.named(credential)).filter(({ type }) => type === 'totp');
      if (apps.length === 0) return refuse('not_found');
      const set = await codes();
      return { ok: true, factors: [...apps.map(({ id }) => id), set.id], codes: set.codes };
    };
    const changed = await changeFactors(needs, subject, { plan, raises: false });
    if (!changed.ok) return changed;
    const { before, after } = changed;
    journal.note(caller, 'mfa.enrolled', { userId, data: { type: 'recovery', replaces: true } });
    const dropped = before.factors.filter((id) => !after.factors.includes(id));
    chores.run(caller, () => belongings.remove({ accounts: [], factors: dropped }));
    chores.run(caller, () => factors.tidy(after));
    return { ok: true, codes: changed.codes ?? [] };
  };
