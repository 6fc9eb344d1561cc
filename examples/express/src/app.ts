import { argon2 } from '@sallyport/argon2';
import {
  type Auth,
  type Clock,
  createAuth,
  type EventSink,
  type JsonObject,
  memoryStores,
  password,
  type Stores,
} from '@sallyport/core';
import { expressAuth } from '@sallyport/express';
import express, { type Express } from 'express';
import { securityHeaders } from './headers.ts';
import { type Outbox, outbox } from './outbox.ts';
import { outboxRoutes } from './outbox-routes.ts';
import { assets, page } from './pages.ts';
import { failed, notFound } from './problems.ts';

export interface DemoOptions {
  /** What browsers see, e.g. `http://localhost:3000`. */
  readonly origin: string;
  readonly secrets: string | undefined;
  /** In memory when left out. */
  readonly stores?: Stores;
  readonly events?: EventSink;
  /** For tests that do not want to wait. */
  readonly clock?: Clock;
}

export interface Demo {
  readonly app: Express;
  readonly auth: Auth<JsonObject>;
  readonly outbox: Outbox;
}

/** The whole demo but the port it listens on. */
export const createDemo = ({
  origin,
  secrets,
  events,
  stores = memoryStores(),
  clock = { now: Date.now },
}: DemoOptions): Demo => {
  const mails = outbox(clock);
  const auth = createAuth({
    mode: 'development',
    origin,
    secrets,
    stores,
    notifier: mails,
    hasher: argon2(),
    features: [password()],
    registration: 'verified',
    clientIp: 'peer',
    appName: 'Sallyport demo',
    pages: { verifyEmail: '/verify' },
    clock,
    ...(events === undefined ? {} : { events }),
  });
  return { app: demoApp(auth, mails), auth, outbox: mails };
};

/** Pages, the routes under `/auth`, and one protected route of the application's own. */
export const demoApp = (auth: Auth<JsonObject>, mails: Outbox): Express => {
  const web = expressAuth(auth);
  const app = express();
  app.disable('x-powered-by');
  app.use(web.router);
  app.use(securityHeaders);
  app.use('/assets', assets);
  app.get('/', page('index', auth.mode));
  app.get('/verify', page('verify', auth.mode));
  if (auth.mode === 'development') app.use(outboxRoutes(mails));
  app.use(web.load);
  app.get(
    '/api/profile',
    web.require({}, (_req, res, { user, session }) => {
      res.json({ user, session });
    }),
  );
  app.use(notFound, failed);
  return app;
};
