import type { PasswordHasher } from '@sallyport/core/ports';

/** Quick, and counted: `current` of these tests. */
export const countingHasher = (log: string[]): PasswordHasher => ({
  hash: async (password) => {
    log.push('hash');
    return `$current$${password}`;
  },
  verify: async (password, encoded) => {
    log.push('verify');
    return encoded === `$current$${password}`;
  },
  needsRehash: (encoded) => !encoded.startsWith('$current$'),
});
