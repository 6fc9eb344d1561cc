/** Keys from versioned secrets. */
export interface KeyRing {
  /** The id of the secret that signs and seals now. */
  readonly activeKid: string;
  /** Every id that still verifies and opens, the active one first. */
  readonly kids: readonly string[];
  /** HKDF-SHA-256(secret of `kid`, purpose), 32 bytes (RFC 5869); `null` for an unknown kid. One purpose per use. */
  derive(kid: string, purpose: string): Uint8Array<ArrayBuffer> | null;
}
