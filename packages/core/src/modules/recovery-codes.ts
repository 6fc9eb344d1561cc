import type { Clock } from '../ports/clock.ts';
import type { MfaFactor, MfaStore } from '../ports/domain.ts';
import type { Random } from '../ports/random.ts';
import { digest } from '../primitives/digest.ts';
import { mintRecoveryCode, readRecoveryCode } from '../primitives/recovery-code.ts';
import { mintId } from '../primitives/secret.ts';

/** One set of codes: its record is a factor like another, and counts where the credential record names it. */
export interface CodeSet {
  readonly id: string;
  /** Shown once; the store keeps digests. */
  readonly codes: readonly string[];
}

export interface RecoveryCodes {
  create(userId: string): Promise<CodeSet>;
  /** How many are left, if this call used the code up; `null` = it is none of these, or was used before. */
  use(set: MfaFactor, code: string): Promise<number | null>;
}

interface Needs {
  readonly store: MfaStore;
  readonly clock: Clock;
  readonly random: Random;
}

const count = 10;
/** As many as there are codes: each round that is lost is a code that somebody else has used. */
const tries = count;

/** 128 bits each, for which a plain digest is enough (ASVS 5.0, 6.5.2). */
export const recoveryCodes = ({ store, clock, random }: Needs): RecoveryCodes => ({
  create: async (userId) => {
    const id = mintId(random);
    const codes = Array.from({ length: count }, () => mintRecoveryCode(random));
    const now = clock.now();
    const set: MfaFactor = {
      ...{ id, userId, version: 1, expiresAt: null, type: 'recovery', label: 'Recovery codes', secret: '' },
      codes: codes.map((code) => digestOf(id, readRecoveryCode(code) ?? '')),
      ...{ lastStep: 0, createdAt: now, confirmedAt: now },
    };
    if (!(await store.create(set))) throw new Error('a new id is in use: the random source repeats itself');
    return { id, codes };
  },
  use: async (set, code) => {
    const read = readRecoveryCode(code);
    if (read === null) return null;
    const used = digestOf(set.id, read);
    let current: MfaFactor | null = set;
    for (let attempt = 0; attempt < tries && current?.codes.includes(used); attempt += 1) {
      const codes: readonly string[] = current.codes.filter((one) => one !== used);
      if (await store.replace({ ...current, codes, version: current.version + 1 }, current.version))
        return codes.length;
      current = await store.get(set.id);
    }
    return null;
  },
});

/** The set is part of the digest: a row that is copied to another user opens nothing there. */
const digestOf = (setId: string, code: string): string => digest('recovery_code', `${setId} ${code}`);
