import { type Refusal, refuse } from '../errors.ts';
import type { Gate, Minted } from '../modules/gate.ts';
import type { Limits } from '../modules/limits.ts';
import type { Passwords } from '../modules/passwords.ts';
import type { Subject } from '../modules/subjects.ts';
import type { Caller, Journal } from '../ports/journal.ts';

interface Needs {
  readonly limits: Limits;
  readonly passwords: Passwords;
  readonly gate: Gate;
  readonly journal: Journal;
}

export type StepUpFlow = (caller: Caller, subject: Subject, password: string) => Promise<Minted | Refusal>;

/** Proves the password again: the session gets a new id and a new instant of proof, and keeps its absolute end. */
export const stepUp =
  ({ limits, passwords, gate, journal }: Needs): StepUpFlow =>
  async (caller, { user, credential, session }, password) => {
    // Two factors stay as fresh as the second: the first alone, shown again, must not renew them.
    if (session.aal >= 2 && credential.factors.length > 0) return refuse('step_up_required', { need: { aal: 2 } });
    const limited = await limits.take(caller, 'reauth', user.id);
    if (limited !== null) return limited;
    if (!(await passwords.check(password, credential.password))) {
      journal.note(caller, 'login.failed', {
        userId: user.id,
        code: 'invalid_credentials',
        data: { phase: 'step_up' },
      });
      return refuse('invalid_credentials');
    }
    const amr = session.amr.includes('pwd') ? session.amr : [...session.amr, 'pwd' as const];
    const renewed = await gate.renew(caller, session, { user, credential, aal: session.aal, amr });
    return renewed ?? refuse('unauthenticated');
  };
