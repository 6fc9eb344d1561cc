import type { Aal, Amr, ClientHint, SessionRecord } from '../ports/domain.ts';
import type { JsonObject, Millis } from '../ports/json.ts';
import type { UserRecord } from '../ports/users.ts';

/** The user as the application and its clients see it. */
export interface PublicUser<P> {
  readonly id: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly createdAt: Millis;
  readonly profile: P;
}

/** The session as the application and its clients see it. `id` names it in lists; it is no key to it. */
export interface PublicSession<A extends Aal = Aal> {
  readonly id: string;
  readonly createdAt: Millis;
  /** When a factor was last proved. */
  readonly authenticatedAt: Millis;
  readonly expiresAt: Millis;
  readonly aal: A;
  readonly amr: readonly Amr[];
  readonly data: JsonObject;
}

/** One line of the list of sessions. */
export interface ListedSession {
  readonly id: string;
  readonly createdAt: Millis;
  readonly lastSeenAt: Millis;
  readonly client: ClientHint;
  readonly current: boolean;
}

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
