import type { KeptTokens } from '../../modules/kept-tokens.ts';
import type { OAuthClient } from '../../modules/oauth-client/client.ts';
import type { OAuthAccount } from '../../ports/domain.ts';
import type { Caller, Journal } from '../../ports/journal.ts';

interface Needs {
  readonly kept: KeptTokens;
  readonly journal: Journal;
  readonly clientOf: (provider: string) => OAuthClient | null;
}

export type RevokeGrantFlow = (caller: Caller, account: OAuthAccount) => Promise<void>;

/** Ends a grant whose record is gone: the refresh token, since access tokens end with it (RFC 7009 §2.1). Tried once. */
export const revokeGrant =
  ({ kept, journal, clientOf }: Needs): RevokeGrantFlow =>
  async (caller, account) => {
    const { provider, userId } = account;
    const client = clientOf(provider);
    if (client === null) return;
    const grant = (await kept.open(account))?.grant;
    if (grant === undefined) return;
    const answer = await client.revoke(grant.refreshToken ?? grant.accessToken);
    if (answer.ok) return;
    const where = answer.reason === 'provider_failed' ? { phase: answer.phase, why: answer.why } : {};
    journal.note(caller, 'oauth.refused', { userId, code: 'provider_failed', data: { provider, ...where } });
  };
