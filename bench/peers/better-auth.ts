import type { BetterAuthOptions, betterAuth } from 'better-auth';
import type { Express } from 'express';
import { type Backends, type Check, type Contender, cookiesOf, type Mounted, newPerson, origin } from './contender.ts';

/** What every variant has. Its own limits are off, as ours are out of reach; nothing is reported to anybody. */
export const optionsOn = ({ pool }: Backends): BetterAuthOptions => ({
  baseURL: origin,
  secret: 'oQ0v8mVb1kzXr5tYp7NnC3LdGhJ2wE9sUaTqRiKfM4Y',
  database: pool,
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
});

/** Loaded by its own servers alone: it is half a second and 40 MB to everybody else. */
export const migrated = async (options: BetterAuthOptions): Promise<ReturnType<typeof betterAuth>> => {
  const { getMigrations } = await import('better-auth/db/migration');
  await (await getMigrations(options)).runMigrations();
  return (await import('better-auth')).betterAuth(options);
};

/** As its documentation integrates Express: `auth.api.getSession` with the headers of the request. */
const mount = async (app: Express, options: BetterAuthOptions): Promise<Mounted> => {
  const auth = await migrated(options);
  const { fromNodeHeaders } = await import('better-auth/node');
  app.get('/me', async (req, res) => {
    const found = await auth.api.getSession({ headers: fromNodeHeaders(req.headers) });
    if (found === null) res.status(401).json({ code: 'unauthenticated' });
    else res.json({ user: { id: found.user.id } });
  });
  const body = { ...newPerson(), name: 'Ada Lovelace' };
  const response = await auth.api.signUpEmail({ body, asResponse: true });
  const { user } = (await response.json()) as { readonly user: { readonly id: string } };
  const check: Check = async ({ cookie }) => {
    const headers = new Headers(cookie === undefined ? {} : { cookie });
    return (await auth.api.getSession({ headers }))?.user.id ?? null;
  };
  return { credentials: { cookie: cookiesOf(response.headers.getSetCookie()) }, userId: user.id, check };
};

const secondaryStorage = ({ redis }: Backends): NonNullable<BetterAuthOptions['secondaryStorage']> => ({
  get: (key) => redis.get(key),
  getAndDelete: (key) => redis.getDel(key),
  set: (key, value, ttl) => redis.set(key, value, ttl ? { expiration: { type: 'EX', value: ttl } } : {}),
  delete: async (key) => {
    await redis.del(key);
  },
  increment: async (key, ttl) => {
    const count = await redis.incr(key);
    if (count === 1) await redis.expire(key, ttl);
    return count;
  },
});

export const betterAuths: readonly Contender[] = [
  {
    name: 'better-auth, Redis',
    of: 'peer',
    about: 'secondaryStorage on Redis, users on Postgres',
    refuses: true,
    mount: (app, backends) => mount(app, { ...optionsOn(backends), secondaryStorage: secondaryStorage(backends) }),
  },
  {
    name: 'better-auth, Postgres',
    of: 'peer',
    about: 'a pg pool, as its quick start has it',
    refuses: true,
    mount: (app, backends) => mount(app, optionsOn(backends)),
  },
  {
    name: 'better-auth, Postgres, joins',
    of: 'peer',
    about: 'a pg pool, advanced.database.joins',
    refuses: true,
    mount: (app, backends) => mount(app, { ...optionsOn(backends), advanced: { database: { joins: true } } }),
  },
  {
    name: 'better-auth, cookie cache',
    of: 'peer',
    about: 'Postgres, session.cookieCache of 5 minutes: what is read is up to 5 minutes old',
    refuses: true,
    mount: (app, backends) =>
      mount(app, { ...optionsOn(backends), session: { cookieCache: { enabled: true, maxAge: 300 } } }),
  },
];
