import type { FeatureParts, Kit } from '../config/feature.ts';
import { logout } from '../flows/logout.ts';
import { revokeSession } from '../flows/revoke-session.ts';
import type { Route } from '../http/route.ts';
import { deleteAccountRoute } from '../http/routes/account.ts';
import { logoutRoute } from '../http/routes/logout.ts';
import { sessionRoutes } from '../http/routes/sessions.ts';
import { stepUpRoutes } from '../http/routes/step-up.ts';

/** What the listed features answer to, and what every instance does. */
export const routesOf = (kit: Kit, parts: readonly FeatureParts[]): readonly Route[] => {
  const { cookies, keep, deleteUser, tokenModules, settings } = kit;
  const freshMs = settings.session.stepUpWindowMs;
  return [
    ...parts.flatMap((part) => part.routes),
    ...stepUpRoutes(parts.flatMap(({ stepUp }) => stepUp ?? [])),
    deleteAccountRoute({ deleteUser, cookies, keep, freshMs }),
    logoutRoute({
      logout: logout(kit),
      cookies,
      kinds: tokenModules === null ? ['session'] : ['session', 'refresh'],
    }),
    ...sessionRoutes({ ...kit, revokeSession: revokeSession(kit), freshMs }),
  ];
};
