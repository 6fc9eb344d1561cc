import { createAuth, memoryStores, password } from '@sallyport/core';
import type { CredentialRecord, Stores } from '@sallyport/core/ports';
import bcrypt from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { legacyHashes } from '../src/index.ts';
import { countingHasher } from './hasher.ts';

const origin = 'http://localhost:3000';
const email = 'moved@example.com';
const secret = 'correct horse battery staple';

const world = async () => {
  const stores: Stores = memoryStores();
  const log: string[] = [];
  const auth = createAuth({
    mode: 'development',
    origin,
    secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
    stores,
    notifier: { send: async () => {} },
    hasher: legacyHashes({ current: countingHasher(log) }),
    features: [password()],
  });
  const credentials = stores.durable.open<CredentialRecord>('credential');
  const user = { id: 'old_1', version: 1, loginKey: email, email, emailVerifiedAt: 1, createdAt: 1, profile: {} };
  await stores.users.create(user);
  await credentials.create({
    ...{ id: user.id, userId: user.id, version: 1, expiresAt: null, epoch: 1, password: await bcrypt.hash(secret, 4) },
    ...{ passwordChangedAt: 1, accounts: [], factors: [], disabledAt: null },
  });
  return {
    log,
    stored: async () => (await credentials.get(user.id))?.password ?? '',
    login: async (typed: string): Promise<number> => {
      const headers = { 'content-type': 'application/json', origin };
      const body = JSON.stringify({ email, password: typed });
      const { status } = await auth.handle(new Request(`${origin}/auth/login`, { method: 'POST', headers, body }));
      await auth.drain();
      return status;
    },
  };
};

describe('a login with a password that was moved', () => {
  it('signs in and hashes once anew; the next one uses the new hash', async () => {
    const { login, stored, log } = await world();
    expect(await login(secret)).toBe(200);
    expect(await stored()).toBe(`$current$${secret}`);
    log.length = 0;
    expect(await login(secret)).toBe(200);
    expect(log).toEqual(['verify']);
    expect(await login('wrong password of somebody')).toBe(401);
  });

  it('leaves the old hash where the password was wrong', async () => {
    const { login, stored } = await world();
    const before = await stored();
    expect(await login('wrong password of somebody')).toBe(401);
    expect(await stored()).toBe(before);
  });
});
