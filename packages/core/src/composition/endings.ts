import type { AdminApi } from '../api/auth.ts';
import type { FeatureParts, Modules } from '../config/feature.ts';
import { refuse } from '../errors.ts';
import { type DeleteUserFlow, deleteUser } from '../flows/delete-user.ts';
import { logout } from '../flows/logout.ts';
import { revokeAll } from '../flows/revoke-all.ts';
import { revokeSession } from '../flows/revoke-session.ts';
import { setDisabled } from '../flows/set-disabled.ts';
import type { StartResetFlow } from '../flows/start-reset.ts';
import { admin } from '../http/admin.ts';
import type { Route } from '../http/route.ts';
import { deleteAccountRoute } from '../http/routes/account.ts';
import { logoutRoute } from '../http/routes/logout.ts';
import { sessionRoutes } from '../http/routes/sessions.ts';

/** What ends sessions and accounts, so that a process that signs in and checks may never load it. */
export interface Endings {
  readonly routes: readonly Route[];
  readonly deleteUser: DeleteUserFlow;
  readonly admin: AdminApi;
}

export const endings = (modules: Modules, parts: readonly FeatureParts[]): Endings => {
  const { cookies, tokenModules, settings } = modules;
  const freshMs = settings.session.stepUpWindowMs;
  const remove = deleteUser({
    ...modules,
    leaving: async (caller, credential) => {
      for (const part of parts) await part.leaving?.(caller, credential);
    },
  });
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
    admin: admin({
      ...modules,
      deleteUser: remove,
      setDisabled: setDisabled(modules),
      revokeAll: revokeAll(modules),
      startReset: parts.find((part) => part.startReset !== undefined)?.startReset ?? noReset,
      resetFactors: parts.find((part) => part.resetFactors !== undefined)?.resetFactors ?? noReset,
      providerToken: parts.find((part) => part.providerToken !== undefined)?.providerToken ?? noProvider,
    }),
  };
};

const noProvider = async () => refuse('provider_unknown');

const noReset: StartResetFlow = async () => refuse('not_found', { detail: 'No feature has something to reset.' });
