import type { StandardSchema } from '../api/standard-schema.ts';
import { AuthConfigError, type ConfigIssue } from '../errors.ts';
import { parseSecrets } from '../primitives/master-secret.ts';
import { days, hours, minutes } from '../primitives/time.ts';
import { clientIpIssues } from './check-client-ip.ts';
import { originIssues, pageUrl, trustedOriginIssues } from './check-origins.ts';
import { portIssues, storeIssues } from './check-stores.ts';
import { mergePolicies } from './merge-policies.ts';
import type { AuthOptions } from './options.ts';
import type { PageName, Settings } from './settings.ts';

interface Runtime {
  readonly now: () => number;
  readonly hasWebCrypto: boolean;
}

/** Reads every option once, fills in the defaults, and throws `AuthConfigError` with all that is wrong. */
export const checkOptions = <S>(options: AuthOptions<S>, runtime: Runtime): Settings => {
  const mode = options.mode ?? 'production';
  const basePath = options.basePath ?? '/auth';
  const trustedOrigins = listOf(options.trustedOrigins);
  const secrets = parseSecrets(options.secrets);
  const session = {
    idleMs: options.session?.idle ?? days(7),
    absoluteMs: options.session?.absolute ?? days(30),
    touchEveryMs: options.session?.touchEvery ?? minutes(5),
    revocationLagMs: options.session?.revocationLag ?? 0,
    stepUpWindowMs: options.session?.stepUpWindow ?? minutes(10),
  };
  const verifyMs = options.lifetimes?.verify ?? hours(24);
  const resetMs = options.lifetimes?.reset ?? minutes(30);
  const stateMs = options.lifetimes?.state ?? minutes(10);
  const challengeMs = options.lifetimes?.challenge ?? minutes(10);
  const bodyLimit = options.bodyLimit ?? 16_384;
  const policies = mergePolicies(options.limits ?? {});
  const pages = pageUrls(options, basePath, trustedOrigins);

  const incomplete = portIssues(options);
  const issues: ConfigIssue[] = [
    ...incomplete,
    ...wordIssues(options),
    ...runtimeIssues(runtime, incomplete.some(({ path }) => path === 'clock') ? plausible : runtime.now()),
    ...originIssues(options.origin, mode),
    ...(secrets.ok ? [] : [secretIssue[secrets.flaw]]),
    ...storeIssues(options, mode),
    ...trustedOriginIssues(trustedOrigins, mode),
    ...clientIpIssues(options.clientIp, mode),
    ...lifetimeIssues(session, { verifyMs, resetMs, stateMs, challengeMs }),
    ...pathIssues(basePath, bodyLimit),
    ...policies.issues,
    ...pages.issues,
    ...featureIssues(options),
  ];
  if (issues.length > 0 || !secrets.ok) throw new AuthConfigError(issues);
  return {
    mode,
    origin: options.origin,
    basePath,
    trustedOrigins,
    secrets: secrets.secrets,
    clientIp: options.clientIp ?? 'peer',
    registration: options.registration ?? 'verified',
    session,
    verifyMs,
    resetMs,
    stateMs,
    challengeMs,
    bodyLimit,
    appName: options.appName ?? null,
    policies: policies.merged,
    beforeRegister: options.hooks?.beforeRegister ?? goOn,
    beforeSession: options.hooks?.beforeSession ?? goOn,
    pages: pages.urls,
  };
};

/** JavaScript callers are told what is missing, too, and not that something is not a function. */
const listOf = <T>(given: readonly T[] | undefined): readonly T[] => (Array.isArray(given) ? given : []);

const words = { mode: ['production', 'development'], registration: ['verified', 'open', 'closed'] } as const;

/** A word that is misspelt must not mean the default. */
const wordIssues = <S>(options: AuthOptions<S>): readonly ConfigIssue[] =>
  (['mode', 'registration'] as const)
    .filter((path) => options[path] !== undefined && !words[path].some((word) => word === options[path]))
    .map((path) => ({
      code: `${path}_invalid`,
      path,
      message: `"${options[path]}" is none of its words.`,
      fix: `One of '${words[path].join("', '")}'.`,
    }));

const goOn = async (): Promise<null> => null;

/** 2025-01-01: a clock before the SDK existed would make every lifetime wrong. */
const plausible = 1_735_689_600_000;

const runtimeIssues = (runtime: Runtime, now: number): readonly ConfigIssue[] => [
  ...(now >= plausible
    ? []
    : [
        {
          code: 'clock_implausible',
          path: 'clock',
          message: `The clock says ${now} ms since 1970, which is before 2025.`,
          fix: 'Set the clock of the machine, or pass a clock that counts milliseconds since 1970.',
        },
      ]),
  ...(runtime.hasWebCrypto
    ? []
    : [
        {
          code: 'webcrypto_missing',
          path: 'runtime',
          message: 'This runtime has no WebCrypto.',
          fix: 'Use Node 20.19 or newer, or a runtime with globalThis.crypto.',
        },
      ]),
];

const secretFix = 'Set AUTH_SECRETS to "1:" and 32 random bytes in base64url, e.g. of `openssl rand -base64 32`.';
const secretIssue = {
  secret_missing: {
    code: 'secret_missing',
    path: 'secrets',
    message: 'There is no secret that can be read.',
    fix: secretFix,
  },
  secret_short: {
    code: 'secret_short',
    path: 'secrets',
    message: 'A secret has fewer than 32 bytes once it is decoded.',
    fix: secretFix,
  },
  secret_weak: {
    code: 'secret_weak',
    path: 'secrets',
    message: 'A secret repeats itself: it was typed or copied, not drawn.',
    fix: secretFix,
  },
  secret_kid_duplicate: {
    code: 'secret_kid_duplicate',
    path: 'secrets',
    message: 'Two secrets have the same id.',
    fix: 'Give each entry an id of its own: "2:<new>,1:<old>".',
  },
} as const;

const lifetimeIssues = (
  session: Settings['session'],
  { verifyMs, resetMs, stateMs, challengeMs }: Pick<Settings, 'verifyMs' | 'resetMs' | 'stateMs' | 'challengeMs'>,
): readonly ConfigIssue[] => {
  const { idleMs, absoluteMs, touchEveryMs, revocationLagMs, stepUpWindowMs } = session;
  // RFC 6265bis §5.5 ends `absolute`; a touch that is rarer than half of `idle` would end sessions that are in use.
  const bounds: readonly (readonly [path: string, value: number, least: number, most: number, fix: string])[] = [
    ['session.absolute', absoluteMs, 1, days(400), 'days(30)'],
    ['session.idle', idleMs, 1, absoluteMs, 'days(7), and not longer than session.absolute'],
    ['session.touchEvery', touchEveryMs, 0, Math.floor(idleMs / 2), 'minutes(5), and at most half of session.idle'],
    ['session.revocationLag', revocationLagMs, 0, minutes(1), 'seconds(5): so long an ended session may live on'],
    ['session.stepUpWindow', stepUpWindowMs, 1, days(1), 'minutes(10)'],
    ['lifetimes.verify', verifyMs, minutes(1), days(7), 'hours(24)'],
    ['lifetimes.reset', resetMs, minutes(1), days(1), 'minutes(30)'],
    ['lifetimes.state', stateMs, minutes(1), hours(1), 'minutes(10)'],
    // Not longer than the refill of mfa_challenge: a challenge has its five tries and no more.
    ['lifetimes.challenge', challengeMs, minutes(1), minutes(10), 'minutes(10)'],
  ];
  return bounds
    .filter(([, value, least, most]) => !(Number.isInteger(value) && value >= least && value <= most))
    .map(([path, value, least, most, fix]) => ({
      code: 'lifetime_invalid',
      path,
      message: `${value} is no whole number of milliseconds from ${least} to ${most}.`,
      fix: `E.g. ${fix}.`,
    }));
};

const pathIssues = (basePath: string, bodyLimit: number): readonly ConfigIssue[] => [
  ...(/^(?:\/[a-z0-9_-]+)+$/.test(basePath)
    ? []
    : [
        {
          code: 'base_path_invalid',
          path: 'basePath',
          message: `"${basePath}" is not a plain path.`,
          fix: 'Use lower-case segments, e.g. "/auth" or "/api/auth", without a slash at the end.',
        },
      ]),
  ...(Number.isInteger(bodyLimit) && bodyLimit >= 1_024 && bodyLimit <= 1_048_576
    ? []
    : [
        {
          code: 'body_limit_invalid',
          path: 'bodyLimit',
          message: 'It must be whole bytes between 1,024 and 1,048,576.',
          fix: 'Leave it out for 16,384.',
        },
      ]),
];

const ownPages: Settings['pages'] = {
  verifyEmail: '/verify-email',
  resetPassword: '/reset-password',
  changeEmail: '/change-email/confirm',
  revertEmail: '/change-email/revert',
  secondFactor: '/login/second-factor',
  error: '/error',
};

/** Where each page is, absolute; a page that is none of the application's own is an issue. */
const pageUrls = <S>({ pages, origin }: AuthOptions<S>, basePath: string, trusted: readonly string[]) => {
  const urls = { ...ownPages };
  const issues: ConfigIssue[] = [];
  for (const name of Object.keys(ownPages) as PageName[]) {
    const url = pageUrl(pages?.[name] ?? basePath + ownPages[name], origin, trusted);
    if (url === null) issues.push(pageIssue(`pages.${name}`));
    else urls[name] = url;
  }
  return { urls, issues };
};

const pageIssue = (path: string): ConfigIssue => ({
  code: 'page_invalid',
  path,
  message: 'It is neither a path nor a URL of the origin or of a trusted origin.',
  fix: 'Use a path that starts with one slash, e.g. "/verify".',
});

/** A feature that signs in whom it has not seen before; every other builds on one. */
const waysIn: readonly string[] = ['password', 'oauth'];

const featureIssues = <S>(options: AuthOptions<S>): readonly ConfigIssue[] => {
  const features = listOf(options.features).filter((feature) => typeof feature?.install === 'function');
  const names = features.map((feature) => feature.name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const issues: ConfigIssue[] = twice.map((name) => ({
    code: 'feature_duplicate',
    path: 'features',
    message: `${name}() is listed twice.`,
    fix: 'List it once.',
  }));
  if (!names.some((name) => waysIn.includes(name))) {
    issues.push({
      code: 'feature_missing',
      path: 'features',
      message: 'There is no way to sign in.',
      fix: 'Add password() or oauth([…]) to features.',
    });
  }
  const around = { mode: options.mode ?? 'production', profile: (options.profile ?? null) as StandardSchema | null };
  return [...issues, ...features.flatMap((feature) => feature.check?.(around) ?? [])];
};
