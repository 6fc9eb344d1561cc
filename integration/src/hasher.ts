import { createHash, timingSafeEqual } from 'node:crypto';
import type { PasswordHasher } from '@sallyport/core/ports';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** No protection at all, and quick: these tests are about what happens around it. */
export const quickHasher: PasswordHasher = {
  hash: async (text) => `$quick$${digest(text).toString('base64url')}`,
  verify: async (text, encoded) => {
    const stored = Buffer.from(encoded.replace('$quick$', ''), 'base64url');
    return stored.length === 32 && timingSafeEqual(stored, digest(text));
  },
  needsRehash: () => false,
};
