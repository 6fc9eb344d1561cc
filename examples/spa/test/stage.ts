import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AuthClient } from '@sallyport/client';
import type { JsonObject } from '@sallyport/core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launch } from '../../../tools/testing/browser.ts';
import { freshKeys } from '../src/keys.ts';
import { type Running, serve } from '../src/serve.ts';

export const minutes = (n: number): number => n * 60_000;
export const email = 'alice@example.com';
export const password = 'correct horse battery staple';

/** What stands before the API says what becomes of a request; `null` = nothing is done to it. */
export type Fault = (req: IncomingMessage, res: ServerResponse) => 'answered' | null;

export interface Stage {
  server(): Running;
  /** Moves the time of the server and of every tab: the computer slept. */
  sleep(ms: number): Promise<void>;
  /** Another browser profile. */
  profile(options?: BrowserContextOptions & { readonly hasLocks?: boolean }): Promise<Profile>;
  fault: Fault;
  /** Requests to `/auth/refresh` so far. */
  refreshes(): number;
}

export interface Profile {
  readonly context: BrowserContext;
  /** A tab with the page, once it knows who is signed in and has asked for all that it shows them. */
  tab(): Promise<Page>;
  /** A tab in which somebody has made an account. */
  member(): Promise<Page>;
}

/** One browser for the file, servers and a profile of their own for every test. */
export const stage = (): Stage => {
  let browser: Browser | null = null;
  let server: Running | null = null;
  let ahead = 0;
  let refreshes = 0;
  const contexts: BrowserContext[] = [];
  const faults: string[] = [];

  const before =
    (api: RequestListener): RequestListener =>
    (req, res) => {
      if (req.method === 'POST' && req.url === '/auth/refresh') refreshes += 1;
      if (own.fault(req, res) === null) api(req, res);
    };

  beforeAll(async () => {
    browser = await launch();
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    ahead = 0;
    refreshes = 0;
    own.fault = () => null;
    server = await serve({
      ports: { app: 0, api: 0, orders: 0 },
      secrets: '1:VGhpcyBpcyBhIHRlc3Qgc2VjcmV0IG9mIDMyIGJ5dGVzIQ',
      keys: await freshKeys(),
      accessTtl: minutes(5),
      clock: { now: () => Date.now() + ahead },
      before,
    });
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    await running().close();
    expect(faults.splice(0)).toEqual([]);
  });
  const running = (): Running => {
    if (server === null) throw new Error('no server is running');
    return server;
  };

  const own: Stage = {
    server: running,
    fault: () => null,
    refreshes: () => refreshes,
    sleep: async (ms) => {
      ahead += ms;
      for (const context of contexts) await context.clock.setSystemTime(Date.now() + ahead);
    },
    profile: async ({ hasLocks = true, ...options } = {}) => {
      if (browser === null) throw new Error('no browser is running');
      const context = await browser.newContext({ locale: 'en-GB', ...options });
      contexts.push(context);
      context.setDefaultTimeout(10_000);
      await context.clock.install();
      if (!hasLocks) {
        await context.addInitScript(`Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })`);
      }
      context.on('weberror', (error) => faults.push(String(error.error())));
      const tab = async (): Promise<Page> => {
        const page = await context.newPage();
        await page.goto(running().origins.app);
        await atRest(page);
        return page;
      };
      return {
        context,
        tab,
        member: async () => {
          const page = await tab();
          await page.getByLabel('E-mail address').fill(email);
          await page.getByLabel('Password').fill(password);
          await page.getByRole('button', { name: 'Create account' }).click();
          await heading(page, 'Your orders');
          await atRest(page);
          return page;
        },
      };
    },
  };
  return own;
};

/**
 * Signed out, or shown what its token is good for, which it reads last. Before that it has requests on their way: a server whose time
 * is moved ahead refuses them, and the page renews at a time that it has not been told yet.
 */
const atRest = (page: Page): Promise<void> =>
  page
    .getByRole('heading', { name: 'Sign in', exact: true })
    .or(page.getByText(/^good for \d+ s/))
    .waitFor();

export const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { name, exact: true }).waitFor();

interface InPage {
  readonly client: AuthClient<JsonObject>;
}

/** So many calls at once: the status of each, or the code of what went wrong. */
export const calls = (page: Page, url: string, count: number): Promise<readonly (number | string)[]> =>
  page.evaluate(
    ([to, times]) => {
      const { client } = globalThis as unknown as InPage;
      const one = (): Promise<number | string> =>
        client.fetch(to).then(
          ({ status }) => status,
          (error: { code?: string; name: string }) => error.code ?? error.name,
        );
      return Promise.all(Array.from({ length: times }, one));
    },
    [url, count] as const,
  );

export const who = (page: Page): Promise<string | null | undefined> =>
  page.evaluate(() => {
    const { current } = (globalThis as unknown as InPage).client;
    return current === null ? null : current?.user.email;
  });
