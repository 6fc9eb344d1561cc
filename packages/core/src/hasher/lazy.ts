import type { PasswordHasher } from '../ports/hasher.ts';
import type { Random } from '../ports/random.ts';
import { once } from '../primitives/on-demand.ts';

/** The portable hasher, loaded by its first hash: a bundle whose application brings a hasher of its own never loads it. */
export const lazyHasher = (random: Random): PasswordHasher => {
  let made: PasswordHasher | null = null;
  const load = once(async () => {
    made = (await import('./portable.ts')).portableHasher({ random });
    return made;
  });
  return {
    hash: async (password) => (await load()).hash(password),
    verify: async (password, encoded) => (await load()).verify(password, encoded),
    // Asked about a string that was just verified, so that the hasher is there.
    needsRehash: (encoded) => made?.needsRehash(encoded) ?? false,
  };
};
