import type { Aal } from '../ports/domain.ts';
import type { JsonObject, Millis } from '../ports/json.ts';
import type { CsrfRequest, RequestContext, Requirement, Source } from './request.ts';
import type { LinkedAccount, ListedSession, PublicFactor, PublicSession, PublicUser } from './view.ts';

/** Who is asking. */
export interface Identity<P, A extends Aal = Aal> {
  readonly user: PublicUser<P>;
  /** Of an access token that was not asked `live`: what the token says, so that `createdAt` is when it was issued. */
  readonly session: PublicSession<A>;
  readonly via: 'cookie' | 'bearer';
}

/** An operation's result, and the `Set-Cookie` values that the caller applies to its own response. */
export interface Done<T> {
  readonly value: T;
  readonly cookies: readonly string[];
}

/** What a client of `transport: 'token'` or `'body'` gets. */
export interface Tokens {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Of `transport: 'body'` alone: it never leaves a cookie. */
  readonly refreshToken?: string;
}

export type Login<P> =
  | ({
      readonly status: 'signed_in';
      readonly user: PublicUser<P>;
      /** Of a second step: where the first, a form or a provider's answer, wanted to go. */
      readonly returnTo?: string;
    } & Partial<Tokens>)
  | {
      readonly status: 'mfa_required';
      readonly challenge: string;
      readonly methods: readonly ('totp' | 'recovery_code')[];
    };

/** Where a new session lives (`token` and `body` with `jwt()`), and the program that its family is bound to. */
export interface SignInWish {
  readonly transport?: 'cookie' | 'token' | 'body';
  readonly clientId?: string;
}

/** What each operation takes and gives. The names are those of `auth.api`; the HTTP routes take and give the same. */
export interface Operations<P> {
  register: {
    input: { readonly email: string; readonly password: string; readonly profile?: JsonObject } & SignInWish;
    output: { readonly status: 'check_email' } | Login<P>;
  };
  login: {
    input: { readonly email: string; readonly password: string } & SignInWish;
    output: Login<P>;
  };
  loginMfa: {
    input: {
      readonly challenge: string;
      readonly method: 'totp' | 'recovery_code';
      readonly code: string;
      /** With `totp({ trustedDevices: true })`: this browser is not asked again for 30 days. */
      readonly trust?: boolean;
    };
    output: Login<P>;
  };
  logout: { input: { readonly everywhere?: boolean }; output: null };
  session: {
    input: Record<never, never>;
    output:
      | { readonly user: PublicUser<P>; readonly session: PublicSession }
      | { readonly user: null; readonly session: null };
  };
  sessions: { input: Record<never, never>; output: { readonly sessions: readonly ListedSession[] } };
  revokeSession: { input: { readonly id: string }; output: null };
  stepUp: {
    input: { readonly password: string } | { readonly method: 'totp' | 'recovery_code'; readonly code: string };
    output: { readonly session: PublicSession } & Partial<Tokens>;
  };
  factors: {
    input: Record<never, never>;
    output: { readonly factors: readonly PublicFactor[]; readonly recoveryCodesLeft: number };
  };
  /** `secret` in base 32, to be typed in; `uri` for a QR code that is drawn in the page. Neither can be had again. */
  enrolTotp: {
    input: { readonly label?: string };
    output: { readonly factorId: string; readonly secret: string; readonly uri: string };
  };
  /** `recoveryCodes` are shown once; `null` = those that the user has stay. */
  confirmTotp: {
    input: { readonly id: string; readonly code: string };
    output: { readonly recoveryCodes: readonly string[] | null } & Partial<Tokens>;
  };
  renameFactor: { input: { readonly id: string; readonly label: string }; output: null };
  removeFactor: { input: { readonly id: string }; output: null | Tokens };
  regenerateRecoveryCodes: { input: Record<never, never>; output: { readonly recoveryCodes: readonly string[] } };
  changePassword: { input: { readonly current?: string; readonly password: string }; output: null | Tokens };
  verifyEmail: { input: { readonly token: string; readonly password?: string }; output: null };
  sendVerification: { input: { readonly email: string }; output: { readonly status: 'check_email' } };
  forgotPassword: { input: { readonly email: string }; output: { readonly status: 'check_email' } };
  resetPassword: { input: { readonly token: string; readonly password: string }; output: null };
  changeEmail: { input: { readonly email: string }; output: { readonly status: 'check_email' } };
  confirmEmailChange: { input: { readonly token: string; readonly password?: string }; output: null | Tokens };
  revertEmailChange: { input: { readonly token: string }; output: null };
  startOAuth: {
    input: {
      readonly id: string;
      readonly returnTo?: string;
      readonly transport?: 'cookie' | 'token';
      readonly clientId?: string;
    };
    output: { readonly url: string };
  };
  finishOAuth: {
    input: {
      readonly id: string;
      readonly code?: string;
      readonly state?: string;
      readonly iss?: string;
      readonly error?: string;
    };
    output: { readonly location: string };
  };
  linkAccount: { input: { readonly id: string; readonly returnTo?: string }; output: { readonly url: string } };
  accounts: { input: Record<never, never>; output: { readonly accounts: readonly LinkedAccount[] } };
  unlinkAccount: { input: { readonly id: string }; output: null | Tokens };
  deleteAccount: { input: Record<never, never>; output: null };
  refresh: { input: { readonly refreshToken?: string; readonly clientId?: string }; output: Tokens };
  revoke: { input: { readonly refreshToken?: string }; output: null };
  jwks: { input: Record<never, never>; output: { readonly keys: readonly JsonObject[] } };
}

/** The same operations as the HTTP routes, for server code. Refusals are thrown as `AuthProblem`; limits and policies hold alike. */
export type AuthApi<P> = {
  readonly [Name in keyof Operations<P>]: (
    input: Operations<P>[Name]['input'],
    source: Source,
    context?: RequestContext,
  ) => Promise<Done<Operations<P>[Name]['output']>>;
} & AdminApi;

/** For server code alone: no route leads here. Each throws `AuthProblem` `not_found` for an unknown user. */
export interface AdminApi {
  /** A disabled account cannot sign in, and every session of it ends at once. */
  setDisabled(userId: string, disabled: boolean): Promise<void>;
  /** Ends every session, family and link of the user. */
  revokeAll(userId: string): Promise<void>;
  /** Removes the user and everything that is theirs. Safe to call again after a crash. */
  deleteUser(userId: string): Promise<void>;
  /** Mails the user a link that sets a new password; nothing ends until it is used. `account_disabled` for a disabled user, `email_unverified` for one without an address. */
  startReset(userId: string): Promise<void>;
  /**
   * Takes every second factor and recovery code away, and ends every session, link and trusted device; the password stays.
   * For somebody who has lost both, once you know by other means who it is (NIST SP 800-63B-4 §4.2).
   */
  resetFactors(userId: string): Promise<void>;
  /**
   * The access token that a provider with `keepTokens` granted for the user, renewed when it is due. `provider_token_missing`:
   * there is none, or the provider has ended the grant; the user signs in there again. `provider_failed` and `busy` lose nothing:
   * try again. `account_disabled` for a disabled user. Who asks for whom is for the caller to judge.
   */
  providerToken(wanted: ProviderTokenRequest): Promise<ProviderToken>;
}

/** Whose access token is wanted. */
export interface ProviderTokenRequest {
  readonly userId: string;
  /** The id that the configuration gives the provider. */
  readonly provider: string;
  /** Of several accounts there, one by its id in the list of linked accounts; default: the one that was linked first. */
  readonly accountId?: string;
  /**
   * An access token that the provider's API has refused before its time, e.g. with 401: another is asked for. Who comes with the
   * same one a moment later gets what the first was given.
   */
  readonly refused?: string;
}

/** For a request to the provider's API: `authorization: Bearer …`. Keep it nowhere, and send it to no browser. */
export interface ProviderToken {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** What the user has granted, which may be less than what was asked for; separated by spaces. */
  readonly scope: string;
  /** `null` = the provider does not say. */
  readonly expiresAt: Millis | null;
}

export interface Auth<P> {
  /** Every route under `basePath`. Never throws. */
  handle(request: Request, context?: RequestContext): Promise<Response>;
  /** A pure read: no cookie is ever set, so it works in a server component. `null` = anonymous. An outage throws `AuthProblem` 503. */
  authenticate(source: Source, context?: RequestContext): Promise<Identity<P> | null>;
  /** `authenticate`, or throw `AuthProblem` 401 or 403. */
  require<const R extends Requirement = Requirement>(
    source: Source,
    need?: R,
    context?: RequestContext,
  ): Promise<Identity<P, R extends { readonly aal: 2 } ? 2 : Aal>>;
  readonly api: AuthApi<P>;
  /**
   * For the application's own routes that change state: throws `AuthProblem` `csrf_rejected` for a request that another site
   * made. The header `x-csrf-token`, or `token`, lets a browser pass that sends neither `Sec-Fetch-Site` nor `Origin`.
   * With a context, the event of a refusal has the client's address.
   */
  csrf(request: CsrfRequest, token?: string | null, context?: RequestContext): Promise<void>;
  /** A token for forms, bound to the session that the request carries; throws `AuthProblem` `unauthenticated` without one. */
  csrfToken(source: Source): Promise<string>;
  /** Removes expired entries where the database has no lifetimes. Resolves with how many. */
  sweep(): Promise<number>;
  /** Resolves when no background work is under way: call it before the process ends. */
  drain(): Promise<void>;
  readonly origin: string;
  readonly basePath: string;
  readonly mode: 'production' | 'development';
}
