import { randomBytes } from 'node:crypto';
import type { Express } from 'express';
import type pg from 'pg';
import type { createClient } from 'redis';

/** One Postgres and one Redis for everybody, over the same drivers. */
export interface Backends {
  readonly pool: pg.Pool;
  readonly redis: ReturnType<typeof createClient>;
}

/** What a request of somebody who is signed in carries: a cookie or a bearer. */
export type Credentials = Readonly<Record<string, string>>;

/** The id of the user; `null` = nobody is signed in. */
export type Check = (headers: Readonly<Record<string, string | undefined>>) => Promise<string | null>;

export interface Mounted {
  readonly credentials: Credentials;
  readonly userId: string;
  /** The check without HTTP; `null` where it cannot be had apart from a request and a response. */
  readonly check: Check | null;
}

export interface Contender {
  readonly name: string;
  readonly of: 'floor' | 'ours' | 'peer';
  /** Options that are not defaults, and what it is a floor of. */
  readonly about: string;
  /** `false` = lets everybody in: what the framework alone costs. */
  readonly refuses: boolean;
  /** Signs somebody in and answers `GET /me` with `{ user: { id } }`, or 401. */
  mount(app: Express, backends: Backends): Promise<Mounted>;
}

export const origin = 'https://app.example.com';

/** Contenders share the databases, and each run signs up somebody new. */
export const newPerson = (): { readonly email: string; readonly password: string } => ({
  email: `${randomBytes(8).toString('hex')}@example.com`,
  password: 'correct horse battery staple',
});

export const cookiesOf = (setCookies: readonly string[]): string =>
  setCookies.map((one) => one.split(';', 1)[0]).join('; ');

/** Answers by a check that needs nothing but headers. */
export const answerBy = (app: Express, check: Check): void => {
  app.get('/me', async (req, res) => {
    const { cookie, authorization } = req.headers;
    const id = await check({ cookie, authorization });
    if (id === null) res.status(401).json({ code: 'unauthenticated' });
    else res.json({ user: { id } });
  });
};

/** The token of `Authorization: Bearer`. */
export const bearerOf = (headers: Readonly<Record<string, string | undefined>>): string | null => {
  const { authorization = '' } = headers;
  return authorization.startsWith('Bearer ') ? authorization.slice(7) : null;
};
