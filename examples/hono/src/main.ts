import { randomBytes } from 'node:crypto';
import { getRequestListener } from '@hono/node-server';
import { type Running, serve } from '@sallyport/example-express/serve';
import { openStores } from '@sallyport/example-express/stores';
import { demoApp } from './app.ts';

const { PORT: port = '3000', AUTH_SECRETS: given, DATABASE_URL: postgres, REDIS_URL: redis } = process.env;

/** What expires in a database without lifetimes of its own is removed once an hour. */
const housekeepingMs = 3_600_000;

const start = async (): Promise<Running> => {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new RangeError(`PORT is no port: ${port}`);
  const { stores, where, close } = await openStores({ postgres, redis });
  try {
    const running = await serve({
      port: Number(port),
      secrets: given ?? `1:${randomBytes(32).toString('base64url')}`,
      stores,
      listenerOf: ({ auth, outbox }) => getRequestListener(demoApp(auth, outbox).fetch),
    });
    console.log(`accounts and sessions are in ${where}`);
    const housekeeping = setInterval(() => void running.auth.sweep().catch(() => {}), housekeepingMs);
    return {
      ...running,
      close: async () => {
        clearInterval(housekeeping);
        await running.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

try {
  const running = await start();
  // Once: a second Ctrl-C ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void running.close());
  console.log(`listening on ${running.origin}`);
} catch (error) {
  console.error(error instanceof RangeError ? error.message : error);
  process.exitCode = 1;
}
