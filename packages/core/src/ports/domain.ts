import type { JsonObject, Millis } from './json.ts';
import type { OwnedRecordStore, RecordStore, StoredRecord } from './records.ts';

/** Authenticator assurance level (NIST SP 800-63B-4 §2): 1 = one factor, 2 = two. */
export type Aal = 1 | 2;
/** How the factors were proved; the values of RFC 8176 where it has one. */
export type Amr = 'pwd' | 'otp' | 'hwk' | 'fed' | 'link' | 'rec' | 'mfa';
/** Where a request came from, for lists and mails. Never a decision. */
export interface ClientHint {
  readonly ip: string | null;
  readonly agent: string | null;
}

/** Everything a decision about a user needs, in one record, so that one compare-and-set changes it. `id === userId`. */
export interface CredentialRecord extends StoredRecord {
  /** Raising it revokes every session, refresh family, link and challenge of the user. */
  readonly epoch: number;
  /** PHC string. */
  readonly password: string | null;
  readonly passwordChangedAt: Millis | null;
  /** Ids of linked `OAuthAccount`s; an account that is not named here does not count. */
  readonly accounts: readonly string[];
  /** Ids of confirmed `MfaFactor`s; not empty = a second factor is required. */
  readonly factors: readonly string[];
  readonly disabledAt: Millis | null;
}

/** `id` = digest of the cookie's secret. */
export interface SessionRecord extends StoredRecord {
  /** The epoch of the credential record that was checked when the session was minted. */
  readonly epoch: number;
  readonly createdAt: Millis;
  readonly lastSeenAt: Millis;
  /** Last time a factor was proved; step-up reads it. */
  readonly authenticatedAt: Millis;
  readonly absoluteExpiresAt: Millis;
  readonly aal: Aal;
  readonly amr: readonly Amr[];
  readonly client: ClientHint;
  /** Facts that server code attached; never from a client. */
  readonly data: JsonObject;
}

/** One row a family of refresh tokens; `version` is the generation. `id` = digest of the handle. */
export interface RefreshFamily extends StoredRecord {
  readonly epoch: number;
  readonly createdAt: Millis;
  readonly rotatedAt: Millis;
  readonly authenticatedAt: Millis;
  /** Where the refresh token lives; never decided by a later request. */
  readonly transport: 'token' | 'body';
  readonly absoluteExpiresAt: Millis;
  readonly aal: Aal;
  readonly amr: readonly Amr[];
  readonly client: ClientHint;
  readonly scope: readonly string[];
  readonly clientId: string | null;
}

export type OneTimePurpose =
  | 'verify_email'
  | 'change_email'
  | 'revert_email'
  | 'reset_password'
  | 'magic_link'
  | 'email_code'
  | 'oauth_state'
  | 'mfa_challenge'
  | 'webauthn_challenge';

/** `id` = digest of purpose and token, so a token of one purpose can never be found as another. */
export interface OneTimeToken extends StoredRecord {
  readonly purpose: OneTimePurpose;
  /** Must equal the user's epoch when it is taken; `null` = bound to no epoch. */
  readonly epoch: number | null;
  readonly data: JsonObject;
  readonly expiresAt: Millis;
}

/** `id` = digest of issuer and subject. */
export interface OAuthAccount extends StoredRecord {
  readonly userId: string;
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  /** `SecretBox` envelope of what the provider granted; `null` = nothing is kept. */
  readonly tokens: string | null;
  /** Somebody is renewing them, and until then nobody else does. */
  readonly refreshingUntil: Millis | null;
  readonly linkedAt: Millis;
}

export interface MfaFactor extends StoredRecord {
  readonly userId: string;
  readonly type: 'totp' | 'recovery';
  readonly label: string;
  /** totp: `SecretBox` envelope; recovery: empty. */
  readonly secret: string;
  /** recovery: digests of unused codes; totp: empty. */
  readonly codes: readonly string[];
  /** totp: highest accepted time step. */
  readonly lastStep: number;
  readonly createdAt: Millis;
  readonly confirmedAt: Millis | null;
}

/** A browser that is not asked for the second factor again. `id` = digest of the cookie's secret. */
export interface TrustedDevice extends StoredRecord {
  readonly userId: string;
  /** The epoch of the credential record when it was trusted. */
  readonly epoch: number;
  readonly expiresAt: Millis;
}

export interface CredentialStore extends RecordStore<CredentialRecord> {}
export interface SessionStore extends OwnedRecordStore<SessionRecord> {}
export interface RefreshTokenStore extends OwnedRecordStore<RefreshFamily> {}
export interface OAuthAccountStore extends OwnedRecordStore<OAuthAccount> {}
export interface MfaStore extends OwnedRecordStore<MfaFactor> {}
export interface OneTimeTokenStore extends Pick<RecordStore<OneTimeToken>, 'create' | 'get' | 'delete'> {}
