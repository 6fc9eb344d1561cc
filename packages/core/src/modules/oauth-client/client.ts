import type { JsonObject } from '../../ports/json.ts';
import type { OAuthProvider, OidcProvider } from '../../ports/oauth-provider.ts';
import type { ProviderGrant } from '../../ports/provider-grant.ts';
import { sha256Text } from '../../primitives/digest.ts';
import {
  AuthorizationResponseError,
  authorizationCodeGrantRequest,
  getValidatedIdTokenClaims,
  processAuthorizationCodeResponse,
  processPushedAuthorizationResponse,
  processUserInfoResponse,
  protectedResourceRequest,
  pushedAuthorizationRequest,
  userInfoRequest,
  validateApplicationLevelSignature,
  validateAuthResponse,
} from '../../vendor/oauth4webapi.ts';
import { during, type Phase, ProviderFault } from './fault.ts';
import { grantOf } from './grant.ts';
import { checkIdToken } from './id-token.ts';
import { type Identity, identityOf, subjectOf } from './identity.ts';
import { type Spent, spend } from './refresh.ts';
import { revoke } from './revoke.ts';
import { type Server, type ServerNeeds, server } from './server.ts';

/** The values of one attempt, unguessable and good for it alone (RFC 9700 §2.1, §4.7). */
export interface Attempt {
  readonly state: string;
  /** PKCE (RFC 7636 §4.1): 43 characters. */
  readonly verifier: string;
  readonly nonce: string;
}

/** What came back with the browser; each at most once. */
export interface AuthorizationResponse {
  readonly code: string | null;
  readonly state: string;
  readonly iss: string | null;
  readonly error: string | null;
}

export type Failed =
  | { readonly ok: false; readonly reason: 'oauth_denied' }
  | { readonly ok: false; readonly reason: 'provider_failed'; readonly phase: Phase; readonly why: string };

export interface Redeemed {
  readonly ok: true;
  readonly identity: Identity;
  /** `null` = the configuration does not ask to keep it. */
  readonly grant: ProviderGrant | null;
}

export type Refreshed =
  | { readonly ok: true; readonly grant: ProviderGrant }
  | { readonly ok: false; readonly reason: 'grant_ended' };

/** One provider: both ends of a sign-in there. Rejects for nothing that the provider does. */
export interface OAuthClient {
  readonly id: string;
  /** Where the browser goes to sign in. */
  authorize(attempt: Attempt): Promise<{ readonly ok: true; readonly url: string } | Failed>;
  /** Who came back. The answer's sender and every claim have been checked. */
  redeem(attempt: Attempt, response: AuthorizationResponse): Promise<Redeemed | Failed>;
  /** Uses a refresh token, which may be good for one use alone. */
  refresh(spent: Spent): Promise<Refreshed | Failed>;
  /** Ends a grant there, if the provider has a way (RFC 7009). */
  revoke(token: string): Promise<{ readonly ok: true } | Failed>;
}

interface Needs extends ServerNeeds {
  /** By configuration alone: no header of a request is in it. */
  readonly redirectUri: string;
}

export const oauthClient = (needs: Needs): OAuthClient => {
  const { provider, redirectUri } = needs;
  const find = server(needs);
  return {
    id: provider.id,
    authorize: (attempt) =>
      settled(async () => ({ ok: true, url: await begin(provider, await find(), { attempt, redirectUri }) })),
    redeem: (attempt, response) =>
      settled(async () => {
        const found = await find();
        const tokens = await exchange(needs, found, { attempt, response });
        const { access, grant } = tokens;
        if (provider.protocol === 'oauth2')
          return { ok: true, identity: await readUser(provider, found, access), grant };
        return { ok: true, identity: await readIdToken(provider, found, tokens), grant };
      }),
    refresh: (spent) =>
      settled(async () => {
        const grant = await spend(needs, await find(), spent);
        return grant === null ? { ok: false, reason: 'grant_ended' } : { ok: true, grant };
      }),
    revoke: (token) =>
      settled(async () => {
        await revoke(await find(), token);
        return { ok: true };
      }),
  };
};

const settled = async <T>(work: () => Promise<T>): Promise<T | Failed> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AuthorizationResponseError) {
      if (error.error === 'access_denied') return { ok: false, reason: 'oauth_denied' };
      return { ok: false, reason: 'provider_failed', phase: 'response', why: 'error' };
    }
    if (!(error instanceof ProviderFault)) throw error;
    return { ok: false, reason: 'provider_failed', phase: error.phase, why: error.why };
  }
};

const begin = async (
  provider: OAuthProvider,
  { as, client, auth, authorization, calls }: Server,
  { attempt, redirectUri }: { readonly attempt: Attempt; readonly redirectUri: string },
): Promise<string> => {
  const oidc = provider.protocol === 'oidc' ? provider : null;
  const asked: Record<string, string> = {
    ...provider.parameters,
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: redirectUri,
    scope: provider.scope,
    state: attempt.state,
    code_challenge: sha256Text(attempt.verifier),
    code_challenge_method: 'S256',
    ...(oidc === null ? {} : { nonce: attempt.nonce }),
    ...(oidc?.maxAge === undefined ? {} : { max_age: String(Math.floor(oidc.maxAge / 1_000)) }),
    ...(oidc?.acr === undefined ? {} : { acr_values: oidc.acr.join(' ') }),
    ...(oidc?.hostedDomain === undefined ? {} : { hd: oidc.hostedDomain }),
  };
  // RFC 9126: where it is offered, the browser carries a reference, and nobody on the way changes what was asked.
  const pushed =
    as.pushed_authorization_request_endpoint === undefined
      ? null
      : await during('request', async () =>
          processPushedAuthorizationResponse(
            as,
            client,
            await pushedAuthorizationRequest(as, client, auth, asked, calls()),
          ),
        );
  const sent = pushed === null ? asked : { client_id: provider.clientId, request_uri: pushed.request_uri };
  const url = new URL(authorization);
  for (const [name, value] of Object.entries(sent)) url.searchParams.set(name, value);
  return url.href;
};

interface Tokens {
  readonly access: string;
  readonly id: string;
  readonly claims: JsonObject;
  readonly grant: ProviderGrant | null;
}

interface Returned {
  readonly attempt: Attempt;
  readonly response: AuthorizationResponse;
}

const exchange = async (
  { provider, redirectUri, clock }: Needs,
  { as, client, auth, calls }: Server,
  { attempt, response }: Returned,
): Promise<Tokens> => {
  const given = Object.entries(response).filter((pair): pair is [string, string] => pair[1] !== null);
  const oidc = provider.protocol === 'oidc' ? provider : null;
  let checked: URLSearchParams;
  try {
    checked = validateAuthResponse(as, client, new URLSearchParams(given), attempt.state);
  } catch (error) {
    if (error instanceof AuthorizationResponseError) throw error;
    return during('response', () => Promise.reject(error));
  }
  const at = clock.now();
  const answer = await during('token', () =>
    authorizationCodeGrantRequest(as, client, auth, checked, redirectUri, attempt.verifier, calls()),
  );
  const expected =
    oidc === null
      ? {}
      : {
          expectedNonce: attempt.nonce,
          requireIdToken: true,
          ...(oidc.maxAge === undefined ? {} : { maxAge: Math.floor(oidc.maxAge / 1_000) }),
        };
  const body = await during('token', () => processAuthorizationCodeResponse(as, client, answer, expected));
  const grant = provider.keepTokens === true ? grantOf(body, { scope: provider.scope, at }) : null;
  if (oidc === null) return { access: body.access_token, id: '', claims: {}, grant };
  await during('id_token', () => validateApplicationLevelSignature(as, answer, calls()));
  const claims = (getValidatedIdTokenClaims(body) ?? {}) as JsonObject;
  const tokens = { access: body.access_token, id: body.id_token ?? '', claims, grant };
  const now = Math.floor(clock.now() / 1_000);
  await during('id_token', () => checkIdToken(oidc, claims, { idToken: tokens.id, accessToken: tokens.access, now }));
  return tokens;
};

/** The address may be at the userinfo endpoint only (OpenID Connect Core §5.4); what the ID token says, goes. */
const readIdToken = async (
  provider: OidcProvider,
  { as, client, calls }: Server,
  { access, claims }: Tokens,
): Promise<Identity> => {
  const subject = subjectOf(claims['sub'], false);
  if (claims['email'] !== undefined || as.userinfo_endpoint === undefined) return identityOf(provider, subject, claims);
  const more = await during('user', async () => {
    const answer = await userInfoRequest(as, client, access, calls());
    if (!isJson(answer)) throw new ProviderFault('user', 'not_json');
    return processUserInfoResponse(as, client, subject, answer);
  });
  return identityOf(provider, subject, { ...(more as JsonObject), ...claims });
};

const readUser = async (
  provider: OAuthProvider & { readonly protocol: 'oauth2' },
  { calls }: Server,
  access: string,
): Promise<Identity> => {
  const claims = await during('user', async () => {
    const headers = new Headers({ accept: 'application/json', 'user-agent': 'sallyport' });
    const url = new URL(provider.userEndpoint);
    const answer = await protectedResourceRequest(access, 'GET', url, headers, null, calls());
    const body: unknown = answer.status === 200 && isJson(answer) ? await answer.json() : null;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new ProviderFault('user', 'not_json');
    return body as JsonObject;
  });
  const own = Object.hasOwn(claims, provider.subject) ? claims[provider.subject] : undefined;
  return identityOf(provider, subjectOf(own, true), claims);
};

const isJson = (answer: Response): boolean =>
  /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(answer.headers.get('content-type') ?? '');
