import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Auth, AuthOptions, JsonObject, StandardSchema } from '../../src/index.ts';
import { type World as CoreWorld, world as coreWorld, goodPassword, type TestClock } from '../harness.ts';
import type { Adapter, Site } from './adapter.ts';
import { type Browser, browserAt } from './browser.ts';

export { goodPassword, origin, testHasher, testSecrets } from '../harness.ts';

export interface World extends Pick<CoreWorld, 'auth' | 'clock' | 'log' | 'outbox' | 'events'> {
  readonly url: string;
  readonly port: number;
  /** What reached the application's error handler. */
  readonly errors: unknown[];
  /** Replaced by a test to delay or fail store calls. */
  before: (call: string) => Promise<void>;
  browser(): Browser;
  signedIn(email: string): Promise<Browser>;
  /** The newest link mailed to an address. */
  linkFor(email: string): URL;
}

export interface AuthSettings extends Partial<Omit<AuthOptions<StandardSchema<JsonObject>>, 'stores' | 'clock'>> {
  readonly clock?: TestClock;
}

/** Makes the server, not listening yet; `failed` is told what reaches the application's error handler. */
export type Serve = (auth: Auth<JsonObject>, failed: (error: unknown) => void) => Server;

/** A real server on a port of its own, closed when the test ends. */
export const serving = async (serve: Serve, settings: AuthSettings = {}): Promise<World> => {
  const errors: unknown[] = [];
  const instruments = { before: (call: string) => w.before(call), after: async () => {} };
  const limits = { register_ip: { burst: 1_000 }, login_ip: { burst: 1_000 }, mail_ip: { burst: 1_000 } };
  const core = coreWorld({ limits, ...settings, instruments });
  const { auth, outbox } = core;
  const server = serve(auth, (error) => void errors.push(error));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await auth.drain();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const w: World = {
    ...core,
    url,
    port,
    errors,
    before: async () => {},
    browser: () => browserAt(url),
    signedIn: async (email) => {
      const browser = browserAt(url);
      await browser.post('/auth/register', { email, password: goodPassword });
      await auth.drain();
      await browser.post('/auth/verify-email', { token: core.tokenFor(email) });
      const { status, body } = await browser.post('/auth/login', { email, password: goodPassword });
      if (status !== 200) throw new Error(`login answered ${status} ${JSON.stringify(body)}`);
      await auth.drain();
      return browser;
    },
    linkFor: (email) => {
      const message = outbox.findLast(({ to }) => to === email);
      if (message === undefined || !('url' in message) || message.url === null) throw new Error(`no link for ${email}`);
      return new URL(message.url);
    },
  };
  return w;
};

export interface WorldOptions extends AuthSettings {
  /** What the application mounts; the default is the adapter's routes alone. */
  readonly build?: (site: Site, auth: Auth<JsonObject>) => void;
  readonly onError?: (cause: Error) => void;
}

export const world = (adapter: Adapter, options: WorldOptions = {}): Promise<World> => {
  const { build = (site) => site.routes(), onError, ...settings } = options;
  const told = onError === undefined ? {} : { onError };
  return serving(
    (auth, failed) => adapter.serve(auth, { build: (site) => build(site, auth), failed, ...told }),
    settings,
  );
};
