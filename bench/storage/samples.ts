import { randomBytes } from 'node:crypto';
import type { CredentialRecord, OneTimeToken, SessionRecord, UserRecord } from '@sallyport/core/ports';

const day = 86_400_000;
const agent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

export const secretId = (): string => randomBytes(32).toString('base64url');
export const userIdOf = (n: number): string => `usr_${String(n).padStart(22, '0')}`;

/** As the core makes them: of a browser of today, with an address and no data of the application. */
export const sessionOf = (id: string, userId: string): SessionRecord => {
  const now = Date.now();
  return {
    id,
    userId,
    version: 1,
    expiresAt: now + 7 * day,
    epoch: now - day,
    createdAt: now,
    lastSeenAt: now,
    authenticatedAt: now,
    absoluteExpiresAt: now + 30 * day,
    aal: 1,
    amr: ['pwd'],
    client: { ip: '203.0.113.77', agent },
    data: {},
  };
};

export const credentialOf = (userId: string): CredentialRecord => ({
  id: userId,
  userId,
  version: 1,
  expiresAt: null,
  epoch: Date.now() - day,
  password: '$argon2id$v=19$m=19456,t=2,p=1$Zm9vYmFyYmF6cXV4MTIzNA$J1mGxUm0SpQYlGwVbCcL0b9Xh6T1kq0dG0yqk0lZ5bY',
  passwordChangedAt: Date.now() - day,
  accounts: [],
  factors: [],
  disabledAt: null,
});

export const userOf = (userId: string): UserRecord => ({
  id: userId,
  version: 1,
  loginKey: `${userId}@example.com`,
  email: `${userId}@example.com`,
  emailVerifiedAt: Date.now() - day,
  createdAt: Date.now() - day,
  profile: { name: 'Ada Lovelace' },
});

export const oneTimeOf = (id: string): OneTimeToken => ({
  id,
  userId: null,
  version: 1,
  expiresAt: Date.now() + 600_000,
  purpose: 'oauth_state',
  epoch: null,
  data: { returnTo: '/settings', verifier: 'Jt2WZ1vYkq8x3mB0n5rT7uLcQeFgHsDdPaKiOyXw4NM' },
});

/** A policy that never refuses. */
export const takeOf = (): { now: number; incrementMs: number; ceilingMs: number } => ({
  now: Date.now(),
  incrementMs: 1,
  ceilingMs: 86_400_000,
});

/** A place below `count`; the same ones in every run. */
export const places = (seed: number): ((count: number) => number) => {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
};
