import type { UserRecord, UserStore } from '@sallyport/core/ports';
import { type Draft, must } from '../cases.ts';
import { mustEqual } from '../equal.ts';
import type { Setting } from '../options.ts';
import { freshWord } from '../race.ts';

export type UserDraft = Draft<UserStore, UserTrial>;

export interface UserTrial extends Setting<UserStore> {
  /** A login key, or the proposal of an id, that nobody has. */
  readonly fresh: () => string;
}

export const beginUsers = (setting: Setting<UserStore>): UserTrial => {
  const word = freshWord();
  let made = 0;
  return {
    ...setting,
    fresh: () => {
      made += 1;
      return `${word}-${made}@contract.example`;
    },
  };
};

/** A user as the core proposes one: the id is fresh, and the store may give another. */
export const user = (loginKey: string, more: Partial<UserRecord> = {}): UserRecord => ({
  id: freshWord(),
  version: 1,
  loginKey,
  email: loginKey,
  emailVerifiedAt: null,
  createdAt: 1_700_000_000_123,
  profile: {},
  ...more,
});

/** Creates a user that must be new, and gives what is stored. */
export const registered = async (
  store: UserStore,
  loginKey: string,
  more: Partial<UserRecord> = {},
): Promise<UserRecord> => {
  const given = user(loginKey, more);
  const stored = await store.create(given);
  must(stored !== null, 'create with a login key that nobody has was answered null');
  const { id = '' } = stored ?? {};
  must(
    typeof id === 'string' && id.length >= 1 && id.length <= 128,
    `the id ${JSON.stringify(id)} is no text of 1 to 128 characters`,
  );
  mustEqual(stored, { ...given, id }, 'what create resolved with');
  return { ...given, id };
};

/** Whom both clients find by the key: nobody (`null`), or exactly this. */
export const mustFind = async (
  { clients }: Pick<UserTrial, 'clients'>,
  loginKey: string,
  wanted: UserRecord | null,
  when: string,
): Promise<void> => {
  for (const store of clients) mustEqual(await store.findByLoginKey(loginKey), wanted, `findByLoginKey ${when}`);
};

/** What both clients get by the id. */
export const mustGet = async (
  { clients }: Pick<UserTrial, 'clients'>,
  id: string,
  wanted: UserRecord | null,
  when: string,
): Promise<void> => {
  for (const store of clients) mustEqual(await store.get(id), wanted, `get ${when}`);
};
