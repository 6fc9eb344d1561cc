import type { StandardSchema } from '../api/standard-schema.ts';
import type { Modules } from '../config/feature.ts';
import type { AuthOptions } from '../config/options.ts';
import type { Settings } from '../config/settings.ts';
import { cookies as cookieJar } from '../http/cookies.ts';
import { keepsakes } from '../http/keepsakes.ts';
import { type OriginRules, originRules } from '../http/origin.ts';
import { chores } from '../modules/chores.ts';
import { credentials } from '../modules/credentials.ts';
import { type Challenge, gate } from '../modules/gate.ts';
import { journal } from '../modules/journal.ts';
import { keyring } from '../modules/keyring.ts';
import { limits } from '../modules/limits.ts';
import { notices } from '../modules/notices.ts';
import { sessions as sessionsModule } from '../modules/sessions.ts';
import { type SignedValues, signedValues } from '../modules/signed-values.ts';
import { subjects as subjectsModule } from '../modules/subjects.ts';
import { users } from '../modules/users.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  CredentialRecord,
  MfaFactor,
  OAuthAccount,
  OneTimeToken,
  RefreshFamily,
  SessionRecord,
  TrustedDevice,
} from '../ports/domain.ts';
import { once, onDemand } from '../primitives/on-demand.ts';
import { systemClock } from '../system/clock.ts';
import { pause } from '../system/pause.ts';
import { systemRandom } from '../system/random.ts';
import { soon } from '../system/soon.ts';
import { lazyBounds, lazyHttp } from './outside.ts';

interface Needs<S extends StandardSchema> {
  readonly options: AuthOptions<S>;
  readonly settings: Settings;
  readonly clock: Clock;
  /** Of the feature that can take a second factor; features are installed later. */
  readonly challenge: () => Challenge | null;
}

interface Wired {
  readonly modules: Modules;
  /** No feature is given these. */
  readonly signed: SignedValues;
  readonly rules: OriginRules;
}

/** Every module once, each on its ports. The gate alone is given what writes a session for the first time. */
export const wireModules = <S extends StandardSchema>({ options, settings, clock, challenge }: Needs<S>): Wired => {
  const { stores } = options;
  const { session: lifetimes } = settings;
  const random = options.random ?? systemRandom;
  const keys = keyring(settings.secrets);
  const signed = signedValues(keys);
  const events = journal(options.events ?? { emit: () => {} }, clock);
  const shared = {
    ...{ clock, random, journal: events },
    chores: chores({ background: options.background ?? null, journal: events, soon }),
  };
  const subjects = subjectsModule({ stores, clock, maxLagMs: lifetimes.revocationLagMs });
  const issuing = options.features.find((feature) => feature.tokens !== undefined);
  const issued = issuing?.tokens?.({
    ...{ clock, random, keys, issuer: settings.origin, bounded: lazyBounds() },
    store: stores.ephemeral.open<RefreshFamily>('refresh'),
  });
  const tokenModules = issued?.modules ?? null;
  const sessionStore = stores.ephemeral.open<SessionRecord>('session');
  const tokenStore = stores.ephemeral.open<OneTimeToken>('one_time');
  const accountStore = stores.durable.open<OAuthAccount>('account');
  const factorStore = stores.durable.open<MfaFactor>('mfa_factor');
  const breach = options.breach ?? null;
  const late = once(async () =>
    (await import('./late-modules.ts')).lateModules({
      ...{ accountStore, factorStore, tokenStore, clock, random },
      ...{ profile: options.profile ?? null, notifier: options.notifier, breach },
    }),
  );
  const cookieSessions = sessionsModule({ store: sessionStore, clock, lifetimes });
  const cookies = cookieJar(settings.origin.startsWith('https:'));
  const modules: Modules = {
    ...shared,
    settings,
    http: options.http ?? lazyHttp(settings.mode),
    clockSkewMs: () => clock.now() - systemClock.now(),
    pause,
    hasher: options.hasher ?? null,
    breach: breach && { isBreached: async (password) => (await late()).breach?.isBreached(password) ?? null },
    subjects,
    sessions: tokenModules?.withFamilies(cookieSessions) ?? cookieSessions,
    users: users({ store: stores.users, clock, random, changed: subjects.forget }),
    credentials: credentials({
      store: stores.durable.open<CredentialRecord>('credential'),
      changed: subjects.forget,
      clock,
    }),
    belongings: onDemand(['existing', 'remove'], async () => (await late()).belongings),
    keys,
    accountStore,
    factorStore,
    trustedStore: stores.ephemeral.open<TrustedDevice>('trusted'),
    tokens: onDemand(['mint', 'find', 'consume'], async () => (await late()).tokens),
    prepareMail: async () => {
      await late();
    },
    waysBack: onDemand(['pin', 'leadsTo', 'unpin'], async () => (await late()).waysBack),
    notices: notices({ send: async (message) => (await late()).notifier.send(message) }, events),
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
      challenge,
    }),
    cookies,
    transports: tokenModules === null ? ['cookie'] : ['cookie', 'token', 'body'],
    tokenModules,
    keep: keepsakes({ cookies, signed, random }),
    checkProfile: async (given) => (await late()).checkProfile(given),
    linkTo: (page, token) => withToken(settings.pages[page], token),
  };
  return { modules, signed, rules: originRules(settings.origin, settings.trustedOrigins, cookies) };
};

const withToken = (page: string, token: string): string => `${page}${page.includes('?') ? '&' : '?'}token=${token}`;
