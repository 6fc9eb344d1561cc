import { randomBytes } from 'node:crypto';
import { AuthConfigError } from '@sallyport/core';
import { freshKeys } from './keys.ts';
import { serve } from './serve.ts';

const { PORT = '3000', API_PORT = '3001', ORDERS_PORT = '3002', ACCESS_SECONDS = '60' } = process.env;
const { AUTH_SECRETS, AUTH_JWT_KEYS } = process.env;

const portIn = (text: string): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new RangeError(`this is no port: ${text}`);
  return Number(text);
};

/** What the person at the terminal can mend is said in a line, without a stack. */
const isTheirs = (error: unknown): error is Error =>
  error instanceof AuthConfigError || error instanceof RangeError || (error instanceof Error && 'code' in error);

try {
  const running = await serve({
    ports: { app: portIn(PORT), api: portIn(API_PORT), orders: portIn(ORDERS_PORT) },
    secrets: AUTH_SECRETS ?? `1:${randomBytes(32).toString('base64url')}`,
    keys: AUTH_JWT_KEYS ?? (await freshKeys()),
    accessTtl: 1_000 * Number(ACCESS_SECONDS),
  });
  // Once: a second Ctrl-C ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void running.close());
  console.log(`the API answers on ${running.origins.api}, the orders on ${running.origins.orders}`);
  console.log(`listening on ${running.origins.app}`);
} catch (error) {
  console.error(isTheirs(error) ? error.message : error);
  process.exitCode = 1;
}
