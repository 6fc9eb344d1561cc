import { randomBytes } from 'node:crypto';
import { argon2 } from '@sallyport/argon2';
import { type Auth, createAuth, type JsonObject, password } from '@sallyport/core';
import { type Outbox, outbox } from '@sallyport/example-express/outbox';
import { openStores } from '@sallyport/example-express/stores';

export interface Demo {
  readonly auth: Auth<JsonObject>;
  readonly outbox: Outbox;
}

/** Next loads a module anew for pages, routes and the proxy: what is in memory is kept in one place for all of them. */
const shared = globalThis as { demo?: Demo };

export const demo = (): Demo => {
  if (shared.demo === undefined)
    throw new Error('the demo is made by src/instrumentation.ts, before the first request');
  return shared.demo;
};

/** What expires in a database without lifetimes of its own is removed once an hour. */
const housekeepingMs = 3_600_000;

/** What the person at the terminal can mend, as a database that is not there, is said in a line, without a stack. */
export const startDemo = async (): Promise<void> => {
  try {
    shared.demo = await makeDemo();
  } catch (error) {
    console.error(error instanceof RangeError ? error.message : error);
    process.exit(1);
  }
};

const makeDemo = async (): Promise<Demo> => {
  const { PORT: port = '3000', AUTH_SECRETS: given, DATABASE_URL: postgres, REDIS_URL: redis } = process.env;
  const { stores, where } = await openStores({ postgres, redis });
  const mails = outbox({ now: Date.now });
  const auth = createAuth({
    mode: 'development',
    origin: `http://localhost:${port}`,
    secrets: given ?? `1:${randomBytes(32).toString('base64url')}`,
    stores,
    notifier: mails,
    hasher: argon2(),
    features: [password()],
    // Next tells no peer; behind a proxy that sets it: { header: 'x-real-ip' }.
    clientIp: 'none',
    appName: 'Sallyport demo',
    pages: { verifyEmail: '/verify', resetPassword: '/reset' },
  });
  setInterval(() => void auth.sweep().catch(() => {}), housekeepingMs).unref();
  console.log(`accounts and sessions are in ${where}`);
  return { auth, outbox: mails };
};
