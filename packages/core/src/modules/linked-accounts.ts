import type { CredentialRecord, OAuthAccount, OAuthAccountStore } from '../ports/domain.ts';
import { digest } from '../primitives/digest.ts';

/** Who somebody is elsewhere. The record says whose it is; whether it counts is the credential record's word, which names it. */
export interface LinkedAccounts {
  /** Both parts are the provider's, exactly: never an address, never our name for the provider. */
  idOf(issuer: string, subject: string): string;
  get(id: string): Promise<OAuthAccount | null>;
  /** `true` = nobody had that identity, and this call gave it away. */
  create(account: Omit<OAuthAccount, 'version' | 'expiresAt'>): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  /** Those that count: named, there, and the user's. Read one by one, since a list may lag. */
  of(credential: CredentialRecord): Promise<readonly OAuthAccount[]>;
}

export const linkedAccounts = (store: OAuthAccountStore): LinkedAccounts => ({
  idOf: (issuer, subject) => digest('account', `${issuer}\0${subject}`),
  get: (id) => store.get(id),
  create: (account) => store.create({ ...account, version: 1, expiresAt: null }),
  remove: (id) => store.delete(id),
  of: async ({ id: userId, accounts }) => {
    const found = await Promise.all(accounts.map((id) => store.get(id)));
    return found.filter((account) => account !== null).filter((account) => account.userId === userId);
  },
});
