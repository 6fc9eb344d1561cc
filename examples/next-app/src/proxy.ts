import { web } from './lib/auth';

/** Saves a round trip to people who are not signed in. Every page behind it asks for itself. */
export const proxy = web.proxy({
  publicPaths: ['/', '/verify', '/reset', '/outbox', '/outbox.json', '/api/*'],
  loginPage: '/',
});
