import type { Feature, FeatureParts, Kit, TokenModules, TokenNeeds } from '../config/feature.ts';
import type { ConfigIssue } from '../errors.ts';
import { authenticateBearer } from '../flows/authenticate-bearer.ts';
import { refresh } from '../flows/refresh.ts';
import { revokeToken } from '../flows/revoke-token.ts';
import { bearerOf } from '../http/bearer.ts';
import { tokenRoutes } from '../http/routes/tokens.ts';
import { accessTokens } from '../modules/access-tokens.ts';
import { asSession, type Families, families, familyBirths } from '../modules/families.ts';
import { keySet, publicJwks } from '../modules/key-set.ts';
import { refreshTokens } from '../modules/refresh-tokens.ts';
import type { Sessions } from '../modules/sessions.ts';
import { tokenVerifier } from '../modules/token-verifier.ts';
import type { Millis } from '../ports/json.ts';
import type { TokenSigner } from '../ports/signer.ts';
import { once } from '../primitives/on-demand.ts';
import { days, minutes, seconds } from '../primitives/time.ts';
import { type JwtKey, readKeys, signerOf } from './jwt/keys.ts';

export interface JwtOptions {
  /** Whom access tokens are for (`aud`): what verifies them asks for exactly this. */
  readonly audience: string;
  /** `AUTH_JWT_KEYS`, a JSON list of `{ kid, state, jwk }`, or that list. Ed25519, P-256 or RSA from 2,048 bits. */
  readonly keys?: string | readonly JwtKey[] | undefined;
  /** In the place of `keys`: a service that holds the key. A call that takes longer than 5 s is an outage. */
  readonly signer?: TokenSigner;
  /** How long an access token is good for, whatever happens to its session; default 10 minutes, at most 15. */
  readonly accessTtl?: Millis;
  readonly refresh?: {
    /** Default 14 days without a refresh. */
    readonly idle?: Millis;
    /** Default 90 days since the sign-in; at most 400. */
    readonly absolute?: Millis;
    /** How long the refresh token before the newest still gets that one; default 10 seconds, at most 60, 0 for never. */
    readonly grace?: Millis;
  };
  /** What a refresh token ends that is used again: its `family` (default), or every session of the user. */
  readonly theft?: 'family' | 'everywhere';
}

interface Lifetimes {
  readonly accessTtl: number;
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly graceMs: number;
}

/** Access tokens (RFC 9068) and refresh tokens that rotate, beside sessions by cookie. */
export const jwt = (options: JwtOptions): Feature => {
  const lifetimes: Lifetimes = {
    accessTtl: options.accessTtl ?? minutes(10),
    idleMs: options.refresh?.idle ?? days(14),
    absoluteMs: options.refresh?.absolute ?? days(90),
    graceMs: options.refresh?.grace ?? seconds(10),
  };
  return {
    name: 'jwt',
    check: () => [...audienceIssues(options), ...signerIssues(options), ...lifetimeIssues(lifetimes)],
    tokens: (needs) => tokenParts(needs, options, lifetimes),
    install: (kit) => install(kit, options, lifetimes),
  };
};

/** A signer answers in milliseconds; a person waits for it. */
const signerPatienceMs = 5_000;
const maxCached = 5_000;

const tokenParts = (needs: TokenNeeds, options: JwtOptions, { accessTtl, idleMs, absoluteMs }: Lifetimes) => {
  const { store, keys, clock, random, issuer, bounded } = needs;
  const jose = once(() => import('../vendor/jose.ts'));
  const signer = boundedSigner(signerIn(options, jose), bounded);
  const access = accessTokens({ signer, ttlMs: accessTtl, issuer, audience: options.audience });
  const tokens = refreshTokens(keys, random);
  const lifetimes = { idleMs, absoluteMs };
  const own = families({ store, lifetimes });
  const known = keySet({ load: () => signer.jwks(), clock, jose });
  const modules: TokenModules = {
    families: own,
    withFamilies: (sessions) => bothKinds(sessions, own),
    access,
    refreshTokens: tokens,
    verifier: tokenVerifier({ keys: known, clock, jose, maxCached }),
    signer,
  };
  return { births: familyBirths({ store, clock, lifetimes, tokens, access }), modules };
};

/** What is asked of sessions, asked of families too. */
const bothKinds = (sessions: Sessions, own: Families): Sessions => ({
  ...sessions,
  get: async (id) => {
    const session = await sessions.get(id);
    const family = session === null ? await own.get(id) : null;
    return family === null ? session : asSession(family);
  },
  end: async (id) => (await sessions.end(id)) || own.end(id),
  list: async (userId, credential) => {
    const [ofCookies, ofTokens] = await Promise.all([sessions.list(userId, credential), own.list(userId)]);
    return [...ofCookies, ...ofTokens.map(asSession).filter((session) => sessions.isLive(session, credential))];
  },
  sweepUser: async (userId, epoch) => {
    const [swept, all] = await Promise.all([sessions.sweepUser(userId, epoch), own.list(userId)]);
    const ended = await Promise.all(all.filter((family) => family.epoch < epoch).map(({ id }) => own.end(id)));
    return swept + ended.filter(Boolean).length;
  },
});

const boundedSigner = (signer: TokenSigner, bounded: TokenNeeds['bounded']): TokenSigner => ({
  alg: signer.alg,
  kid: signer.kid,
  sign: (data) => bounded('signer.sign', signerPatienceMs, async () => signer.sign(data)),
  jwks: () => bounded('signer.jwks', signerPatienceMs, async () => signer.jwks()),
});

const install = (kit: Kit, options: JwtOptions, { graceMs }: Lifetimes): FeatureParts => {
  const { tokenModules, settings } = kit;
  if (tokenModules === null) throw new Error('jwt() was not asked for its tokens first');
  const { verifier, refreshTokens: own, signer } = tokenModules;
  const expected = { issuer: settings.origin, audience: options.audience };
  const needs = { ...kit, ...tokenModules, tokens: own, asSession, graceMs, theft: options.theft ?? 'family' };
  return {
    routes: tokenRoutes({
      refresh: refresh(needs),
      revoke: revokeToken(needs),
      jwks: async () => publicJwks(await signer.jwks()),
      cookies: kit.cookies,
    }),
    pages: [],
    bearer: {
      tokenOf: bearerOf,
      authenticate: authenticateBearer({ ...needs, verifier, expected }),
      familyOf: (token) => own.read(token)?.familyId ?? null,
    },
  };
};

const signerIn = ({ signer, keys }: JwtOptions, jose: Parameters<typeof signerOf>[1]): TokenSigner => {
  if (signer !== undefined) return signer;
  const usable = readKeys(keys);
  if (typeof usable === 'string') throw new Error(usable);
  return signerOf(usable, jose);
};

const audienceIssues = ({ audience }: JwtOptions): readonly ConfigIssue[] =>
  typeof audience === 'string' && audience.trim() !== '' && audience.length <= 256
    ? []
    : [
        {
          code: 'jwt_audience_missing',
          path: 'features: jwt({ audience })',
          message: 'Nothing says whom access tokens are for.',
          fix: 'Name the API that takes them, e.g. its origin: "https://api.example.com".',
        },
      ];

const keyFix =
  'Set AUTH_JWT_KEYS to [{"kid":"…","state":"active","jwk":{…}}] (guide: tokens), or pass a signer with alg, kid, sign and jwks.';

const signerIssues = ({ signer, keys }: JwtOptions): readonly ConfigIssue[] => {
  const issue = (message: string): readonly ConfigIssue[] => [
    { code: 'jwt_signer_invalid', path: 'features: jwt({ keys, signer })', message, fix: keyFix },
  ];
  if (signer === undefined) {
    const usable = readKeys(keys);
    return typeof usable === 'string' ? issue(usable) : [];
  }
  if (keys !== undefined) return issue('There are both keys and a signer.');
  const isWhole =
    ['EdDSA', 'ES256', 'RS256'].includes(signer?.alg) &&
    typeof signer.kid === 'string' &&
    /^[A-Za-z0-9_-]{1,64}$/.test(signer.kid) &&
    typeof signer.sign === 'function' &&
    typeof signer.jwks === 'function';
  return isWhole
    ? []
    : issue('The signer lacks a method, a kid of letters, digits, "-" and "_", or an alg that we sign with.');
};

const lifetimeIssues = ({ accessTtl, idleMs, absoluteMs, graceMs }: Lifetimes): readonly ConfigIssue[] => {
  const bounds: readonly (readonly [path: string, value: number, least: number, most: number, fix: string])[] = [
    ['accessTtl', accessTtl, seconds(1), minutes(15), 'minutes(10): so long a token outlives its session'],
    ['refresh.absolute', absoluteMs, seconds(1), days(400), 'days(90)'],
    ['refresh.idle', idleMs, seconds(1), absoluteMs, 'days(14), and not longer than refresh.absolute'],
    ['refresh.grace', graceMs, 0, minutes(1), 'seconds(10)'],
  ];
  return bounds
    .filter(([, value, least, most]) => !(Number.isInteger(value) && value >= least && value <= most))
    .map(([path, value, least, most, fix]) => ({
      code: 'lifetime_invalid',
      path: `features: jwt({ ${path} })`,
      message: `${value} is no whole number of milliseconds from ${least} to ${most}.`,
      fix: `E.g. ${fix}.`,
    }));
};
