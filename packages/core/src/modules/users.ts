import type { Clock } from '../ports/clock.ts';
import type { JsonObject } from '../ports/json.ts';
import type { Random } from '../ports/random.ts';
import type { UserRecord, UserStore } from '../ports/users.ts';
import type { Address } from '../primitives/address.ts';
import { mintId } from '../primitives/secret.ts';

/** A login that is no address to be confirmed: proved elsewhere, or none at all. */
export type Login = Pick<UserRecord, 'loginKey' | 'email' | 'emailVerifiedAt'>;

export interface Users {
  get(id: string): Promise<UserRecord | null>;
  find(loginKey: string): Promise<UserRecord | null>;
  /** `null` = the login is taken. */
  create(login: Address | Login, profile: JsonObject): Promise<UserRecord | null>;
  /** Compare-and-set of what `change` makes of the record, tried again on a fresh read while others write; `null` from `change` = leave it. */
  update(
    id: string,
    change: (user: UserRecord) => Partial<UserRecord> | null,
  ): Promise<'replaced' | 'left' | 'taken' | 'conflict'>;
  /** One compare-and-set on the record that was read, not tried again. */
  replace(user: UserRecord, changes: Partial<UserRecord>): Promise<'replaced' | 'stale' | 'taken'>;
  delete(id: string): Promise<boolean>;
}

interface Needs {
  readonly store: UserStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Told before and after every write of this process, so that no cache outlives one. */
  readonly changed: (userId: string) => void;
}

const tries = 3;

export const users = ({ store, clock, random, changed }: Needs): Users => {
  const writing = async <T>(userId: string, write: () => Promise<T>): Promise<T> => {
    try {
      return await write();
    } finally {
      changed(userId);
    }
  };
  const replace: Users['replace'] = (user, changes) => {
    const next = { ...user, ...changes, id: user.id, version: user.version + 1 };
    return writing(user.id, () => store.replace(next, user.version));
  };
  return {
    get: (id) => store.get(id),
    find: (loginKey) => store.findByLoginKey(loginKey),
    create: (login, profile) =>
      store.create({
        id: `usr_${mintId(random)}`,
        version: 1,
        loginKey: login.loginKey,
        email: login.email,
        emailVerifiedAt: 'emailVerifiedAt' in login ? login.emailVerifiedAt : null,
        createdAt: clock.now(),
        profile,
      }),
    update: async (id, change) => {
      for (let attempt = 0; attempt < tries; attempt += 1) {
        const user = await store.get(id);
        const changes = user === null ? null : change(user);
        if (user === null || changes === null) return 'left';
        const outcome = await replace(user, changes);
        if (outcome !== 'stale') return outcome;
      }
      return 'conflict';
    },
    replace,
    delete: (id) => writing(id, () => store.delete(id)),
  };
};
