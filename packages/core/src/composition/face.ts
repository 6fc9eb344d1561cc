import type { AdminApi, Auth, AuthApi } from '../api/auth.ts';
import type { RequestContext, Requirement, Source } from '../api/request.ts';
import type { FeatureParts, Kit } from '../config/feature.ts';
import { authenticate as authenticateFlow } from '../flows/authenticate.ts';
import { operations } from '../http/api.ts';
import { clientAddress } from '../http/client-address.ts';
import { exchanges } from '../http/exchange.ts';
import { guard } from '../http/guard.ts';
import { handler } from '../http/handler.ts';
import { observer } from '../http/observer.ts';
import type { OriginRules } from '../http/origin.ts';
import { authProblem, refusalOfThrown } from '../http/problem.ts';
import type { SignedValues } from '../modules/signed-values.ts';
import type { Stores } from '../ports/stores.ts';
import { once } from '../primitives/on-demand.ts';
import type { Endings } from './endings.ts';
import { routesOf } from './routes.ts';

interface Needs {
  readonly kit: Kit;
  readonly parts: readonly FeatureParts[];
  readonly endings: () => Promise<Endings>;
  readonly signed: SignedValues;
  readonly rules: OriginRules;
  readonly stores: Stores;
}

/** What the application holds in hand: one way in for requests, one for pages, one for server code. */
export const face = <Profile>({ kit, parts, endings, signed, rules, stores }: Needs): Auth<Profile> => {
  const { settings } = kit;
  const routes = routesOf(parts, endings);
  const errorPage = once(() => import('../http/pages/error.ts'));
  const authenticate = authenticateFlow(kit);
  const bearer = parts.find((part) => part.bearer !== undefined)?.bearer ?? null;
  const opening = {
    ...{ ...kit, authenticate, signed, bearer, isTrusted: rules.isTrusted },
    clientAddress: clientAddress(settings.clientIp),
  };
  const open = exchanges(opening, observer(settings, kit.journal));
  const handle = handler({
    ...{ ...settings, journal: kit.journal, routes, rules, open },
    pages: [
      ...parts.flatMap((part) => part.pages),
      { path: '/error', text: async (url) => (await errorPage()).errorPage(url) },
    ],
    errorPage: settings.pages.error,
    secondFactorPage: settings.pages.secondFactor,
    takesBearers: bearer !== null,
  });
  const guards = guard({
    ...{ ...kit, authenticate, signed, rules, bearer },
    // A guard may be asked without a context, and by code that has but headers: no sign that the configuration does not fit.
    open: exchanges(opening),
    lagMs: settings.session.revocationLagMs,
  });
  const api = { ...operations({ routes, open, journal: kit.journal }), ...lateAdmin(endings) };
  return {
    handle: (request, context = {}) => handle(request, context),
    // A profile passed the application's schema on its way in: the one place where a stored profile becomes what that gives.
    authenticate: ((source, context = {}) => guards.authenticate(source, context)) as Auth<Profile>['authenticate'],
    require: ((source: Source, need?: Requirement, context?: RequestContext) =>
      guards.require(source, need ?? {}, context ?? {})) as Auth<Profile>['require'],
    api: api as AuthApi<Profile>,
    csrf: (request, token = null, context = {}) => guards.csrf(request, token, context),
    csrfToken: guards.csrfToken,
    sweep: async () => {
      const before = kit.clock.now() - sweepSlackMs;
      return ((await stores.durable.sweep?.(before)) ?? 0) + ((await stores.ephemeral.sweep?.(before)) ?? 0);
    },
    drain: kit.chores.drain,
    origin: settings.origin,
    basePath: settings.basePath,
    mode: settings.mode,
  };
};

const adminNames: readonly (keyof AdminApi)[] = [
  'setDisabled',
  'revokeAll',
  'deleteUser',
  'startReset',
  'resetFactors',
  'providerToken',
];

/** Loaded by the first call of any; that it does not come is a problem as well. */
const lateAdmin = (endings: Needs['endings']): AdminApi => {
  const late = async (name: keyof AdminApi, args: never[]): Promise<unknown> => {
    const { admin } = await endings().catch((error: unknown) => {
      throw authProblem(refusalOfThrown(error), 'req_none');
    });
    const operation: (...args: never[]) => Promise<unknown> = admin[name];
    return operation(...args);
  };
  return Object.fromEntries(
    adminNames.map((name) => [name, (...args: never[]) => late(name, args)]),
  ) as unknown as AdminApi;
};

/** Nodes may differ by a second; nothing is removed that another node still counts as alive. */
const sweepSlackMs = 60_000;
