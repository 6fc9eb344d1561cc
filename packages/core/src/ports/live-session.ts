import type { RefreshFamily, SessionRecord } from './domain.ts';

/** Where a session lives: a cookie; an access token with the refresh token in a cookie; or both tokens in a body. */
export type Transport = 'cookie' | RefreshFamily['transport'];

/** A session as flows see it, of either kind: a refresh family shows itself in the shape of the other. Never stored as such. */
export interface LiveSession extends SessionRecord {
  readonly family?: RefreshFamily;
}
