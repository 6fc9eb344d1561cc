import { type BetterAuthOptions, betterAuth } from 'better-auth';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { getMigrations } from 'better-auth/db/migration';
import { twoFactor } from 'better-auth/plugins';
import type { Pool } from 'pg';
import { inProcess, type Mail, type Target } from '../../../src/index.ts';

export const origin = 'https://app.example.com';

export const hostCookie = '__Host-session';

/** As the guide of Better Auth begins, or with every option that answers a finding. */
export type Setup = 'defaults' | 'options';

export interface Peer {
  /** Creates the tables. */
  migrate(): Promise<void>;
  /** One more process of the application, on the same database. */
  target(): Target;
}

export interface Hashing {
  hash(password: string): Promise<string>;
  verify(data: { readonly hash: string; readonly password: string }): Promise<boolean>;
}

/** Its own, as it comes. */
const scrypt: Hashing = { hash: hashPassword, verify: verifyPassword };

const quick = (password: string): string => `quick:${Buffer.from(password).toString('base64')}`;

/** The same calls at no cost, where a machine has to repeat the run within a minute. */
export const quickHashing: Hashing = {
  hash: async (password) => quick(password),
  verify: async ({ hash, password }) => hash === quick(password),
};

export interface PeerOptions {
  readonly pool: Pool;
  readonly setup: Setup;
  /** What hashes and verifies; the default is its own scrypt. */
  readonly hashing?: Hashing;
  /** Moves the clock of this process. */
  readonly advance: (ms: number) => void;
}

/** What the second setup has beside the first: each option closes, or is meant to close, a finding of the page. */
const hardened = (mail: (to: string, url: string) => Promise<void>): Partial<BetterAuthOptions> => ({
  emailAndPassword: {
    enabled: true,
    requireEmailVerification: true,
    revokeSessionsOnPasswordReset: true,
    minPasswordLength: 15,
    maxPasswordLength: 1_024,
    sendResetPassword: ({ user, url }) => mail(user.email, url),
    onExistingUserSignUp: ({ user }) => mail(user.email, `${origin}/sign-in`),
  },
  session: { freshAge: 600, disableSessionRefresh: true },
  advanced: {
    // Secure by its attribute, so that the name is free for the prefix that no other host can set.
    useSecureCookies: false,
    cookies: { session_token: { name: hostCookie, attributes: { secure: true } } },
    ipAddress: { trustedProxies: ['192.0.2.0/24'] },
  },
});

const optionsOf = (
  { pool, setup, hashing = scrypt }: PeerOptions,
  outbox: Mail[],
  count: () => void,
): BetterAuthOptions => {
  const mail = async (to: string, url: string): Promise<void> => {
    outbox.push({ to, url });
  };
  const extra = setup === 'options' ? hardened(mail) : {};
  return {
    baseURL: origin,
    secret: 'iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
    database: pool,
    logger: { disabled: true },
    telemetry: { enabled: false },
    emailVerification: { sendVerificationEmail: ({ user, url }) => mail(user.email, url) },
    user: { changeEmail: { enabled: true }, deleteUser: { enabled: true } },
    plugins: [twoFactor(setup === 'options' ? { backupCodeOptions: { length: 16 } } : {})],
    ...extra,
    emailAndPassword: {
      enabled: true,
      sendResetPassword: ({ user, url }) => mail(user.email, url),
      ...extra.emailAndPassword,
      // Counted.
      password: {
        hash: (password) => {
          count();
          return hashing.hash(password);
        },
        verify: (data) => {
          count();
          return hashing.verify(data);
        },
      },
    },
  };
};

/** Better Auth on Postgres, behind a proxy that appends the peer's address to `X-Forwarded-For`. */
export const betterAuthPeer = (options: PeerOptions): Peer => ({
  migrate: async () => {
    const { runMigrations } = await getMigrations(optionsOf(options, [], () => {}));
    await runMigrations();
  },
  target: () => {
    let hashes = 0;
    const outbox: Mail[] = [];
    const auth = betterAuth(
      optionsOf(options, outbox, () => {
        hashes += 1;
      }),
    );
    return inProcess({
      origin,
      handle: (request, address) => {
        const before = request.headers.get('x-forwarded-for');
        request.headers.set('x-forwarded-for', before === null ? address : `${before}, ${address}`);
        return auth.handler(request);
      },
      outbox: () => outbox,
      settle: () => new Promise(setImmediate),
      work: () => hashes,
      advance: options.advance,
    });
  },
});
