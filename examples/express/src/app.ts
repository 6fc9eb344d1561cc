import { argon2 } from '@sallyport/argon2';
import {
  type Auth,
  type Clock,
  createAuth,
  type EventSink,
  type JsonObject,
  jwt,
  memoryStores,
  type Notifier,
  type PasswordHasher,
  password,
  type Stores,
  totp,
} from '@sallyport/core';
import { oauth } from '@sallyport/core/oauth';
import { remoteJwks } from '@sallyport/core/verify';
import { expressAuth } from '@sallyport/express';
import express, { type Express } from 'express';
import { securityHeaders } from './headers.ts';
import { randomJwtKeys } from './jwt-keys.ts';
import { type LocalProvider, localProvider } from './local-provider/provider.ts';
import { orders } from './orders.ts';
import { type Outbox, outbox } from './outbox.ts';
import { outboxRoutes } from './outbox-routes.ts';
import { assets, page, qrCodes } from './pages.ts';
import { failed, notFound } from './problems.ts';
import { providerCall } from './provider-call.ts';
import { type GoogleKeys, type Providers, providersOf } from './providers.ts';

export interface DemoOptions {
  /** What browsers see, e.g. `http://localhost:3000`. */
  readonly origin: string;
  readonly secrets: string | undefined;
  /** `AUTH_JWT_KEYS`; a random one when left out. */
  readonly jwtKeys?: string | undefined;
  /** In memory when left out. */
  readonly stores?: Stores;
  readonly events?: EventSink;
  /** In the place of the outbox, which is then shown to nobody. */
  readonly mail?: Notifier | null;
  /** `null`: no button for Google. */
  readonly google?: GoogleKeys | null;
  /** For tests that do not want to wait. */
  readonly clock?: Clock;
  readonly hasher?: PasswordHasher;
}

export interface Demo {
  readonly app: Express;
  readonly auth: Auth<JsonObject>;
  /** Empty when mail is sent. */
  readonly outbox: Outbox;
}

/** The whole demo but the port it listens on. */
export const createDemo = ({
  origin,
  secrets,
  jwtKeys = randomJwtKeys(),
  events,
  stores = memoryStores(),
  mail = null,
  google = null,
  clock = { now: Date.now },
  hasher = argon2(),
}: DemoOptions): Demo => {
  const mails = outbox(clock);
  const local = localProvider(origin);
  const elsewhere = providersOf(local, google);
  const auth = createAuth({
    mode: 'development',
    origin,
    secrets,
    stores,
    notifier: mail ?? mails,
    hasher,
    features: [
      password(),
      totp({ issuer: 'Sallyport demo', trustedDevices: true }),
      jwt({ audience: origin, keys: jwtKeys }),
      oauth(elsewhere.providers),
    ],
    registration: 'verified',
    clientIp: 'peer',
    appName: 'Sallyport demo',
    pages: {
      verifyEmail: '/verify',
      resetPassword: '/reset',
      changeEmail: '/change-email',
      revertEmail: '/revert-email',
    },
    clock,
    ...(events === undefined ? {} : { events }),
  });
  return { app: demoApp(auth, mail === null ? mails : null, { ...elsewhere, local }), auth, outbox: mails };
};

interface Elsewhere extends Omit<Providers, 'providers'> {
  /** Mounted in development alone: it asks for no password. */
  readonly local: LocalProvider | null;
}

const nowhere: Elsewhere = { buttons: [], formTargets: [], local: null };

/** Pages, the routes under `/auth`, and two protected routes of the application's own. `null`: mail is sent. */
export const demoApp = (auth: Auth<JsonObject>, mails: Outbox | null, elsewhere: Elsewhere = nowhere): Express => {
  const shown = auth.mode === 'development' ? mails : null;
  const way = shown === null ? 'sent' : 'outbox';
  const web = expressAuth(auth);
  const app = express();
  app.disable('x-powered-by');
  app.use(web.router);
  app.use(securityHeaders(elsewhere.formTargets));
  app.get('/assets/vendor/uqr.js', qrCodes);
  const { local, buttons } = elsewhere;
  if (local !== null && auth.mode === 'development') app.use(local.path, local.routes);
  app.use('/assets', assets);
  app.get('/', page('index', way));
  app.get('/verify', page('verify', way));
  app.get('/reset', page('reset', way));
  app.get('/change-email', page('change-email', way));
  app.get('/revert-email', page('revert-email', way));
  if (shown !== null) app.use(outboxRoutes(shown));
  const jwks = remoteJwks(`${auth.origin}${auth.basePath}/jwks.json`);
  app.get('/api/orders', orders({ origin: auth.origin, jwks }));
  app.get('/api/providers', (_req, res) => {
    res.json({ providers: buttons });
  });
  app.use(web.load);
  app.get(
    '/api/profile',
    web.require({}, (_req, res, { user, session }) => {
      res.json({ user, session });
    }),
  );
  app.get('/api/providers/:id/me', web.require({}, providerCall(auth)));
  app.use(notFound, failed);
  return app;
};
