import type { Identity } from '../../modules/oauth-client/identity.ts';
import type { OAuthAccount } from '../../ports/domain.ts';

interface Found {
  readonly id: string;
  readonly userId: string;
  readonly identity: Identity;
  readonly linkedAt: number;
}

/** Without the provider's tokens, which are kept only where that was asked for, and once the user has been let in (ASVS 5.0, 10.1.1). */
export const accountOf = ({ id, userId, identity, linkedAt }: Found): Omit<OAuthAccount, 'version' | 'expiresAt'> => ({
  id,
  userId,
  provider: identity.provider,
  issuer: identity.issuer,
  subject: identity.subject,
  email: identity.email?.email ?? null,
  tokens: null,
  refreshingUntil: null,
  linkedAt,
});
