import { type AuthClient, AuthClientError, type AuthClientOptions, createAuthClient } from '@sallyport/client';
import type { JsonObject } from '@sallyport/core';
import { afterEach } from 'vitest';
import { type TestBrowser, testBrowser } from './browser.ts';
import { type TokenServer, tokenServer } from './server.ts';

export interface Stage {
  readonly server: TokenServer;
  readonly browser: TestBrowser;
  /** A tab with a client; `wake` plays that its page is seen again. */
  tab(more?: Partial<AuthClientOptions>): AuthClient<JsonObject> & { wake(): void };
  /** The same, signed in. */
  member(more?: Partial<AuthClientOptions>): Promise<ReturnType<Stage['tab']>>;
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

export const closeLater = (close: () => unknown): void => void closing.push(close);

/** A server of tokens and a browser; closed after the test. */
export const stage = async (
  options: { readonly hasLocks?: boolean; readonly expiresIn?: number } = {},
): Promise<Stage> => {
  const server = await tokenServer(options.expiresIn);
  const browser = testBrowser(options);
  closing.push(server.close);
  const tab: Stage['tab'] = ({ runtime = {}, ...more } = {}) => {
    const own = browser.tab(runtime);
    const client = createAuthClient({ baseUrl: `${server.origin}/auth`, mode: 'token', ...more, runtime: own });
    closing.push(client.close);
    return withWake(client, own.wake);
  };
  return {
    server,
    browser,
    tab,
    member: async (more) => {
      const one = tab(more);
      await browser.clock.run(one.login({ email: 'alice@example.com', password: 'correct horse battery staple' }));
      return one;
    },
  };
};

const withWake = <T extends object>(client: T, wake: () => void): T & { wake(): void } =>
  Object.defineProperties({ wake }, Object.getOwnPropertyDescriptors(client)) as T & { wake(): void };

/** The error that it rejects with. */
export const refusal = async (work: Promise<unknown>): Promise<AuthClientError> => {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (!(error instanceof AuthClientError)) throw new Error(`no AuthClientError: ${String(error)}`);
  return error;
};

export const minutes = (n: number): number => n * 60_000;
