import type { LinkedAccounts } from '../../modules/linked-accounts.ts';
import type { Account, Subjects } from '../../modules/subjects.ts';

interface Needs {
  readonly accounts: LinkedAccounts;
  readonly subjects: Subjects;
}

/**
 * Whose identity it is. A record that its user's credential does not name is what a link or an unlink left behind when it
 * broke off: it counts for nothing, and goes.
 */
export const holderOf = async ({ accounts, subjects }: Needs, id: string): Promise<Account | null> => {
  const account = await accounts.get(id);
  if (account === null) return null;
  const holder = await subjects.byUser(account.userId);
  if (holder?.credential.accounts.includes(id)) return holder;
  await accounts.remove(id);
  return null;
};
