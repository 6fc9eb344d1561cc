import { type Refusal, refuse } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Caller, Journal } from '../ports/journal.ts';

interface Needs {
  readonly sessions: Sessions;
  readonly credentials: Credentials;
  readonly chores: Chores;
  readonly journal: Journal;
}

export type LogoutFlow = (
  caller: Caller,
  sessionId: string | null,
  everywhere: boolean,
) => Promise<{ readonly ok: true } | Refusal>;

/**
 * Ends the session that the request shows; what is expired or unknown is ended already. `everywhere` raises the epoch, and
 * is refused where no live session asks for it: nobody is told that others ended when they did not.
 */
export const logout =
  ({ sessions, credentials, chores, journal }: Needs): LogoutFlow =>
  async (caller, sessionId, everywhere) => {
    const session = sessionId === null ? null : await sessions.get(sessionId);
    if (session === null || session.userId === null) return everywhere ? refuse('unauthenticated') : { ok: true };
    const { userId } = session;
    // Only a session that is alive may speak for the others.
    const outcome = everywhere
      ? await credentials.update(userId, (record) =>
          sessions.isLive(session, record) ? { epoch: record.epoch + 1 } : null,
        )
      : 'left';
    if (outcome === 'conflict') return refuse('conflict');
    if (everywhere && typeof outcome !== 'object') return refuse('unauthenticated');
    const ended = await sessions.end(session.id);
    if (ended) journal.note(caller, 'session.revoked', { userId, data: { by: 'logout', everywhere } });
    if (typeof outcome === 'object') chores.run(caller, () => sessions.sweepUser(userId, outcome.epoch));
    return { ok: true };
  };
