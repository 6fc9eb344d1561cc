import type { OAuthClient } from '../../modules/oauth-client/client.ts';
import type { OAuthAccount } from '../../ports/domain.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import type { ProviderGrant } from '../../ports/provider-grant.ts';

interface Needs {
  readonly journal: Journal;
  readonly clientOf: (provider: string) => OAuthClient | null;
}

/** Tells the provider that a grant is over: by the refresh token, since access tokens end with it (RFC 7009 §2.1). Tried once. */
export const endGrant = async (
  { journal, clientOf }: Needs,
  caller: Caller,
  { account, grant }: { readonly account: OAuthAccount; readonly grant: ProviderGrant },
): Promise<void> => {
  const { provider, userId } = account;
  const answer = await clientOf(provider)?.revoke(grant.refreshToken ?? grant.accessToken);
  if (answer === undefined || answer.ok) return;
  const where = answer.reason === 'provider_failed' ? { phase: answer.phase, why: answer.why } : {};
  journal.note(caller, 'oauth.refused', { userId, code: 'provider_failed', data: { provider, ...where } });
};
