import { type Refusal, refuse } from '../errors.ts';
import type { Belongings } from '../modules/belongings.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Users } from '../modules/users.ts';
import type { Clock } from '../ports/clock.ts';
import type { CredentialRecord, SessionRecord } from '../ports/domain.ts';
import type { Caller, Journal } from '../ports/journal.ts';

interface Needs {
  readonly users: Users;
  readonly credentials: Credentials;
  readonly belongings: Belongings;
  readonly sessions: Sessions;
  readonly journal: Journal;
  readonly clock: Clock;
  /** What features still do with the records before they go. */
  readonly leaving: (caller: Caller, credential: CredentialRecord) => Promise<void>;
}

/** `by`: the session that asks for it, where the user does; it must be alive when the account goes. */
export type DeleteUserFlow = (
  caller: Caller,
  userId: string,
  by?: SessionRecord,
) => Promise<{ readonly ok: true } | Refusal>;

/**
 * Disabled first, in the one write that also ends every session, so that stopping after any step leaves an account that
 * nobody can use; the credential record goes last, so that calling again finds what is left.
 */
export const deleteUser =
  ({ users, credentials, belongings, sessions, journal, clock, leaving }: Needs): DeleteUserFlow =>
  async (caller, userId, by) => {
    const outcome = await credentials.update(userId, (record) =>
      by === undefined || sessions.isLive(by, record)
        ? { disabledAt: record.disabledAt ?? clock.now(), epoch: record.epoch + 1 }
        : null,
    );
    if (outcome === 'conflict') return refuse('conflict');
    if (by !== undefined && typeof outcome !== 'object') return refuse('unauthenticated');
    if (typeof outcome === 'object') {
      journal.note(caller, 'account.disabled', { userId });
      await leaving(caller, outcome);
      await belongings.remove(outcome);
      await sessions.sweepUser(userId, outcome.epoch);
    }
    const removed = await users.delete(userId);
    if (outcome === 'missing' && !removed) return refuse('not_found');
    // Of calls that race each other, and of one that is made again after a crash, the last write has one winner.
    if ((await credentials.delete(userId)) || outcome === 'missing') {
      journal.note(caller, 'account.deleted', { userId });
    }
    return { ok: true };
  };
