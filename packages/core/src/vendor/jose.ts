/** The door to `jose`: signatures (RFC 7515) and keys (RFC 7517). Loaded by the first token that is signed or verified. */
export type { CryptoKey } from 'jose';
export { compactVerify } from 'jose/jws/compact/verify';
export { importJWK } from 'jose/key/import';
