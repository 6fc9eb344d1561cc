import { randomBytes } from 'node:crypto';
import { AuthConfigError, consoleEvents } from '@sallyport/core';
import { openMail } from './mail.ts';
import { type Running, serve } from './serve.ts';
import { openStores } from './stores.ts';

const {
  PORT: port = '3000',
  AUTH_SECRETS: given,
  AUTH_JWT_KEYS: jwtKeys,
  DEMO_EVENTS: events,
  DATABASE_URL: postgres,
  REDIS_URL: redis,
} = process.env;
const {
  SMTP_URL: smtpUrl,
  MAIL_FROM: from,
  GOOGLE_CLIENT_ID: clientId,
  GOOGLE_CLIENT_SECRET: clientSecret,
} = process.env;

/** What expires in a database without lifetimes of its own is removed once an hour. */
const housekeepingMs = 3_600_000;

const start = async (): Promise<Running> => {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new RangeError(`PORT is no port: ${port}`);
  if (given === undefined)
    console.log('AUTH_SECRETS is not set: random ones are used, and sessions end with this process');
  const secrets = given ?? `1:${randomBytes(32).toString('base64url')}`;
  const mail = await openMail({ smtpUrl, from });
  const { stores, where, close } = await openStores({ postgres, redis }).catch(async (error: unknown) => {
    await mail.close();
    throw error;
  });
  try {
    const running = await serve({
      port: Number(port),
      secrets,
      jwtKeys,
      stores,
      mail: mail.notifier,
      google: clientId && clientSecret ? { clientId, clientSecret } : null,
      ...(events === '1' ? { events: consoleEvents() } : {}),
    });
    console.log(`accounts and sessions are in ${where}`);
    console.log(`mails go ${mail.where}`);
    const housekeeping = setInterval(() => void running.auth.sweep().catch(() => {}), housekeepingMs);
    return {
      ...running,
      close: async () => {
        clearInterval(housekeeping);
        await running.close();
        await mail.close();
        await close();
      },
    };
  } catch (error) {
    await mail.close();
    await close();
    throw error;
  }
};

/** What the person at the terminal can mend is said in a line, without a stack. */
const isTheirs = (error: unknown): error is Error =>
  error instanceof AuthConfigError || error instanceof RangeError || (error instanceof Error && 'code' in error);

try {
  const running = await start();
  // Once: a second Ctrl-C ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void running.close());
  console.log(`listening on ${running.origin}`);
} catch (error) {
  console.error(isTheirs(error) ? error.message : error);
  process.exitCode = 1;
}
