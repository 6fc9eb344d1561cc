import { randomBytes } from 'node:crypto';
import { argon2 } from '@sallyport/argon2';
import { type Auth, type AuthMessage, createAuth, type JsonObject, memoryStores, password } from '@sallyport/core';
import { nextAuth } from '@sallyport/next';

export interface Mail {
  readonly to: string;
  readonly type: AuthMessage['type'];
  readonly url: string | null;
}

interface Demo {
  readonly auth: Auth<JsonObject>;
  readonly mails: Mail[];
}

const makeDemo = (): Demo => {
  const { PORT: port = '3000', AUTH_SECRETS: secrets } = process.env;
  const mails: Mail[] = [];
  const auth = createAuth({
    mode: 'development',
    origin: `http://localhost:${port}`,
    secrets: secrets ?? `1:${randomBytes(32).toString('base64url')}`,
    stores: memoryStores(),
    notifier: {
      send: async (message) => {
        mails.push({ to: message.to, type: message.type, url: 'url' in message ? message.url : null });
      },
    },
    hasher: argon2(),
    features: [password()],
    // Next tells no peer; behind a proxy that sets it: { header: 'x-real-ip' }.
    clientIp: 'none',
    appName: 'Sallyport demo',
    pages: { verifyEmail: '/verify', resetPassword: '/reset' },
  });
  return { auth, mails };
};

/** Next loads a module anew for pages, routes and the proxy: what is in memory is kept in one place for all of them. */
const shared = globalThis as { demo?: Demo };
export const demo = (): Demo => {
  shared.demo ??= makeDemo();
  return shared.demo;
};

export const web = nextAuth(() => demo().auth);
