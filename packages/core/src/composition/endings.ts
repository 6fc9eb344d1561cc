import type { Modules } from '../config/feature.ts';
import { type DeleteUserFlow, deleteUser } from '../flows/delete-user.ts';
import { logout } from '../flows/logout.ts';
import { type RevokeAllFlow, revokeAll } from '../flows/revoke-all.ts';
import { revokeSession } from '../flows/revoke-session.ts';
import { type SetDisabledFlow, setDisabled } from '../flows/set-disabled.ts';
import type { Route } from '../http/route.ts';
import { deleteAccountRoute } from '../http/routes/account.ts';
import { logoutRoute } from '../http/routes/logout.ts';
import { sessionRoutes } from '../http/routes/sessions.ts';

/** What ends sessions and accounts, so that a process that signs in and checks may never load it. */
export interface Endings {
  readonly routes: readonly Route[];
  readonly deleteUser: DeleteUserFlow;
  readonly revokeAll: RevokeAllFlow;
  readonly setDisabled: SetDisabledFlow;
}

export const endings = (modules: Modules): Endings => {
  const { cookies, tokenModules, settings } = modules;
  const freshMs = settings.session.stepUpWindowMs;
  const remove = deleteUser(modules);
  return {
    routes: [
      deleteAccountRoute({ ...modules, deleteUser: remove, freshMs }),
      logoutRoute({
        logout: logout(modules),
        cookies,
        kinds: tokenModules === null ? ['session'] : ['session', 'refresh'],
      }),
      ...sessionRoutes({ ...modules, revokeSession: revokeSession(modules), freshMs }),
    ],
    deleteUser: remove,
    revokeAll: revokeAll(modules),
    setDisabled: setDisabled(modules),
  };
};
