import type { AdminApi } from '../api/auth.ts';
import type { Refusal } from '../errors.ts';
import type { DeleteUserFlow } from '../flows/delete-user.ts';
import type { ProviderTokenFlow } from '../flows/oauth/provider-token.ts';
import type { RevokeAllFlow } from '../flows/revoke-all.ts';
import type { SetDisabledFlow } from '../flows/set-disabled.ts';
import type { StartResetFlow } from '../flows/start-reset.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { Random } from '../ports/random.ts';
import { mintId } from '../primitives/secret.ts';
import { failure } from './failure.ts';
import { field, optional, shape, text } from './input.ts';
import { authProblem } from './problem.ts';

interface Needs {
  readonly random: Random;
  readonly journal: Journal;
  readonly setDisabled: SetDisabledFlow;
  readonly revokeAll: RevokeAllFlow;
  readonly deleteUser: DeleteUserFlow;
  readonly startReset: StartResetFlow;
  readonly resetFactors: StartResetFlow;
  readonly providerToken: ProviderTokenFlow;
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
  providerToken,
}: Needs): AdminApi => {
  const run = async <T extends { readonly ok: true }>(flow: (caller: Caller) => Promise<T | Refusal>): Promise<T> => {
    const requestId = `req_${mintId(random)}`;
    const caller = { requestId, client: { ip: null, agent: null }, address: null, device: null };
    const done = await flow(caller).catch((error: unknown) => {
      throw failure(journal, caller, error);
    });
    if (!done.ok) throw authProblem(done, requestId);
    return done;
  };
  const act = async (flow: (caller: Caller) => Outcome): Promise<void> => {
    await run(flow);
  };
  return {
    setDisabled: (userId, disabled) => act((caller) => setDisabled(caller, userId, disabled)),
    revokeAll: (userId) => act((caller) => revokeAll(caller, userId)),
    deleteUser: (userId) => act((caller) => deleteUser(caller, userId)),
    startReset: (userId) => act((caller) => startReset(caller, userId)),
    resetFactors: (userId) => act((caller) => resetFactors(caller, userId)),
    providerToken: async (wanted) => {
      const asked = wantedToken(wanted);
      const { grant } = await run(async (caller) => (asked.ok ? providerToken(caller, asked.value) : asked));
      return { accessToken: grant.accessToken, tokenType: 'Bearer', scope: grant.scope, expiresAt: grant.expiresAt };
    },
  };
};

const name = field((value) => text(value, 1_024));
/** As long as a token that is kept may be. */
const accessToken = field((value) => text(value, 16_384));

/** Judged like the input of a route: what is no such thing must not look like an account that has no tokens. */
const wantedToken = shape({
  userId: name,
  provider: name,
  accountId: optional(name),
  refused: optional(accessToken),
});
