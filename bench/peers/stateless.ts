import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { sealData, unsealData } from 'iron-session';
import { jwtVerify, SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { answerBy, bearerOf, type Check, type Contender, origin } from './contender.ts';

const userId = 'usr_0000000000000000000000';
const secret = 'oQ0v8mVb1kzXr5tYp7NnC3LdGhJ2wE9sUaTqRiKfM4Y';

/** What answers from the cookie or the token alone: nothing can be taken back before it ends. */
export const stateless: readonly Contender[] = [
  {
    name: 'iron-session',
    of: 'peer',
    about: 'unsealData of the cookie; getIronSession does that and more',
    refuses: true,
    mount: async (app) => {
      const options = { password: secret, ttl: 86_400 };
      const cookie = `session=${await sealData({ userId }, options)}`;
      const check: Check = async (headers) => {
        const sealed = /(?:^|; )session=([^;]+)/.exec(headers['cookie'] ?? '')?.[1];
        return sealed === undefined ? null : ((await unsealData<{ userId?: string }>(sealed, options)).userId ?? null);
      };
      answerBy(app, check);
      return { credentials: { cookie }, userId, check };
    },
  },
  {
    name: 'jsonwebtoken',
    of: 'peer',
    about:
      'HS256 (it knows no EdDSA) with a KeyObject: a secret as text costs it a failed parse of a key each time; issuer, audience and algorithm fixed',
    refuses: true,
    mount: async (app) => {
      const key = createSecretKey(secret, 'utf8');
      const token = jsonwebtoken.sign({ sub: userId }, key, {
        issuer: origin,
        audience: origin,
        expiresIn: 86_400,
        algorithm: 'HS256',
      });
      const check: Check = async (headers) => {
        const given = bearerOf(headers);
        if (given === null) return null;
        try {
          const claims = jsonwebtoken.verify(given, key, {
            issuer: origin,
            audience: origin,
            algorithms: ['HS256'],
          });
          return typeof claims === 'object' ? (claims.sub ?? null) : null;
        } catch {
          return null;
        }
      };
      answerBy(app, check);
      return { credentials: { authorization: `Bearer ${token}` }, userId, check };
    },
  },
  {
    name: 'jose',
    of: 'peer',
    about: 'EdDSA, issuer, audience and algorithm fixed',
    refuses: true,
    mount: async (app) => {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      const token = await new SignJWT({})
        .setProtectedHeader({ alg: 'EdDSA' })
        .setIssuer(origin)
        .setAudience(origin)
        .setSubject(userId)
        .setIssuedAt()
        .setExpirationTime('1d')
        .sign(privateKey);
      const check: Check = async (headers) => {
        const given = bearerOf(headers);
        if (given === null) return null;
        try {
          const options = { issuer: origin, audience: origin, algorithms: ['EdDSA'] };
          return (await jwtVerify(given, publicKey, options)).payload.sub ?? null;
        } catch {
          return null;
        }
      };
      answerBy(app, check);
      return { credentials: { authorization: `Bearer ${token}` }, userId, check };
    },
  },
];
