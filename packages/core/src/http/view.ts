import type { LinkedAccount, ListedSession, PublicSession, PublicUser } from '../api/view.ts';
import type { OAuthAccount, SessionRecord } from '../ports/domain.ts';
import type { UserRecord } from '../ports/users.ts';

/** `profile` has passed the application's schema on its way in: that is what makes it a `P`. */
export const publicUser = <P>(user: UserRecord): PublicUser<P> => ({
  id: user.id,
  email: user.email,
  emailVerified: user.emailVerifiedAt !== null,
  createdAt: user.createdAt,
  profile: user.profile as P,
});

export const publicSession = (session: SessionRecord): PublicSession => ({
  id: session.id,
  createdAt: session.createdAt,
  authenticatedAt: session.authenticatedAt,
  expiresAt: session.expiresAt ?? session.absoluteExpiresAt,
  aal: session.aal,
  amr: session.amr,
  data: session.data,
});

export const listedSession = (session: SessionRecord, current: string): ListedSession => ({
  id: session.id,
  createdAt: session.createdAt,
  lastSeenAt: session.lastSeenAt,
  client: session.client,
  current: session.id === current,
});

export const linkedAccount = ({ id, provider, email, linkedAt }: OAuthAccount): LinkedAccount => ({
  id,
  provider,
  email,
  linkedAt,
});
