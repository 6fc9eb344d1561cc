import type { Clock } from '../../ports/clock.ts';
import type { OAuthProvider } from '../../ports/oauth-provider.ts';
import type { ProviderGrant } from '../../ports/provider-grant.ts';
import {
  getValidatedIdTokenClaims,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
} from '../../vendor/oauth4webapi.ts';
import { during, ProviderFault } from './fault.ts';
import { grantOf } from './grant.ts';
import type { Server } from './server.ts';

export interface Spent {
  readonly refreshToken: string;
  /** What it covers, where the answer does not say. */
  readonly scope: string;
  /** Whose it is: an ID token that comes along must say the same (OpenID Connect Core §12.2). */
  readonly subject: string;
}

interface Needs {
  readonly provider: OAuthProvider;
  readonly clock: Clock;
}

/** One use of a refresh token. `null` = the provider says in so many words that the grant has ended. */
export const spend = async (
  { provider, clock }: Needs,
  { as, client, auth, calls }: Server,
  { refreshToken, scope, subject }: Spent,
): Promise<ProviderGrant | null> => {
  const at = clock.now();
  const answer = await during('refresh', () => refreshTokenGrantRequest(as, client, auth, refreshToken, calls()));
  if (await hasEnded(answer)) return null;
  return during('refresh', async () => {
    const body = await processRefreshTokenResponse(as, client, answer);
    const sub = getValidatedIdTokenClaims(body)?.sub;
    if (provider.protocol === 'oidc' && sub !== undefined && sub !== subject)
      throw new ProviderFault('refresh', 'subject');
    return grantOf(body, { scope, at });
  });
};

/**
 * RFC 6749 §5.2. No other answer says it: a provider that is down, or a client whose secret is wrong by now, must cost nobody
 * a grant. GitHub says it with a status of 200 and a word of its own.
 */
const endings: Readonly<Record<number, string>> = { 400: 'invalid_grant', 200: 'bad_refresh_token' };

const hasEnded = async (answer: Response): Promise<boolean> => {
  const word = endings[answer.status];
  if (word === undefined) return false;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => null);
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null;
  return error === word;
};
