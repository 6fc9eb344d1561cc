import type { PasswordHasher } from '../ports/hasher.ts';
import type { Random } from '../ports/random.ts';
import { argon2Default, isWeakerArgon2 } from '../primitives/argon2-params.ts';
import { parsePhc } from '../primitives/phc.ts';

/** The portable hasher, loaded by its first hash: a bundle whose application brings a hasher of its own never loads it. */
export const lazyHasher = (random: Random): PasswordHasher => {
  let loading: Promise<PasswordHasher> | null = null;
  const load = (): Promise<PasswordHasher> => {
    loading ??= import('./portable.ts').then(({ portableHasher }) => portableHasher({ random }));
    return loading;
  };
  return {
    hash: async (password) => (await load()).hash(password),
    verify: async (password, encoded) => (await load()).verify(password, encoded),
    needsRehash: (encoded) => isWeakerArgon2(parsePhc(encoded), argon2Default),
  };
};
