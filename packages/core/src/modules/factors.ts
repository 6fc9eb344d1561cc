import type { Clock } from '../ports/clock.ts';
import type { CredentialRecord, MfaFactor, MfaStore } from '../ports/domain.ts';
import type { Random } from '../ports/random.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { mintId } from '../primitives/secret.ts';
import { totpSecretBytes, totpStep } from '../primitives/totp.ts';

export interface Proposed {
  readonly factor: MfaFactor;
  /** Shown once, and sealed in the record. */
  readonly secret: Uint8Array;
}

/** Records of second factors. Whether one counts is the credential record's word alone. */
export interface Factors {
  /** A TOTP factor that counts for nothing until a code has proved it; after ten minutes it cannot be proved any more. */
  propose(userId: string, label: string): Promise<Proposed>;
  /** The user's own, proposed a short while ago and named by nobody. */
  proposed(credential: CredentialRecord, id: string): Promise<MfaFactor | null>;
  /** How many of those there are. May lag by a second. */
  countProposed(credential: CredentialRecord): Promise<number>;
  /** Those that the credential record names, oldest first. */
  named(credential: CredentialRecord): Promise<readonly MfaFactor[]>;
  /**
   * `true` = the code is right, and this call is the one that may use it: its step is claimed by compare-and-set, so that
   * neither it nor an earlier one is right again, whoever asks (RFC 6238 §5.2). Claiming proves a proposed factor.
   */
  claim(factor: MfaFactor, code: string): Promise<boolean>;
  rename(factor: MfaFactor, label: string): Promise<boolean>;
  /** Housekeeping: what a crash left that nobody names and nobody can prove any more. */
  tidy(credential: CredentialRecord): Promise<void>;
}

interface Needs {
  readonly store: MfaStore;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of a secret that no key opens: one was taken out of the configuration too early. */
  readonly unreadable: () => void;
}

/** ASVS 5.0, 6.5.5, for what is asked of a person at once. */
const proposedMs = 600_000;
const tries = 5;

export const factors = ({ store, box, clock, random, unreadable }: Needs): Factors => {
  const isProposed = (factor: MfaFactor, { id: userId, factors: named }: CredentialRecord): boolean =>
    factor.userId === userId &&
    factor.type === 'totp' &&
    !named.includes(factor.id) &&
    clock.now() < factor.createdAt + proposedMs;

  /** The secret, sealed again where its key is no longer the active one. */
  const unseal = async (factor: MfaFactor): Promise<{ readonly plain: Uint8Array; readonly sealed: string } | null> => {
    const opened = await box.open(factor.secret, bindingOf(factor));
    if (opened === null) unreadable();
    if (opened === null || !opened.stale) return opened === null ? null : { ...opened, sealed: factor.secret };
    return { ...opened, sealed: await box.seal(Uint8Array.from(opened.plain), bindingOf(factor)) };
  };

  /** Compare-and-set of what `change` makes of the record, tried again on a fresh read; `null` from `change` = leave it. */
  const update = async (
    factor: MfaFactor,
    change: (factor: MfaFactor) => Promise<Partial<MfaFactor> | null>,
  ): Promise<boolean> => {
    let current: MfaFactor | null = factor;
    for (let attempt = 0; attempt < tries && current !== null; attempt += 1) {
      const changes: Partial<MfaFactor> | null = await change(current);
      if (changes === null) return false;
      const next: MfaFactor = { ...current, ...changes, version: current.version + 1 };
      if (await store.replace(next, current.version)) return true;
      current = await store.get(factor.id);
    }
    return false;
  };

  return {
    propose: async (userId, label) => {
      const now = clock.now();
      const secret = random.bytes(totpSecretBytes);
      const id = mintId(random);
      const factor: MfaFactor = {
        ...{ id, userId, version: 1, expiresAt: now + proposedMs, type: 'totp', label },
        secret: await box.seal(secret, bindingOf({ id, userId })),
        ...{ codes: [], lastStep: 0, createdAt: now, confirmedAt: null },
      };
      if (!(await store.create(factor))) throw new Error('a new id is in use: the random source repeats itself');
      return { factor, secret };
    },
    proposed: async (credential, id) => {
      const factor = await store.get(id);
      return factor !== null && isProposed(factor, credential) ? factor : null;
    },
    countProposed: async (credential) =>
      (await store.listByUser(credential.id)).filter((factor) => isProposed(factor, credential)).length,
    named: async ({ id: userId, factors: ids }) => {
      const records = await Promise.all(ids.map((id) => store.get(id)));
      return records
        .filter((record) => record !== null)
        .filter((record) => record.userId === userId && record.confirmedAt !== null)
        .toSorted((a, b) => a.createdAt - b.createdAt);
    },
    claim: (factor, code) =>
      update(factor, async (current) => {
        const secret = await unseal(current);
        const now = clock.now();
        const step = secret === null ? null : totpStep(secret.plain, { code, now, after: current.lastStep });
        if (secret === null || step === null) return null;
        const confirmedAt = current.confirmedAt ?? now;
        return { secret: secret.sealed, lastStep: step, confirmedAt, expiresAt: null };
      }),
    rename: (factor, label) => update(factor, async () => ({ label })),
    tidy: async ({ id: userId, factors: named }) => {
      const stale = clock.now() - 2 * proposedMs;
      for (const { id, createdAt } of await store.listByUser(userId)) {
        if (!named.includes(id) && createdAt < stale) await store.delete(id);
      }
    },
  };
};

/** A secret opens in the record that it was sealed for, and in no other. Length-prefixed, so that no two records spell alike. */
const bindingOf = ({ id, userId }: Pick<MfaFactor, 'id' | 'userId'>): string =>
  ['mfa_factor', userId, id].map((part) => `${part.length}:${part}`).join('');
