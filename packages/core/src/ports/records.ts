import type { Millis } from './json.ts';

/** What every stored record has, whatever its kind. Stores hold no clock, no randomness, no policy, no secret in clear. */
export interface StoredRecord {
  /** `[A-Za-z0-9_-]{1,64}`; minted or derived by the core. */
  readonly id: string;
  /** Owner; opaque, 1 to 128 characters, whatever `UserStore.create` returned. */
  readonly userId: string | null;
  /** 1 on create, `expectedVersion + 1` on replace. */
  readonly version: number;
  /** Advisory for the store, binding for the core. `null` = for ever. */
  readonly expiresAt: Millis | null;
}

/**
 * Four verbs. Every call is one atomic unit, linearizable per id across processes. An unknown outcome or an unreachable
 * backend rejects with `StoreUnavailableError`: never `null`, `false` or `[]`.
 */
export interface RecordStore<R extends StoredRecord> {
  /** Insert if absent. `true` = this call inserted; `false` = an entry with that id exists already and is untouched. */
  create(record: R): Promise<boolean>;
  /** Strongly consistent read. May return an entry past `expiresAt`; must not hide one before it. */
  get(id: string): Promise<R | null>;
  /** Compare-and-set. `true` = the stored version was `expectedVersion` and is now `record`. Never inserts. */
  replace(record: R, expectedVersion: number): Promise<boolean>;
  /** `true` = this call removed it. Of N concurrent callers exactly one gets `true`: this is "consume once". */
  delete(id: string): Promise<boolean>;
}

export interface OwnedRecordStore<R extends StoredRecord> extends RecordStore<R> {
  /** Every entry of that owner whose create finished a second ago and was not deleted. Order free. May lag by 1 s. */
  listByUser(userId: string): Promise<readonly R[]>;
}

/** One keyed table for any number of record kinds. A new feature is a new kind: no new method, no migration. */
export interface RecordSpace {
  open<R extends StoredRecord>(kind: string): OwnedRecordStore<R>;
  /** Optional: remove entries with `expiresAt < before`, nothing else. Resolves with how many. */
  sweep?(before: Millis): Promise<number>;
}
