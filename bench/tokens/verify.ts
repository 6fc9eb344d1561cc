import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { localJwks, verifyAccessToken } from '@sallyport/core/verify';
import { createVerifier } from 'fast-jwt';
import { importJWK, jwtVerify, SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { type Figure, interleave, microsecondsEach, type Sampler } from '../measure.ts';

type Alg = 'EdDSA' | 'ES256';

const issuer = 'https://app.example.com';
const audience = 'https://api.example.com';
const calls = 400;
const cachedCalls = 10_000;

const pairOf = (alg: Alg): KeyObject =>
  alg === 'EdDSA'
    ? generateKeyPairSync('ed25519').privateKey
    : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

const parameters = {
  EdDSA: [{ name: 'Ed25519' }, { name: 'Ed25519' }],
  ES256: [
    { name: 'ECDSA', namedCurve: 'P-256' },
    { name: 'ECDSA', hash: 'SHA-256' },
  ],
} as const;

/** One token of ours, verified anew by everybody, and again by those who remember. jsonwebtoken knows no EdDSA. */
export const tokenVerify = async (alg: Alg, rounds: number): Promise<Readonly<Record<string, Figure>>> => {
  const privateKey = pairOf(alg);
  const publicKey = createPublicKey(createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  const jwk = publicKey.export({ format: 'jwk' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const now = Math.floor(Date.now() / 1_000);
  const token = await new SignJWT({ sid: 's', auth_time: now, aal: 1, amr: ['pwd'] })
    .setProtectedHeader({ alg, kid: 'one', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('usr_1')
    .setIssuedAt(now)
    .setExpirationTime(now + 86_400)
    .sign(privateKey);

  const keys = { keys: [{ ...jwk, kid: 'one' } as Record<string, string>] };
  const remembering = localJwks(keys);
  const forgetful = localJwks(keys, { maxCached: 0 });
  const ours = (jwks: typeof remembering) => () => verifyAccessToken(token, { issuer, audience, jwks });
  const imported = await importJWK(jwk, alg);
  const options = { key: async () => pem, allowedIss: issuer, allowedAud: audience, algorithms: [alg] };
  const fast = createVerifier({ ...options, key: pem, cache: false });
  const fastCached = createVerifier({ ...options, key: pem, cache: 1_000 });

  const [imports, verifies] = parameters[alg];
  const bareKey = await crypto.subtle.importKey('jwk', { ...jwk }, imports, false, ['verify']);
  const [head, body, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const input = Buffer.from(`${head}.${body}`);

  const contestants: Record<string, Sampler> = {
    'floor: SHA-256 of the token, node:crypto': () =>
      microsecondsEach(cachedCalls, () => createHash('sha256').update(token).digest('base64url')),
    'ours, remembered': () => microsecondsEach(cachedCalls, ours(remembering)),
    'fast-jwt, remembered': () => microsecondsEach(cachedCalls, () => fastCached(token)),
    'floor: WebCrypto verify': () =>
      microsecondsEach(calls, () => crypto.subtle.verify(verifies, bareKey, bytes, input)),
    'ours, anew': () => microsecondsEach(calls, ours(forgetful)),
    jose: () => microsecondsEach(calls, () => jwtVerify(token, imported, { issuer, audience, typ: 'at+jwt' })),
    'fast-jwt': () => microsecondsEach(calls, () => fast(token)),
  };
  if (alg === 'ES256') {
    contestants['jsonwebtoken'] = () =>
      microsecondsEach(calls, () => jsonwebtoken.verify(token, pem, { issuer, audience, algorithms: [alg] }));
  }
  return interleave(contestants, rounds);
};
