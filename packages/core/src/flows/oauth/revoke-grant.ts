import type { KeptTokens } from '../../modules/kept-tokens.ts';
import type { OAuthClient } from '../../modules/oauth-client/client.ts';
import type { OAuthAccount } from '../../ports/domain.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import { endGrant } from './end-grant.ts';

interface Needs {
  readonly kept: KeptTokens;
  readonly journal: Journal;
  readonly clientOf: (provider: string) => OAuthClient | null;
}

export type RevokeGrantFlow = (caller: Caller, account: OAuthAccount) => Promise<void>;

/** Ends a grant whose record is gone. What does not open here is not sent anywhere. */
export const revokeGrant =
  (needs: Needs): RevokeGrantFlow =>
  async (caller, account) => {
    const grant = (await needs.kept.open(account))?.grant;
    if (grant !== undefined) await endGrant(needs, caller, { account, grant });
  };
