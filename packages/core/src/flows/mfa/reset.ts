import { type Refusal, refuse } from '../../errors.ts';
import type { Belongings } from '../../modules/belongings.ts';
import type { Chores } from '../../modules/chores.ts';
import type { Credentials } from '../../modules/credentials.ts';
import type { Notices } from '../../modules/notices.ts';
import type { Sessions } from '../../modules/sessions.ts';
import type { Users } from '../../modules/users.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import { tell } from './tell.ts';

interface Needs {
  readonly users: Users;
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly belongings: Belongings;
  readonly notices: Notices;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly clock: Clock;
}

export type ResetFactorsFlow = (caller: Caller, userId: string) => Promise<{ readonly ok: true } | Refusal>;

/** For somebody who has lost app and codes, and whom server code has identified by other means. The password stays. */
export const resetFactors =
  (needs: Needs): ResetFactorsFlow =>
  async (caller, userId) => {
    const { users, credentials, sessions, belongings, chores, journal } = needs;
    let dropped: readonly string[] = [];
    const outcome = await credentials.update(userId, ({ factors, epoch }) => {
      dropped = factors;
      return factors.length === 0 ? null : { factors: [], epoch: epoch + 1 };
    });
    if (outcome === 'left') return { ok: true };
    if (typeof outcome !== 'object') return refuse(outcome === 'missing' ? 'not_found' : 'conflict');
    journal.note(caller, 'mfa.removed', { userId, data: { type: 'totp', last: true, by: 'reset' } });
    chores.run(caller, async () => {
      const user = await users.get(userId);
      if (user !== null) await tell(needs)(caller, user, 'mfa_disabled');
    });
    chores.run(caller, () => belongings.remove({ accounts: [], factors: dropped }));
    chores.run(caller, () => sessions.sweepUser(userId, outcome.epoch));
    return { ok: true };
  };
