import { type Refusal, refuse } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Clock } from '../ports/clock.ts';
import type { Caller, Journal } from '../ports/journal.ts';

interface Needs {
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly clock: Clock;
}

export type SetDisabledFlow = (
  caller: Caller,
  userId: string,
  disabled: boolean,
) => Promise<{ readonly ok: true } | Refusal>;

/** The flag and the epoch are one write: enabling an account again brings no old session back. */
export const setDisabled =
  ({ credentials, sessions, chores, journal, clock }: Needs): SetDisabledFlow =>
  async (caller, userId, disabled) => {
    const outcome = await credentials.update(userId, ({ disabledAt, epoch }) => {
      if ((disabledAt !== null) === disabled) return null;
      return disabled ? { disabledAt: clock.now(), epoch: epoch + 1 } : { disabledAt: null };
    });
    if (outcome === 'missing') return refuse('not_found');
    if (outcome === 'conflict') return refuse('conflict');
    if (outcome === 'left') return { ok: true };
    journal.note(caller, disabled ? 'account.disabled' : 'account.enabled', { userId });
    if (disabled) chores.run(caller, () => sessions.sweepUser(userId, outcome.epoch));
    return { ok: true };
  };
