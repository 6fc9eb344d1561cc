import type { JsonObject } from './json.ts';

/** Signs access tokens; may be a KMS. */
export interface TokenSigner {
  readonly alg: 'EdDSA' | 'ES256' | 'RS256';
  readonly kid: string;
  sign(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
  /** Every key that a live token may carry: next, active and retired, public halves only. */
  jwks(): Promise<{ readonly keys: readonly JsonObject[] }>;
}
