import { type Refusal, refuse } from '../../errors.ts';
import type { Gate, Minted } from '../../modules/gate.ts';
import type { Subject } from '../../modules/subjects.ts';
import type { Caller } from '../../ports/journal.ts';
import { withSecond } from './amr.ts';
import { formFlaw, type ProveNeeds, prove, type Shown } from './prove.ts';

interface Needs extends ProveNeeds {
  readonly gate: Gate;
}

export type StepUpByFactorFlow = (caller: Caller, subject: Subject, shown: Shown) => Promise<Minted | Refusal>;

/** A code of the app makes the session one of two factors; a recovery code makes it one that may enrol a new app. */
export const stepUpByFactor =
  (needs: Needs): StepUpByFactorFlow =>
  async (caller, subject, shown) => {
    const { user, credential, session } = subject;
    const flaw = formFlaw(shown);
    if (flaw !== null) return flaw;
    const proved = await prove(needs, caller, { account: subject, shown, phase: 'step_up' });
    if (!proved.ok) return proved;
    const renewed = await needs.gate.renew(caller, session, {
      user,
      credential,
      ...withSecond(session.amr, shown.method),
    });
    return renewed ?? refuse('unauthenticated');
  };
