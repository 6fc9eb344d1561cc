import { type Refusal, refuse } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { SessionRecord } from '../ports/domain.ts';
import type { Caller, Journal } from '../ports/journal.ts';

interface Needs {
  readonly sessions: Sessions;
  readonly credentials: Credentials;
  readonly chores: Chores;
  readonly journal: Journal;
}

export type LogoutFlow = (
  caller: Caller,
  /** The ids of the sessions that the request shows, alive or not. */
  shown: readonly string[],
  everywhere: boolean,
) => Promise<{ readonly ok: true } | Refusal>;

/**
 * Ends every session that the request shows; what is expired or unknown is ended already. `everywhere` raises the epoch, and
 * is refused where no live session asks for it: nobody is told that others ended when they did not.
 */
export const logout =
  (needs: Needs): LogoutFlow =>
  async (caller, shown, everywhere) => {
    const { sessions, journal } = needs;
    const found = await Promise.all([...new Set(shown)].map((id) => sessions.get(id)));
    const owned = found.flatMap((session) => (session === null || session.userId === null ? [] : [session]));
    const refusal = everywhere ? await endOthers(needs, caller, owned) : null;
    if (refusal !== null) return refusal;
    for (const { id, userId } of owned) {
      const ended = await sessions.end(id);
      if (ended) journal.note(caller, 'session.revoked', { userId, data: { by: 'logout', everywhere } });
    }
    return { ok: true };
  };

/** `null` = one of them was alive, and raised the epoch of its user: only a live session may speak for the others. */
const endOthers = async (
  { sessions, credentials, chores }: Needs,
  caller: Caller,
  owned: readonly SessionRecord[],
): Promise<Refusal | null> => {
  let raised = false;
  for (const session of owned) {
    const userId = session.userId ?? '';
    const outcome = await credentials.update(userId, (record) =>
      sessions.isLive(session, record) ? { epoch: record.epoch + 1 } : null,
    );
    if (outcome === 'conflict') return refuse('conflict');
    if (typeof outcome !== 'object') continue;
    raised = true;
    chores.run(caller, () => sessions.sweepUser(userId, outcome.epoch));
  }
  return raised ? null : refuse('unauthenticated');
};
