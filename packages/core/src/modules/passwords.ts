import { type PasswordFlaw, type Refusal, refuse } from '../errors.ts';
import type { BreachCheck } from '../ports/breach.ts';
import type { PasswordHasher } from '../ports/hasher.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { Random } from '../ports/random.ts';
import { normalisePassword } from '../primitives/password-form.ts';
import { mintSecret } from '../primitives/secret.ts';

export interface Passwords {
  /** Exactly one verification, whatever is stored: without a password it is that of a decoy, which nothing matches. */
  check(password: string, encoded: string | null): Promise<boolean>;
  /** Whether a password that was just right should be hashed again with today's parameters. */
  isOutdated(encoded: string): boolean;
  hash(password: string): Promise<string>;
  /** `weak_password` by our own rules; `null` = none. */
  weakness(password: string, loginKey: string | null): Promise<Refusal | null>;
  /** `weak_password` by the breach service; a service that does not answer allows the password and leaves an event. */
  exposure(caller: Caller, password: string): Promise<Refusal | null>;
}

interface Needs {
  readonly hasher: PasswordHasher;
  readonly random: Random;
  readonly minLength: number;
  readonly appName: string | null;
  readonly breach: BreachCheck | null;
  readonly journal: Journal;
  /** Loads the rules and the list of common passwords, once; a process that sets no password never does. */
  readonly loadRules: () => Promise<Rules>;
}

/** What is wrong with a new password, in public words. */
export type Rules = (
  password: string,
  context: { readonly minLength: number; readonly loginKey: string | null; readonly appName: string | null },
) => readonly PasswordFlaw[];

export const passwords = ({ hasher, random, minLength, appName, breach, journal, loadRules }: Needs): Passwords => {
  let decoy: Promise<string> | null = null;
  /**
   * Made by the hasher itself, so that it costs what a real one costs today. Made at the first check of the process for
   * whomever it is: making it only for unknown names would tell them apart.
   */
  const getDecoy = (): Promise<string> => {
    decoy ??= hasher.hash(mintSecret(random)).catch((error) => {
      decoy = null;
      throw error;
    });
    return decoy;
  };
  return {
    check: async (password, encoded) => {
      const standIn = await getDecoy();
      const right = await hasher.verify(normalisePassword(password), encoded ?? standIn);
      return right && encoded !== null;
    },
    isOutdated: (encoded) => hasher.needsRehash(encoded),
    hash: (password) => hasher.hash(normalisePassword(password)),
    weakness: async (password, loginKey) => {
      const reasons = (await loadRules())(password, { minLength, loginKey, appName });
      return reasons.length === 0 ? null : refuse('weak_password', { reasons, minLength });
    },
    exposure: async (caller, password) => {
      const known = breach === null ? false : await breach.isBreached(normalisePassword(password));
      if (known === null) journal.note(caller, 'config.notice', { code: 'breach_check_unavailable' });
      return known === true ? refuse('weak_password', { reasons: ['breached'], minLength }) : null;
    },
  };
};
