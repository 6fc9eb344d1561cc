import { StoreUnavailableError } from '../../errors.ts';
import type { KeptTokens } from '../../modules/kept-tokens.ts';
import type { LinkedAccounts } from '../../modules/linked-accounts.ts';
import type { Identity } from '../../modules/oauth-client/identity.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import type { ProviderGrant } from '../../ports/provider-grant.ts';

interface Needs {
  readonly kept: KeptTokens;
  readonly accounts: LinkedAccounts;
  readonly journal: Journal;
}

export interface Brought {
  readonly userId: string;
  readonly identity: Identity;
  readonly grant: ProviderGrant;
}

/** Never rejects. */
export type KeepGrantFlow = (caller: Caller, brought: Brought) => Promise<void>;

/** Who has been let in is in, though nothing could be written: the next sign-in brings tokens, too. */
export const keepGrant =
  ({ kept, accounts, journal }: Needs): KeepGrantFlow =>
  async (caller, { userId, identity, grant }) => {
    const { provider, issuer, subject } = identity;
    try {
      await kept.keep(accounts.idOf(issuer, subject), userId, grant);
    } catch (error) {
      const code = error instanceof StoreUnavailableError ? 'store_unavailable' : 'internal';
      journal.note(caller, 'store.failed', { userId, code, data: { phase: 'keep_tokens', provider } });
    }
  };
