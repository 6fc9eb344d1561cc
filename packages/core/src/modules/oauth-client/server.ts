import type { Clock } from '../../ports/clock.ts';
import type { Http } from '../../ports/http.ts';
import type { OAuthProvider } from '../../ports/oauth-provider.ts';
import { outsideUrl } from '../../primitives/outside.ts';
import { hours, seconds } from '../../primitives/time.ts';
import {
  type AuthorizationServer,
  allowInsecureRequests,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clockSkew,
  customFetch,
  discoveryRequest,
  None,
  processDiscoveryResponse,
} from '../../vendor/oauth4webapi.ts';
import { during, ProviderFault } from './fault.ts';

export interface ServerNeeds {
  readonly provider: OAuthProvider;
  readonly http: Http;
  readonly clock: Clock;
  /** How far our clock is from the platform's, which the library reads; milliseconds. */
  readonly clockSkewMs: () => number;
  /** `http:` and this machine itself are allowed: development. */
  readonly loopback: boolean;
}

/** The provider's side, as one request of ours sees it. */
export interface Server {
  readonly as: AuthorizationServer;
  readonly client: Client;
  readonly auth: ClientAuth;
  /** Where the browser is sent. */
  readonly authorization: URL;
  /** For every call of the library. Made anew each time: two requests must not wait for one another's call. */
  calls(): Calls;
}

/** What the library's own type, which differs with the method, has in common. */
interface CallOptions {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

export interface Calls {
  readonly [allowInsecureRequests]: boolean;
  readonly [customFetch]: (url: string, options: CallOptions) => Promise<Response>;
}

/** Five seconds and a quarter of a megabyte: more than any provider's keys, less than what hurts. */
const limits = { timeoutMs: seconds(5), maxBytes: 262_144 };
const keptMs = hours(1);

/** Reads the metadata when it is first needed, and again every hour; an answer that is not right is not kept. */
export const server = (needs: ServerNeeds): (() => Promise<Server>) => {
  const { provider, http, clock, loopback } = needs;
  const calls = (): Calls => ({
    [allowInsecureRequests]: loopback,
    [customFetch]: (url, { method, headers, body }) =>
      http.fetch(
        new Request(url, { method, headers, body: body instanceof URLSearchParams ? body : null, redirect: 'manual' }),
        limits,
      ),
  });
  let known: { readonly as: AuthorizationServer; readonly readAt: number } | null = null;
  const metadata = async (): Promise<AuthorizationServer> => {
    if (provider.protocol === 'oauth2') return plain(provider);
    const age = known === null ? 0 : clock.now() - known.readAt;
    if (known !== null && age >= 0 && age < keptMs) return known.as;
    const as = await during('metadata', () => discover(provider.issuer, calls()));
    known = { as, readAt: clock.now() };
    return as;
  };
  // One object for good: the library keeps a provider's keys by it.
  const fixed = provider.protocol === 'oauth2' ? plain(provider) : null;
  return async () => {
    const as = fixed ?? (await metadata());
    const authorization = outsideUrl(as.authorization_endpoint, loopback);
    if (authorization === null) throw new ProviderFault('metadata', 'authorization_endpoint');
    const client = { client_id: provider.clientId, [clockSkew]: Math.round(needs.clockSkewMs() / 1_000) };
    return { as, client, auth: authOf(provider, as), authorization, calls };
  };
};

/** The library compares issuers as URLs, which a slash more or less can satisfy; they are texts (Discovery §4.3). */
const discover = async (issuer: string, calls: Calls): Promise<AuthorizationServer> => {
  const url = new URL(issuer);
  const as = await processDiscoveryResponse(url, await discoveryRequest(url, calls));
  if (as.issuer !== issuer) throw new ProviderFault('metadata', 'issuer');
  return as;
};

const plain = (provider: OAuthProvider & { readonly protocol: 'oauth2' }): AuthorizationServer => ({
  issuer: provider.issuer,
  authorization_endpoint: provider.authorizationEndpoint,
  token_endpoint: provider.tokenEndpoint,
  ...(provider.revocationEndpoint === undefined ? {} : { revocation_endpoint: provider.revocationEndpoint }),
});

const authOf = ({ clientSecret, clientAuth }: OAuthProvider, as: AuthorizationServer): ClientAuth => {
  if (clientSecret === undefined) return None();
  const offered = as.token_endpoint_auth_methods_supported;
  const basic = clientAuth === undefined ? (offered?.includes('client_secret_basic') ?? true) : clientAuth === 'basic';
  return basic ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret);
};
