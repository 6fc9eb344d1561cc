import { argon2 } from '@sallyport/argon2';
import {
  type Auth,
  type Clock,
  createAuth,
  type JsonObject,
  jwt,
  memoryStores,
  type Notifier,
  password,
} from '@sallyport/core';
import { expressAuth } from '@sallyport/express';
import express, { type Express } from 'express';
import { cors } from './cors.ts';
import type { Origins } from './origins.ts';
import { failed, notFound } from './problems.ts';

export interface ApiOptions {
  readonly origins: Origins;
  readonly secrets: string;
  /** `AUTH_JWT_KEYS`. */
  readonly keys: string;
  /** Milliseconds. */
  readonly accessTtl: number;
  /** For tests that do not want to wait. */
  readonly clock?: Clock;
}

export interface Api {
  readonly app: Express;
  readonly auth: Auth<JsonObject>;
}

/** Nothing is mailed here: a notice to a user goes nowhere. */
const silent: Notifier = { send: async () => {} };

/** Who signs in, who renews, and one route of the application's own. The page is another origin of the same site. */
export const createApi = ({ origins, secrets, keys, accessTtl, clock = { now: Date.now } }: ApiOptions): Api => {
  const auth = createAuth({
    mode: 'development',
    origin: origins.api,
    trustedOrigins: [origins.app],
    secrets,
    stores: memoryStores(),
    notifier: silent,
    hasher: argon2(),
    features: [password({ minLength: 12 }), jwt({ audience: origins.api, keys, accessTtl })],
    registration: 'open',
    clientIp: 'peer',
    appName: 'Sallyport SPA',
    clock,
  });
  const web = expressAuth(auth);
  const app = express();
  app.disable('x-powered-by');
  app.use(web.router);
  app.use(cors([origins.app]));
  app.get(
    '/api/greeting',
    web.require({}, (_req, res, { user, via }) => {
      res.json({ text: `Hello ${user.email}`, via });
    }),
  );
  app.use(notFound, failed);
  return { app, auth };
};
