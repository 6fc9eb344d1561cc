import { type Refusal, refuse } from '../errors.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Users } from '../modules/users.ts';
import type { Clock } from '../ports/clock.ts';
import type { Caller, Journal } from '../ports/journal.ts';

interface Needs {
  readonly users: Users;
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly journal: Journal;
  readonly clock: Clock;
}

export type DeleteUserFlow = (caller: Caller, userId: string) => Promise<{ readonly ok: true } | Refusal>;

/**
 * Disabled first, in the one write that also ends every session, so that stopping after any step leaves an account that
 * nobody can use; the credential record goes last, so that calling again finds what is left.
 */
export const deleteUser =
  ({ users, credentials, sessions, journal, clock }: Needs): DeleteUserFlow =>
  async (caller, userId) => {
    const outcome = await credentials.update(userId, ({ disabledAt, epoch }) => ({
      disabledAt: disabledAt ?? clock.now(),
      epoch: epoch + 1,
    }));
    if (outcome === 'conflict') return refuse('conflict');
    if (typeof outcome === 'object') {
      journal.note(caller, 'account.disabled', { userId });
      await sessions.sweepUser(userId, outcome.epoch);
    }
    const removed = await users.delete(userId);
    if (outcome === 'missing' && !removed) return refuse('not_found');
    await credentials.delete(userId);
    journal.note(caller, 'account.deleted', { userId });
    return { ok: true };
  };
