import type { Runtime } from '@sallyport/client';
import {
  type Auth,
  createAuth,
  type JsonObject,
  jwt,
  memoryStores,
  type Notifier,
  type PasswordHasher,
  password,
  totp,
} from '@sallyport/core';
import { github, oauth } from '@sallyport/core/oauth';
import { type TestBrowser, testBrowser } from './browser.ts';

export const api = 'https://api.example.com';
export const app = 'https://app.example.com';
export const orders = 'https://orders.example.com';
export const goodPassword = 'correct horse battery staple';
export const otherPassword = 'wholly different pass phrase';

/** Drawn for the tests. */
const jwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'zjuxJ_qOZ39QI-O0NIAnWeJrUjlRpb8vRPKvAp1CHao',
  x: 'Sb-sXoOwkpTrguGuT5onvfZdsrSFun9fiVNtm5pVELw',
};

/** Proves nothing and costs nothing: no test here is about hashes. */
const plainHasher: PasswordHasher = {
  hash: async (text) => `$plain$${text}`,
  verify: async (text, encoded) => encoded === `$plain$${text}`,
  needsRehash: () => false,
};

export interface Core {
  readonly auth: Auth<JsonObject>;
  readonly browser: TestBrowser;
  /** Method and path of what was asked, in order. */
  readonly asked: string[];
  /** The url of the first mail, which is sent after the answer: it may be still to come. */
  readonly link: Promise<string>;
  runtime(): Runtime & { wake(): void };
}

/** The real server, without a network between, and with the browser's clock. */
export const core = (): Core => {
  const browser = testBrowser({ origin: app });
  const asked: string[] = [];
  let sent = (_url: string): void => {};
  const link = new Promise<string>((resolve) => {
    sent = resolve;
  });
  const notifier: Notifier = {
    send: async (message) => {
      if ('url' in message && message.url !== null) sent(message.url);
    },
  };
  const auth = createAuth({
    origin: api,
    mode: 'development',
    trustedOrigins: [app],
    secrets: '1:VGhpcyBpcyBhIHRlc3Qgc2VjcmV0IG9mIDMyIGJ5dGVzIQ',
    stores: memoryStores(),
    notifier,
    hasher: plainHasher,
    features: [
      password(),
      totp({ issuer: 'Example' }),
      jwt({ audience: api, keys: [{ kid: 'one', state: 'active', jwk }] }),
      oauth([github({ clientId: 'client', clientSecret: 'secret' })]),
    ],
    registration: 'open',
    clientIp: 'peer',
    clock: { now: browser.clock.now },
  });
  const answer = async (request: Request): Promise<Response> => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    return auth.handle(request, { peer: '198.51.100.7' });
  };
  return {
    auth,
    browser,
    asked,
    link,
    runtime: () => browser.tab({ fetch: browser.to(answer) }),
  };
};
