import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { argon2 } from '@sallyport/argon2';
import { type Auth, AuthProblem, createAuth, jwt, memoryStores, password, type Stores, seconds } from '@sallyport/core';
import { localJwks, verifyAccessToken } from '@sallyport/core/verify';
import { expressAuth } from '@sallyport/express';
import { fromPg, migrate, postgresStores } from '@sallyport/postgres';
import { fromNodeRedis, redisStores } from '@sallyport/redis';
import type { Express } from 'express';
import {
  answerBy,
  type Backends,
  bearerOf,
  type Check,
  type Contender,
  cookiesOf,
  type Mounted,
  newPerson,
  origin,
} from './contender.ts';

type Keys = Parameters<typeof jwt>[0]['keys'];

/** Registration and limits never stand in the way; all else is what an application gets. */
export const authOn = (stores: Stores, own: { readonly lagMs?: number; readonly keys?: Keys } = {}): Auth<unknown> =>
  createAuth({
    mode: 'development',
    origin,
    secrets: `1:${randomBytes(32).toString('base64url')}`,
    stores,
    notifier: { send: async () => {} },
    registration: 'open',
    hasher: argon2(),
    session: { revocationLag: own.lagMs ?? 0 },
    limits: {
      login_ip: { burst: 100_000 },
      login_pair: { burst: 100_000 },
      login_login: { burst: 100_000 },
      login_account: { burst: 100_000 },
      login_device: { burst: 100_000 },
    },
    features: own.keys === undefined ? [password()] : [password(), jwt({ audience: origin, keys: own.keys })],
  });

export const postgresOf = async ({ pool }: Backends): Promise<Stores> => {
  const run = fromPg(pool);
  await migrate(run);
  return postgresStores(run);
};

const redisOf = async (backends: Backends): Promise<Stores> => ({
  ...(await postgresOf(backends)),
  ...redisStores(fromNodeRedis(backends.redis)),
});

const bySession = async (app: Express, auth: Auth<unknown>): Promise<Mounted> => {
  const web = expressAuth(auth);
  app.use(web.router);
  app.use(web.load);
  app.get(
    '/me',
    web.require({}, (_req, res, me) => {
      res.json({ user: { id: me.user.id } });
    }),
  );
  const { value, cookies } = await auth.api.register(newPerson(), new Headers(), { peer: '127.0.0.1' });
  if (!('user' in value)) throw new Error('nobody was registered');
  const check: Check = async (headers) => {
    const me = await auth.authenticate({ get: (name) => headers[name] ?? null }, { peer: '127.0.0.1' });
    return me?.user.id ?? null;
  };
  return { credentials: { cookie: cookiesOf(cookies) }, userId: value.user.id, check };
};

const byToken = async (app: Express, remembered: number | null): Promise<Mounted> => {
  const jwk = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) } as Record<string, string>;
  const auth = authOn(memoryStores(), { keys: [{ kid: 'one', state: 'active', jwk }] });
  const { value } = await auth.api.register({ ...newPerson(), transport: 'body' }, new Headers(), {
    peer: '127.0.0.1',
  });
  if (!('accessToken' in value) || value.accessToken === undefined) throw new Error('no token was issued');
  const { d: _private, ...open } = jwk;
  const keys = { keys: [{ ...open, kid: 'one', alg: 'EdDSA' }] };
  const jwks = localJwks(keys, remembered === null ? {} : { maxCached: remembered });
  const check: Check = async (headers) => {
    const token = bearerOf(headers);
    if (token === null) return null;
    try {
      return (await verifyAccessToken(token, { issuer: origin, audience: origin, jwks })).userId;
    } catch (error) {
      if (error instanceof AuthProblem) return null;
      throw error;
    }
  };
  answerBy(app, check);
  const userId = (await check({ authorization: `Bearer ${value.accessToken}` })) ?? '';
  return { credentials: { authorization: `Bearer ${value.accessToken}` }, userId, check };
};

export const ours: readonly Contender[] = [
  {
    name: 'Sallyport, memory',
    of: 'ours',
    about: 'memoryStores()',
    refuses: true,
    mount: (app) => bySession(app, authOn(memoryStores())),
  },
  {
    name: 'Sallyport, Redis, lag 5 s',
    of: 'ours',
    about: 'sessions on Redis, users on Postgres, revocationLag: seconds(5)',
    refuses: true,
    mount: async (app, backends) => bySession(app, authOn(await redisOf(backends), { lagMs: seconds(5) })),
  },
  {
    name: 'Sallyport, Redis and Postgres, lag 0',
    of: 'ours',
    about: 'sessions on Redis, users on Postgres, revocation at once (default)',
    refuses: true,
    mount: async (app, backends) => bySession(app, authOn(await redisOf(backends))),
  },
  {
    name: 'Sallyport, Postgres',
    of: 'ours',
    about: 'all on Postgres, revocation at once (default)',
    refuses: true,
    mount: async (app, backends) => bySession(app, authOn(await postgresOf(backends))),
  },
  {
    name: 'Sallyport, access token',
    of: 'ours',
    about: 'verifyAccessToken, EdDSA; the signature is remembered, claims are checked each time (default)',
    refuses: true,
    mount: (app) => byToken(app, null),
  },
  {
    name: 'Sallyport, access token anew',
    of: 'ours',
    about: 'verifyAccessToken, EdDSA, maxCached: 0',
    refuses: true,
    mount: (app) => byToken(app, 0),
  },
];
