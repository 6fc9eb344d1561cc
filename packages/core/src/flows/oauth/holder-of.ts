import type { LinkedAccounts } from '../../modules/linked-accounts.ts';
import type { Account, Subjects } from '../../modules/subjects.ts';
import type { OAuthAccount } from '../../ports/domain.ts';

interface Needs {
  readonly accounts: LinkedAccounts;
  readonly subjects: Subjects;
}

export interface Held {
  readonly holder: Account | null;
  /**
   * A record that its user's credential does not name: of a link or an unlink that broke off, or of a link that is under way.
   * It counts for nothing, and may be taken over as it was read, never deleted: by then it may be somebody's.
   */
  readonly leftover: OAuthAccount | null;
}

/** Whose identity it is. */
export const holderOf = async ({ accounts, subjects }: Needs, id: string): Promise<Held> => {
  const account = await accounts.get(id);
  if (account === null) return { holder: null, leftover: null };
  const holder = await subjects.byUser(account.userId);
  return holder?.credential.accounts.includes(id) ? { holder, leftover: null } : { holder: null, leftover: account };
};
