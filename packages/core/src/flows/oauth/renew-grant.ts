import { type Refusal, refuse } from '../../errors.ts';
import type { Chores } from '../../modules/chores.ts';
import type { KeptTokens } from '../../modules/kept-tokens.ts';
import type { OAuthClient } from '../../modules/oauth-client/client.ts';
import type { OAuthAccount } from '../../ports/domain.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import type { ProviderGrant } from '../../ports/provider-grant.ts';
import { endGrant } from './end-grant.ts';

interface Needs {
  readonly kept: KeptTokens;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly clientOf: (provider: string) => OAuthClient | null;
}

interface Lease {
  readonly leased: OAuthAccount;
  readonly used: ProviderGrant;
  readonly refreshToken: string;
}

/** A provider that is down is worth another try soon; a lease that was taken late, at once. */
const retryMs = 1_000;

/**
 * What the holder of a lease does. Many providers take a refresh token that comes twice for stolen, and end everything
 * (RFC 9700 §4.14.2): it leaves once, and what comes back is written whatever else happened to the record. `changed` = the
 * record is not what it was: look again.
 */
export const renewGrant = async (
  needs: Needs,
  caller: Caller,
  { leased, used, refreshToken }: Lease,
): Promise<{ readonly ok: true; readonly grant: ProviderGrant } | Refusal | 'changed'> => {
  const { kept, chores, journal, clientOf } = needs;
  const { provider, subject, userId } = leased;
  const client = clientOf(provider);
  if (client === null) return refuse('provider_unknown');
  // A store took so long that the answer could come after the lease.
  if (!kept.isInTime(leased)) {
    await kept.release(leased);
    return refuse('busy', { retryAfterMs: retryMs });
  }
  const answer = await client.refresh({ refreshToken, subject, scope: used.scope });
  if (answer.ok) {
    const grant = await kept.renew(leased, used, answer.grant);
    // Whoever removed the record has ended what was in it, and knows nothing of this one. Where the record is somebody else's by
    // now nothing is ended: some providers end every grant of the account at once.
    if (grant === 'gone') chores.run(caller, () => endGrant(needs, caller, { account: leased, grant: answer.grant }));
    if (grant === 'gone' || grant === null)
      return refuse('provider_token_missing', { detail: 'The account was unlinked meanwhile.' });
    journal.note(caller, 'oauth.refreshed', { userId, data: { provider } });
    return { ok: true, grant };
  }
  if (answer.reason === 'grant_ended') {
    const dropped = await kept.drop(leased, used);
    if (dropped === 'nothing') return 'changed';
    const code = 'provider_token_missing';
    journal.note(caller, 'oauth.refused', { userId, code, data: { provider, phase: 'refresh', why: 'grant_ended' } });
    // An access token that a sign-in has brought meanwhile is another grant's.
    if (dropped === 'refresh_token') return 'changed';
    return refuse(code, { detail: 'The provider has ended the grant.' });
  }
  const where = answer.reason === 'provider_failed' ? { phase: answer.phase, why: answer.why } : {};
  journal.note(caller, 'oauth.refused', { userId, code: 'provider_failed', data: { provider, ...where } });
  await kept.release(leased);
  return refuse('provider_failed', { retryAfterMs: retryMs });
};
