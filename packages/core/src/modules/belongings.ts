import type { CredentialRecord, MfaStore, OAuthAccountStore } from '../ports/domain.ts';

/** What a credential record names besides the password. */
export type Named = Pick<CredentialRecord, 'accounts' | 'factors'>;

/** The records of linked accounts and second factors. Whether one counts is the credential record's word alone. */
export interface Belongings {
  /** Those of the named that are still there, and the user's. */
  existing(userId: string, named: Named): Promise<Named>;
  /** Housekeeping: what no credential record names any more. */
  remove(named: Named): Promise<void>;
}

interface Needs {
  readonly accounts: Pick<OAuthAccountStore, 'get' | 'delete'>;
  readonly factors: Pick<MfaStore, 'get' | 'delete'>;
}

export const belongings = ({ accounts, factors }: Needs): Belongings => ({
  existing: async (userId, named) => {
    const kept = async (store: Needs['accounts'] | Needs['factors'], ids: readonly string[]) => {
      const records = await Promise.all(ids.map((id) => store.get(id)));
      return records.flatMap((record) => (record?.userId === userId ? [record.id] : []));
    };
    return { accounts: await kept(accounts, named.accounts), factors: await kept(factors, named.factors) };
  },
  remove: async (named) => {
    for (const id of named.accounts) await accounts.delete(id);
    for (const id of named.factors) await factors.delete(id);
  },
});
