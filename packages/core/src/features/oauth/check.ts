import type { Around } from '../../config/feature.ts';
import type { ConfigIssue } from '../../errors.ts';
import type { OAuthProvider } from '../../ports/oauth-provider.ts';
import { outsideUrl } from '../../primitives/outside.ts';
import { isPattern } from '../../primitives/return-to.ts';
import { days } from '../../primitives/time.ts';

interface Given {
  readonly providers: readonly OAuthProvider[];
  readonly returnTo: readonly string[] | undefined;
}

/** Everything that is wrong with the options of `oauth()`; nothing here quotes a secret. */
export const oauthIssues = ({ providers, returnTo }: Given, around: Around): readonly ConfigIssue[] => {
  const none =
    providers.length === 0 ? [issue('provider_incomplete', 'oauth([…])', 'There is no provider.', 'List one.')] : [];
  return [
    ...none,
    ...providers
      .filter((provider, index) => providers.slice(0, index).some((one) => isRivalOf(one, provider)))
      .map(({ id }) =>
        issue(
          'provider_duplicate',
          `oauth: ${id}`,
          'It is listed twice, or shares an issuer where tokens are kept.',
          'Give each an id and an issuer of its own.',
        ),
      ),
    ...providers.flatMap((provider) => providerIssues(provider, around)),
    ...(returnTo ?? [])
      .filter((pattern) => !isPattern(pattern))
      .map((pattern) =>
        issue(
          'return_to_invalid',
          'oauth: returnTo',
          `"${String(pattern).slice(0, 100)}" is no pattern.`,
          'E.g. "/app/*", or "/app" for that page alone.',
        ),
      ),
  ];
};

const issue = (code: string, at: string, message: string, fix: string): ConfigIssue => ({
  code,
  path: `features: ${at}`,
  message,
  fix,
});

/**
 * An account is its issuer and subject, whichever client asked: what two clients are granted would meet in one record, and the
 * refresh token of one be sent by the other.
 */
const isRivalOf = (a: OAuthProvider, b: OAuthProvider): boolean =>
  a.id === b.id ||
  (a.issuer === b.issuer && (a.clientId === b.clientId || a.keepTokens === true || b.keepTokens === true));

const providerIssues = (provider: OAuthProvider, { mode, profile }: Around): readonly ConfigIssue[] => {
  const loopback = mode === 'development';
  const at = `oauth: ${String(provider.id).slice(0, 40)}`;
  const incomplete = (message: string, fix: string) => issue('provider_incomplete', at, message, fix);
  const invalid = (message: string, fix: string) => issue('provider_invalid', at, message, fix);
  const issues: ConfigIssue[] = [];
  if (!/^[a-z0-9-]{1,32}$/.test(provider.id))
    issues.push(invalid('Its id is not of a-z, 0-9 and hyphens, 32 at most.', 'E.g. "google".'));
  if (!isText(provider.clientId))
    issues.push(incomplete('It has no clientId.', 'Take it from the provider’s console.'));
  // Named and `undefined` is a variable that is not set: without its secret it would silently be a public client.
  if ('clientSecret' in provider && !isText(provider.clientSecret))
    issues.push(incomplete('Its clientSecret is empty.', 'Set it; a public client leaves it out.'));
  for (const [name, url] of urlsOf(provider)) {
    if (outsideUrl(url, loopback) === null)
      issues.push(
        invalid(`${name} is no https: URL of a public host.`, 'In development, http://localhost is one, too.'),
      );
  }
  const owned = Object.keys(provider.parameters ?? {}).filter((name) => reserved().includes(name));
  if (owned.length > 0)
    issues.push(invalid(`parameters has ${owned.join(', ')}, which the protocol owns.`, 'Leave it out.'));
  if (!provider.scope.split(' ').every((scope) => /^[!#-[\]-~]+$/.test(scope)))
    issues.push(invalid('scope is not words with one space between.', 'E.g. "openid email".'));
  return [
    ...issues,
    ...protocolIssues(provider, invalid),
    ...profileIssues(provider, profile, { incomplete, invalid }),
  ];
};

type Say = (message: string, fix: string) => ConfigIssue;

/** RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1: an option of ours sets it, or nothing does. */
const reserved = (): readonly string[] => [
  ...['response_type', 'response_mode', 'client_id', 'client_secret', 'redirect_uri', 'scope', 'state', 'nonce'],
  ...['code_challenge', 'code_challenge_method', 'request', 'request_uri', 'max_age', 'acr_values', 'hd'],
  ...['id_token_hint', 'registration', 'claims'],
];

const urlsOf = (provider: OAuthProvider): readonly (readonly [string, string])[] =>
  provider.protocol === 'oidc'
    ? [['issuer', provider.issuer]]
    : [
        ['issuer', provider.issuer],
        ['authorizationEndpoint', provider.authorizationEndpoint],
        ['tokenEndpoint', provider.tokenEndpoint],
        ['userEndpoint', provider.userEndpoint],
        ...(provider.revocationEndpoint === undefined
          ? []
          : [['revocationEndpoint', provider.revocationEndpoint] as const]),
      ];

const protocolIssues = (provider: OAuthProvider, invalid: Say): readonly ConfigIssue[] => {
  if (provider.protocol === 'oauth2')
    return isText(provider.subject) ? [] : [invalid('subject names no member.', 'E.g. "id".')];
  const { scope, emailDomains = [], maxAge, issuer } = provider;
  const issues: ConfigIssue[] = [];
  if (!scope.split(' ').includes('openid')) issues.push(invalid('scope lacks openid.', 'E.g. "openid email".'));
  if (issuer.includes('?')) issues.push(invalid('issuer has a query.', 'Take it from the provider’s metadata.'));
  if (emailDomains.some((domain) => !/^(?:[a-z0-9-]+\.)+[a-z0-9-]+$/.test(domain)))
    issues.push(invalid('emailDomains has what is no lower-case domain.', 'E.g. ["corp.example"].'));
  if (maxAge !== undefined && !(Number.isInteger(maxAge) && maxAge >= 0 && maxAge <= days(400)))
    issues.push(invalid('maxAge is no whole number of milliseconds up to 400 days.', 'E.g. minutes(5).'));
  return issues;
};

/** Whoever is new has said nothing but what the provider tells: a schema that does not take that shuts everybody out. */
const profileIssues = (
  { profile: mapping }: OAuthProvider,
  schema: Around['profile'],
  { incomplete, invalid }: { readonly incomplete: Say; readonly invalid: Say },
): readonly ConfigIssue[] => {
  if (schema === null)
    return mapping === undefined ? [] : [invalid('profile has no schema to pass.', 'Give createAuth a profile, too.')];
  if (mapping !== undefined) return [];
  const verdict = schema['~standard'].validate({});
  // A schema that takes its time is asked when somebody comes.
  if (verdict instanceof Promise) {
    verdict.catch(() => {});
    return [];
  }
  if (verdict.issues === undefined) return [];
  return [
    incomplete('The profile’s schema refuses {}.', 'Say what to take from the claims: profile: (claims) => ({ … }).'),
  ];
};

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
