import type { CredentialRecord, OAuthAccount, OAuthAccountStore } from '../ports/domain.ts';
import { digest } from '../primitives/digest.ts';

/** Who somebody is elsewhere. The record says whose it is; whether it counts is the credential record's word, which names it. */
export interface LinkedAccounts {
  /** Both parts are the provider's, exactly: never an address, never our name for the provider. */
  idOf(issuer: string, subject: string): string;
  get(id: string): Promise<OAuthAccount | null>;
  /** `true` = nobody had that identity but for the leftover, which is as it was read, and this call gave it away. */
  give(account: Omit<OAuthAccount, 'version' | 'expiresAt'>, leftover: OAuthAccount | null): Promise<boolean>;
  /**
   * `true` = the record is that user's, and whoever has read it before can no more take it over. The last write of a link:
   * until its user's credential names it, a record looks like a leftover.
   */
  settle(id: string, userId: string): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  /** Those that count: named, there, and the user's. Read one by one, since a list may lag. */
  of(credential: CredentialRecord): Promise<readonly OAuthAccount[]>;
}

const tries = 5;

export const linkedAccounts = (store: OAuthAccountStore): LinkedAccounts => ({
  idOf: (issuer, subject) => digest('account', `${issuer}\0${subject}`),
  get: (id) => store.get(id),
  give: (account, leftover) => {
    if (leftover === null) return store.create({ ...account, version: 1, expiresAt: null });
    return store.replace({ ...account, version: leftover.version + 1, expiresAt: null }, leftover.version);
  },
  settle: async (id, userId) => {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const account = await store.get(id);
      if (account?.userId !== userId) return false;
      if (await store.replace({ ...account, version: account.version + 1 }, account.version)) return true;
    }
    return false;
  },
  remove: (id) => store.delete(id),
  of: async ({ id: userId, accounts }) => {
    const found = await Promise.all(accounts.map((id) => store.get(id)));
    return found.filter((account) => account !== null).filter((account) => account.userId === userId);
  },
});
