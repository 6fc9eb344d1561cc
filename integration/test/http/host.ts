import { type Auth, type AuthMessage, createAuth, type JsonObject, memoryStores, password } from '@sallyport/core';

export const origin = 'https://app.example.com';
export const partner = 'https://partner.example.org';

/** One application's state, the same behind every transport. */
export interface Host {
  readonly auth: Auth<JsonObject>;
  /** A handler behind a guard has run. */
  ran(): void;
  /** What a test looks at from outside: the mails of somebody, and how often a guarded handler ran. `null` = not for us. */
  inspect(url: string): Response | null;
}

export const makeHost = (): Host => {
  const mails: AuthMessage[] = [];
  let runs = 0;
  const auth = createAuth({
    mode: 'development',
    origin,
    trustedOrigins: [partner],
    secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
    stores: memoryStores(),
    notifier: { send: async (message) => void mails.push(message) },
    // No protection at all, and the same on every runtime.
    hasher: {
      hash: async (text) => `$plain$${text}`,
      verify: async (text, encoded) => encoded === `$plain$${text}`,
      needsRehash: () => false,
    },
    features: [password()],
    // Each story has an address of its own, and so buckets of its own.
    clientIp: { header: 'x-test-address' },
    limits: { login_ip: { burst: 5 } },
  });
  return {
    auth,
    ran: () => {
      runs += 1;
    },
    inspect: (url) => {
      const { pathname, searchParams } = new URL(url);
      if (pathname === '/test/runs') return Response.json(runs);
      if (pathname !== '/test/mails') return null;
      return Response.json(mails.filter(({ to }) => to === searchParams.get('to')));
    },
  };
};
