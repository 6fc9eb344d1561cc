import type { JsonObject, Millis } from './json.ts';

export interface UserRecord {
  readonly id: string;
  /** 1 on create, `expectedVersion + 1` on replace. */
  readonly version: number;
  /** Canonical and unique; the core builds it (trim, NFC, lower case, ASCII domain), a store compares its bytes. */
  readonly loginKey: string;
  /** As typed; where mail goes. */
  readonly email: string | null;
  readonly emailVerifiedAt: Millis | null;
  readonly createdAt: Millis;
  /** The application's own fields; typed once, in `createAuth`, by its schema. */
  readonly profile: JsonObject;
}

/** Every call is one atomic unit; failures as in `RecordStore`. */
export interface UserStore {
  /**
   * Insert if `loginKey` is free. Resolves with the stored user (the store may have chosen another id, which is then the
   * user's), or `null` = taken. An id is never given out twice, not even after `delete`.
   */
  create(user: UserRecord): Promise<UserRecord | null>;
  /** Strongly consistent. */
  get(id: string): Promise<UserRecord | null>;
  /** Strongly consistent; compares bytes. */
  findByLoginKey(loginKey: string): Promise<UserRecord | null>;
  /** Compare-and-set on `version`; a changed `loginKey` frees the old one in the same atomic step. Never inserts. */
  replace(user: UserRecord, expectedVersion: number): Promise<'replaced' | 'stale' | 'taken'>;
  /** `true` = this call removed it; afterwards its `loginKey` is free. */
  delete(id: string): Promise<boolean>;
}
