import type { Aal, Amr, ClientHint } from '../ports/domain.ts';
import type { JsonObject, Millis } from '../ports/json.ts';

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

/** One line of the list of linked accounts. `email` is what the provider said when it was linked; nothing was ever decided by it. */
export interface LinkedAccount {
  readonly id: string;
  /** The id that the configuration gives the provider. */
  readonly provider: string;
  readonly email: string | null;
  readonly linkedAt: Millis;
}

/** One line of the list of second factors. */
export interface PublicFactor {
  readonly id: string;
  readonly type: 'totp';
  readonly label: string;
  readonly confirmedAt: Millis;
}

/** One line of the list of sessions. */
export interface ListedSession {
  readonly id: string;
  readonly createdAt: Millis;
  readonly lastSeenAt: Millis;
  readonly client: ClientHint;
  readonly current: boolean;
}
