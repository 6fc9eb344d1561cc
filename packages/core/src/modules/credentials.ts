import type { Clock } from '../ports/clock.ts';
import type { CredentialRecord, CredentialStore } from '../ports/domain.ts';

export interface Credentials {
  get(userId: string): Promise<CredentialRecord | null>;
  /** The user's first credential record, if this call made it: of N callers one gets it, the others `null`. */
  create(userId: string, password: string | null, accounts?: readonly string[]): Promise<CredentialRecord | null>;
  /** One compare-and-set on the record that was read. `null` = somebody else wrote first: read again, check again. */
  replace(record: CredentialRecord, changes: Partial<CredentialRecord>): Promise<CredentialRecord | null>;
  /** The same, tried again on a fresh read while others write; resolves with what is stored now. `null` from `change` = leave it. */
  update(
    userId: string,
    change: (record: CredentialRecord) => Partial<CredentialRecord> | null,
  ): Promise<CredentialRecord | 'left' | 'missing' | 'conflict'>;
  delete(userId: string): Promise<boolean>;
}

interface Needs {
  readonly store: CredentialStore;
  /** Told after every write of this process, whatever its outcome, so that no cache outlives one. */
  readonly changed: (userId: string) => void;
  readonly clock: Clock;
}

const tries = 3;

export const credentials = ({ store, changed, clock }: Needs): Credentials => {
  const writing = async <T>(userId: string, write: () => Promise<T>): Promise<T> => {
    try {
      return await write();
    } finally {
      changed(userId);
    }
  };
  const replace: Credentials['replace'] = async (record, changes) => {
    const next = { ...record, ...changes, id: record.id, version: record.version + 1 };
    return (await writing(record.id, () => store.replace(next, record.version))) ? next : null;
  };
  return {
    get: (userId) => store.get(userId),
    replace,
    update: async (userId, change) => {
      for (let attempt = 0; attempt < tries; attempt += 1) {
        const record = await store.get(userId);
        if (record === null) return 'missing';
        const changes = change(record);
        if (changes === null) return 'left';
        const replaced = await replace(record, changes);
        if (replaced !== null) return replaced;
      }
      return 'conflict';
    },
    create: async (userId, password, accounts = []) => {
      const now = clock.now();
      const record: CredentialRecord = {
        id: userId,
        userId,
        version: 1,
        expiresAt: null,
        // Not 1: a store that gives a deleted user's id to the next one must not give away its sessions as well.
        epoch: now,
        password,
        passwordChangedAt: password === null ? null : now,
        accounts,
        factors: [],
        disabledAt: null,
      };
      return (await writing(userId, () => store.create(record))) ? record : null;
    },
    delete: (userId) => writing(userId, () => store.delete(userId)),
  };
};
