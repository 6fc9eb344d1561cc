import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { hashPassword } from '@better-auth/utils/password';
import { portableHasher } from '@sallyport/core/hashing';
import bcrypt from 'bcryptjs';
import { LegacyScrypt, Scrypt } from 'lucia';
import { describe, expect, it } from 'vitest';
import { legacyHashes, pbkdf2String, scryptString } from '../src/index.ts';
import { countingHasher } from './hasher.ts';
import { password, stored } from './strings.ts';

const log: string[] = [];
const hasher = legacyHashes({ current: countingHasher(log) });

/** Right once, wrong by a character, and to be hashed anew. */
const isRead = async (encoded: string, right = password): Promise<void> => {
  expect(await hasher.verify(right, encoded)).toBe(true);
  expect(await hasher.verify(`${right}.`, encoded)).toBe(false);
  expect(hasher.needsRehash(encoded)).toBe(true);
};

describe('what other systems wrote', () => {
  it.each(Object.entries(stored))('%s', (_, encoded) => isRead(encoded));

  it('PHP: the string of its manual, password_verify()', () =>
    isRead('$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq', 'rasmuslerdorf'));

  it('bcryptjs', async () => isRead(await bcrypt.hash(password, 4)));

  it('better-auth, with what NFKC makes one', async () => {
    const encoded = await hashPassword('ﬁ Ⅷ password');
    await isRead(encoded, 'ﬁ Ⅷ password');
    expect(await hasher.verify('fi VIII password', encoded)).toBe(true);
  });

  it('Lucia 3, and Lucia 1 and 2', async () => {
    await isRead(await new Scrypt().hash(password));
    await isRead(await new LegacyScrypt().hash(password));
  });

  it('passport-local-mongoose: 512 bytes of 25,000 rounds, the salt as text', async () => {
    const salt = '4f'.repeat(32);
    const hash = pbkdf2Sync(password, salt, 25_000, 512, 'sha256').toString('hex');
    await isRead(pbkdf2String({ digest: 'sha256', iterations: 25_000, salt, hash: Buffer.from(hash, 'hex') }));
  });

  it("Passport's tutorial: 32 bytes of 310,000 rounds, the salt as bytes", async () => {
    const salt = Buffer.alloc(16, 7);
    const hash = pbkdf2Sync(password, salt, 310_000, 32, 'sha256');
    await isRead(pbkdf2String({ digest: 'sha256', iterations: 310_000, salt, hash }));
  });

  it('crypto.scrypt with a column each', async () => {
    const hash = scryptSync(password, 'salt', 64);
    await isRead(scryptString({ N: 16_384, r: 8, p: 1, salt: 'salt', hash }));
  });

  it('leaves Argon2, whoever wrote it, to the current hasher', async () => {
    // phc-winner-argon2, src/test.c.
    const encoded = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await legacyHashes({ current: portableHasher() }).verify('password', encoded)).toBe(true);
  });

  it('wants a rehash of all of it, also where the current hasher has no opinion', () => {
    const mild = legacyHashes({ current: { ...countingHasher([]), needsRehash: () => false } });
    for (const encoded of Object.values(stored)) expect([encoded, mild.needsRehash(encoded)]).toEqual([encoded, true]);
    expect(mild.needsRehash('$current$x')).toBe(false);
  });

  it('hashes by the current one alone', async () => {
    expect(await hasher.hash('x')).toBe('$current$x');
    expect(hasher.needsRehash('$current$x')).toBe(false);
  });
});
