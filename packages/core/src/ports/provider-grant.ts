import type { Millis } from './json.ts';

/** What a provider gave for a code or for a refresh token (RFC 6749 §5.1); always a bearer token. Stored as ciphertext alone. */
export interface ProviderGrant {
  readonly accessToken: string;
  /** `null` = the provider gave none: who holds the access token has it until it expires. */
  readonly refreshToken: string | null;
  /** What was granted, which may be less than what was asked for; separated by spaces. */
  readonly scope: string;
  /** `null` = the provider does not say. */
  readonly expiresAt: Millis | null;
  /** A little earlier: from then on it is renewed when somebody asks for it. */
  readonly renewAt: Millis | null;
}

/** Whose access token is wanted. */
export interface WantedToken {
  readonly userId: string;
  readonly provider: string;
  /** One of several accounts there; `null` = the one that was linked first. */
  readonly accountId: string | null;
  /** An access token that the provider has refused before its time: another is made, unless that has been done. */
  readonly refused: string | null;
}
