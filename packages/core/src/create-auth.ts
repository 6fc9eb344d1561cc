import type { Auth, AuthApi } from './api/auth.ts';
import type { RequestContext, Requirement, Source } from './api/request.ts';
import type { Out, StandardSchema } from './api/standard-schema.ts';
import { checkOptions } from './config/check.ts';
import type { Kit, Modules, TokenNeeds } from './config/feature.ts';
import type { AuthOptions } from './config/options.ts';
import { refuse } from './errors.ts';
import { authenticate as authenticateFlow } from './flows/authenticate.ts';
import { deleteUser } from './flows/delete-user.ts';
import { logout } from './flows/logout.ts';
import { revokeAll } from './flows/revoke-all.ts';
import { revokeSession } from './flows/revoke-session.ts';
import { setDisabled } from './flows/set-disabled.ts';
import type { StartResetFlow } from './flows/start-reset.ts';
import { admin } from './http/admin.ts';
import { operations } from './http/api.ts';
import { clientAddress } from './http/client-address.ts';
import { cookies as cookieJar } from './http/cookies.ts';
import { exchanges } from './http/exchange.ts';
import { guard } from './http/guard.ts';
import { handler } from './http/handler.ts';
import { keepsakes } from './http/keepsakes.ts';
import { observer } from './http/observer.ts';
import { originRules } from './http/origin.ts';
import { errorPage } from './http/pages/error.ts';
import { profileCheck } from './http/profile.ts';
import { deleteAccountRoute } from './http/routes/account.ts';
import { logoutRoute } from './http/routes/logout.ts';
import { sessionRoutes } from './http/routes/sessions.ts';
import { stepUpRoutes } from './http/routes/step-up.ts';
import { belongings } from './modules/belongings.ts';
import { chores } from './modules/chores.ts';
import { credentials } from './modules/credentials.ts';
import { gate } from './modules/gate.ts';
import { journal } from './modules/journal.ts';
import { keyring } from './modules/keyring.ts';
import { limits } from './modules/limits.ts';
import { notices } from './modules/notices.ts';
import { oneTimeTokens } from './modules/one-time-tokens.ts';
import { sessions as sessionsModule } from './modules/sessions.ts';
import { signedValues } from './modules/signed-values.ts';
import { subjects as subjectsModule } from './modules/subjects.ts';
import { users } from './modules/users.ts';
import { waysBack } from './modules/ways-back.ts';
import type {
  CredentialRecord,
  MfaFactor,
  OAuthAccount,
  OneTimeToken,
  RefreshFamily,
  SessionRecord,
  TrustedDevice,
} from './ports/domain.ts';
import type { Http } from './ports/http.ts';
import type { JsonObject } from './ports/json.ts';
import { days } from './primitives/time.ts';
import { boundedBreach } from './system/bounded-breach.ts';
import { boundedNotifier } from './system/bounded-notifier.ts';
import { systemClock } from './system/clock.ts';
import { pause } from './system/pause.ts';
import { systemRandom } from './system/random.ts';
import { soon } from './system/soon.ts';
import { hasWebCrypto } from './system/webcrypto.ts';

/** The composition root: every port, module and route is wired here, and nowhere else. Throws `AuthConfigError`. */
export const createAuth = <S extends StandardSchema = StandardSchema<JsonObject>>(
  options: AuthOptions<S>,
): Auth<Out<S>> => {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const settings = checkOptions(options, { now: () => clock.now(), hasWebCrypto: hasWebCrypto() });
  const { stores } = options;
  const keys = keyring(settings.secrets);
  const signed = signedValues(keys);
  const events = journal(options.events ?? { emit: () => {} }, clock);
  const background = chores({ background: options.background ?? null, journal: events, soon });
  const subjects = subjectsModule({ stores, clock, maxLagMs: settings.session.revocationLagMs });
  const issuing = options.features.find((feature) => feature.tokens !== undefined);
  const issued = issuing?.tokens?.({
    ...{ clock, random, keys, issuer: settings.origin, bounded },
    store: stores.ephemeral.open<RefreshFamily>('refresh'),
  });
  const tokenModules = issued?.modules ?? null;
  const tokenStore = stores.ephemeral.open<OneTimeToken>('one_time');
  const sessionStore = stores.ephemeral.open<SessionRecord>('session');
  const accountStore = stores.durable.open<OAuthAccount>('account');
  const factorStore = stores.durable.open<MfaFactor>('mfa_factor');
  const lifetimes = settings.session;
  const cookieSessions = sessionsModule({ store: sessionStore, clock, lifetimes });
  const sessions = tokenModules?.withFamilies(cookieSessions) ?? cookieSessions;
  const jar = cookieJar(settings.origin.startsWith('https:'));
  const rules = originRules(settings.origin, settings.trustedOrigins, jar);
  const shared = { clock, random, journal: events, chores: background };
  const clockSkewMs = () => clock.now() - systemClock.now();
  const outside = { http: options.http ?? lazyHttp(settings.mode), clockSkewMs, pause };
  const modules: Modules = {
    ...shared,
    ...outside,
    settings,
    hasher: options.hasher ?? null,
    breach: options.breach === undefined ? null : boundedBreach(options.breach),
    subjects,
    sessions,
    users: users({ store: stores.users, clock, random, changed: subjects.forget }),
    credentials: credentials({
      store: stores.durable.open<CredentialRecord>('credential'),
      changed: subjects.forget,
      clock,
    }),
    belongings: belongings({
      accounts: accountStore,
      factors: factorStore,
    }),
    keys,
    accountStore,
    factorStore,
    trustedStore: stores.ephemeral.open<TrustedDevice>('trusted'),
    tokens: oneTimeTokens({ store: tokenStore, clock, random }),
    waysBack: waysBack({ store: tokenStore, clock, lifetimeMs: days(7) }),
    notices: notices(boundedNotifier(options.notifier), events),
    limits: limits({
      store: stores.rateLimits,
      clock,
      keys,
      journal: events,
      policies: settings.policies,
      knowsDevice: ({ device }, login) => device !== null && signed.read('device', device, login) !== null,
    }),
    gate: gate({
      ...shared,
      store: sessionStore,
      births: issued?.births ?? null,
      lifetimes,
      verifiedOnly: settings.registration !== 'open',
      beforeSession: ({ client }, { id, loginKey, profile }) =>
        settings.beforeSession({ userId: id, loginKey, profile, client }),
      challenge: () => parts.find((part) => part.challenge)?.challenge ?? null,
    }),
    cookies: jar,
    transports: tokenModules === null ? ['cookie'] : ['cookie', 'token', 'body'],
    tokenModules,
    keep: keepsakes({ cookies: jar, signed, random }),
    checkProfile: profileCheck(options.profile ?? null),
    linkTo: (page, token) => withToken(settings.pages[page], token),
  };
  const remove = deleteUser({
    ...modules,
    leaving: async (caller, credential) => {
      for (const part of parts) await part.leaving?.(caller, credential);
    },
  });
  const kit: Kit = { ...modules, deleteUser: remove, features: options.features.map(({ name }) => name) };
  const authenticate = authenticateFlow(kit);
  const address = clientAddress(settings.clientIp);
  const observe = observer(settings, events);
  const parts = options.features.map((feature) => feature.install(kit));
  const bearer = parts.find((part) => part.bearer !== undefined)?.bearer ?? null;
  const open = exchanges({
    ...{ cookies: jar, clientAddress: address, authenticate, signed, random, sessions, observe },
    ...{ bearer, isTrusted: rules.isTrusted },
  });
  const routes = [
    ...parts.flatMap((part) => part.routes),
    ...stepUpRoutes(parts.flatMap(({ stepUp }) => stepUp ?? [])),
    deleteAccountRoute({ deleteUser: remove, cookies: jar, keep: kit.keep, freshMs: lifetimes.stepUpWindowMs }),
    logoutRoute({
      logout: logout(kit),
      cookies: jar,
      kinds: tokenModules === null ? ['session'] : ['session', 'refresh'],
    }),
    ...sessionRoutes({ ...kit, revokeSession: revokeSession(kit), freshMs: lifetimes.stepUpWindowMs }),
  ];
  const pages = [...parts.flatMap((part) => part.pages), { path: '/error', text: errorPage }];
  const handle = handler({
    ...settings,
    errorPage: settings.pages.error,
    secondFactorPage: settings.pages.secondFactor,
    routes,
    pages,
    rules,
    open,
    journal: events,
    takesBearers: bearer !== null,
  });
  const guards = guard({
    ...shared,
    cookies: jar,
    authenticate,
    sessions,
    signed,
    rules,
    open,
    bearer,
    lagMs: lifetimes.revocationLagMs,
  });
  const api = {
    ...operations({ routes, open, journal: events }),
    ...admin({
      ...shared,
      setDisabled: setDisabled(kit),
      revokeAll: revokeAll(kit),
      deleteUser: remove,
      startReset: parts.find((part) => part.startReset !== undefined)?.startReset ?? noReset,
      resetFactors: parts.find((part) => part.resetFactors !== undefined)?.resetFactors ?? noReset,
      providerToken: parts.find((part) => part.providerToken !== undefined)?.providerToken ?? noProvider,
    }),
  };
  return {
    handle: (request, context = {}) => handle(request, context),
    // A profile passed the schema `S` on its way in: the one place where a stored profile becomes an Out<S>.
    authenticate: ((source, context = {}) => guards.authenticate(source, context)) as Auth<Out<S>>['authenticate'],
    require: ((source: Source, need?: Requirement, context?: RequestContext) =>
      guards.require(source, need ?? {}, context ?? {})) as Auth<Out<S>>['require'],
    api: api as AuthApi<Out<S>>,
    csrf: (request, token) => guards.csrf(request, token ?? null),
    csrfToken: guards.csrfToken,
    sweep: async () => {
      const before = clock.now() - sweepSlackMs;
      return ((await stores.durable.sweep?.(before)) ?? 0) + ((await stores.ephemeral.sweep?.(before)) ?? 0);
    },
    drain: background.drain,
    origin: settings.origin,
    basePath: settings.basePath,
    mode: settings.mode,
  };
};

/** Loaded by its first call. */
const lazyHttp = (mode: 'production' | 'development'): Http => ({
  fetch: async (request, limits) =>
    (await import('./system/http.ts')).systemHttp(mode === 'development').fetch(request, limits),
});

const withToken = (page: string, token: string): string => `${page}${page.includes('?') ? '&' : '?'}token=${token}`;

/** Loaded where there is somebody else's service to call. */
const bounded: TokenNeeds['bounded'] = async (operation, timeoutMs, call) =>
  (await import('./system/store-call.ts')).storeCall(operation, timeoutMs, call);

const noReset: StartResetFlow = async () => refuse('not_found', { detail: 'No feature has something to reset.' });

const noProvider = async () => refuse('provider_unknown');

/** Nodes may differ by a second; nothing is removed that another node still counts as alive. */
const sweepSlackMs = 60_000;
