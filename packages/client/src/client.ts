import type { Operations, PublicUser } from '@sallyport/core';
import type { CallName, MfaName, PlainName } from './routes.ts';
import type { Runtime } from './runtime.ts';
import type { Listener, SignedIn } from './standing.ts';

export interface AuthClientOptions {
  /** Where the routes of the server are, e.g. `/auth` or `https://api.example.com/auth`. */
  readonly baseUrl: string;
  /** `cookie`: a session. `token`: access tokens in memory, renewed by a refresh token in a cookie; the server needs the feature `jwt()`. */
  readonly mode: 'cookie' | 'token';
  /** Origins besides that of `baseUrl` that `client.fetch` may give the access token, or ask with cookies; e.g. `https://orders.example.com`. */
  readonly origins?: readonly string[];
  /** In the place of the browser's own: for tests, for Node. */
  readonly runtime?: Partial<Runtime>;
}

type Without<T, K extends string> = T extends object ? Omit<T, K> : T;

type OfTokens = 'accessToken' | 'refreshToken' | 'expiresIn';

/** The client says itself where the session is to live. */
type Input<T> = Without<T, 'transport' | 'clientId'>;

/** Tokens stay in the client: what the server says of them is taken out of its answers. */
type Output<T> = T extends object ? (keyof T extends OfTokens ? never : Omit<T, OfTokens>) : T;

type Call<I, O> = Record<never, never> extends I ? (input?: I) => Promise<O> : (input: I) => Promise<O>;

/** Operations of the server, by their names in `auth.api`. Each rejects with `AuthClientError`. */
export type Calls<P, Name extends CallName = CallName> = {
  readonly [N in Name & keyof Operations<P>]: Call<
    Input<Operations<P>[N]['input']>,
    Output<Operations<P>[N]['output']>
  >;
};

export interface AuthClient<P> extends Calls<P, PlainName> {
  /** Second factors. */
  readonly mfa: Calls<P, MfaName>;
  /**
   * `fetch`, signed in. Mode `token`: with an access token that has time left, and once more with another one where the server
   * answers `401 access_token_expired`. Redirects are refused, and so are origins that are not listed (`origin_not_allowed`).
   * Rejects with `AuthClientError` where there is no token to be had: `unauthenticated`, `session_revoked` and `refresh_invalid`
   * mean that nobody is signed in; everything else passes. Rejects as `fetch` does where the network fails.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** For what is not `fetch`, e.g. a WebSocket: an access token with time left. Mode `cookie`: rejects with `unauthenticated`. */
  accessToken(): Promise<string>;
  /** Who is signed in, in whatever tab that was done; `null` = nobody; `undefined` = not known before `session()`, or a sign-in. */
  readonly current: SignedIn<P> | null | undefined;
  /** Called at once if it is known who is signed in, and after every change in any tab. The result ends it. */
  subscribe(listener: Listener<P>): () => void;
  /** Lets go of channel, listeners and timers. */
  close(): void;
}

export type { PublicUser };
