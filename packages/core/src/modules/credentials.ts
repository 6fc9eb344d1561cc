import type { Clock } from '../ports/clock.ts';
import type { CredentialRecord, CredentialStore } from '../ports/domain.ts';

export interface Credentials {
  get(userId: string): Promise<CredentialRecord | null>;
  /** `true` = this call gave the user its first credential record; of N callers one gets it. */
  create(userId: string, password: string | null): Promise<boolean>;
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
    create: (userId, password) =>
      writing(userId, () =>
        store.create({
          id: userId,
          userId,
          version: 1,
          expiresAt: null,
          epoch: 1,
          password,
          passwordChangedAt: password === null ? null : clock.now(),
          accounts: [],
          factors: [],
          disabledAt: null,
        }),
      ),
    delete: (userId) => writing(userId, () => store.delete(userId)),
  };
};
