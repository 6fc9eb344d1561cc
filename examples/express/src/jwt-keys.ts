import { generateKeyPairSync } from 'node:crypto';

/** One Ed25519 key in the form of `AUTH_JWT_KEYS`: every token that it signs ends with this process. */
export const randomJwtKeys = (): string =>
  JSON.stringify([
    { kid: 'demo', state: 'active', jwk: generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) },
  ]);
