import type { AdminApi } from '../api/auth.ts';
import type { Refusal } from '../errors.ts';
import type { DeleteUserFlow } from '../flows/delete-user.ts';
import type { RevokeAllFlow } from '../flows/revoke-all.ts';
import type { SetDisabledFlow } from '../flows/set-disabled.ts';
import type { StartResetFlow } from '../flows/start-reset.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { Random } from '../ports/random.ts';
import { mintId } from '../primitives/secret.ts';
import { failure } from './failure.ts';
import { authProblem } from './problem.ts';

interface Needs {
  readonly random: Random;
  readonly journal: Journal;
  readonly setDisabled: SetDisabledFlow;
  readonly revokeAll: RevokeAllFlow;
  readonly deleteUser: DeleteUserFlow;
  readonly startReset: StartResetFlow;
  readonly resetFactors: StartResetFlow;
}

type Outcome = Promise<{ readonly ok: true } | Refusal>;

/** The operations that no route leads to. Nobody's request: no address, no device. */
export const admin = ({
  random,
  journal,
  setDisabled,
  revokeAll,
  deleteUser,
  startReset,
  resetFactors,
}: Needs): AdminApi => {
  const run = async (flow: (caller: Caller) => Outcome): Promise<void> => {
    const requestId = `req_${mintId(random)}`;
    const caller = { requestId, client: { ip: null, agent: null }, address: null, device: null };
    const done = await flow(caller).catch((error: unknown) => {
      throw failure(journal, caller, error);
    });
    if (!done.ok) throw authProblem(done, requestId);
  };
  return {
    setDisabled: (userId, disabled) => run((caller) => setDisabled(caller, userId, disabled)),
    revokeAll: (userId) => run((caller) => revokeAll(caller, userId)),
    deleteUser: (userId) => run((caller) => deleteUser(caller, userId)),
    startReset: (userId) => run((caller) => startReset(caller, userId)),
    resetFactors: (userId) => run((caller) => resetFactors(caller, userId)),
  };
};
