import type { Sessions } from '../modules/sessions.ts';
import type { Subject } from '../modules/subjects.ts';
import type { Caller, Journal } from '../ports/journal.ts';

interface Needs {
  readonly sessions: Sessions;
  readonly journal: Journal;
}

export type RevokeSessionFlow = (caller: Caller, subject: Subject, sessionId: string) => Promise<void>;

/** Ends one of the caller's own sessions. An unknown id and another user's are the same nothing. */
export const revokeSession =
  ({ sessions, journal }: Needs): RevokeSessionFlow =>
  async (caller, { user }, sessionId) => {
    const session = await sessions.get(sessionId);
    if (session === null || session.userId !== user.id || !(await sessions.end(sessionId))) return;
    journal.note(caller, 'session.revoked', { userId: user.id, data: { by: 'list' } });
  };
