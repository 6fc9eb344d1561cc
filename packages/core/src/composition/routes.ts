import type { FeatureParts } from '../config/feature.ts';
import { lateRoute } from '../http/late-routes.ts';
import type { Route } from '../http/route.ts';
import { heads } from '../http/routes/heads.ts';
import { sessionRoute } from '../http/routes/session.ts';
import { stepUpRoutes } from '../http/routes/step-up.ts';
import type { Endings } from './endings.ts';

/** What the listed features answer to, and what every instance does. */
export const routesOf = (
  parts: readonly FeatureParts[],
  loadEndings: () => Promise<Pick<Endings, 'routes'>>,
): readonly Route[] => [
  ...parts.flatMap((part) => part.routes),
  ...stepUpRoutes(parts.flatMap(({ stepUp }) => stepUp ?? [])),
  sessionRoute(),
  ...[heads.logout, heads.sessions, heads.revokeSession, heads.deleteAccount].map(
    lateRoute(async () => (await loadEndings()).routes),
  ),
];
