import { type Refusal, refuse } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Caller, Journal } from '../ports/journal.ts';

interface Needs {
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly chores: Chores;
  readonly journal: Journal;
}

export type RevokeAllFlow = (caller: Caller, userId: string) => Promise<{ readonly ok: true } | Refusal>;

/** One write ends every session, family, link and challenge of the user; deleting the rows is housekeeping. */
export const revokeAll =
  ({ credentials, sessions, chores, journal }: Needs): RevokeAllFlow =>
  async (caller, userId) => {
    const outcome = await credentials.update(userId, ({ epoch }) => ({ epoch: epoch + 1 }));
    if (typeof outcome !== 'object') return refuse(outcome === 'missing' ? 'not_found' : 'conflict');
    journal.note(caller, 'session.revoked', { userId, data: { by: 'revoke_all', everywhere: true } });
    chores.run(caller, () => sessions.sweepUser(userId, outcome.epoch));
    return { ok: true };
  };
