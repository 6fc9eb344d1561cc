import { type Refusal, refuse } from '../errors.ts';
import type { Families } from '../modules/families.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Account, Subject, Subjects } from '../modules/subjects.ts';
import type { TokenVerifier } from '../modules/token-verifier.ts';
import type { RefreshFamily } from '../ports/domain.ts';
import type { LiveSession } from '../ports/live-session.ts';
import type { AccessClaims, Expected } from '../primitives/access-token.ts';

interface Needs {
  readonly verifier: TokenVerifier;
  readonly expected: Expected;
  readonly families: Families;
  readonly subjects: Subjects;
  readonly sessions: Sessions;
  readonly asSession: (family: RefreshFamily) => LiveSession;
}

/** `live`: the family, its epoch and the account as of now. A number: the account alone, as of so many milliseconds ago. */
export type AuthenticateBearer = (
  token: string,
  how: 'live' | number,
) => Promise<{ readonly ok: true; readonly subject: Subject; readonly via: 'bearer' } | Refusal>;

/** Who an access token speaks for. A token that is not ours is refused without a store being asked. */
export const authenticateBearer =
  ({ verifier, expected, families, subjects, sessions, asSession }: Needs): AuthenticateBearer =>
  async (token, how) => {
    const verified = await verifier.verify(token, expected);
    if (!verified.ok) return verified;
    const { claims } = verified;
    if (how !== 'live') {
      const account = await subjects.within(claims.sub, how);
      if (account === null || account.credential.disabledAt !== null) return refuse('session_revoked');
      return { ok: true, subject: { ...account, session: sessionIn(claims, account) }, via: 'bearer' };
    }
    const [family, account] = await Promise.all([families.get(claims.sid), subjects.byUser(claims.sub)]);
    if (family === null || account === null) return refuse('session_revoked');
    const session = asSession(family);
    return sessions.isLive(session, account.credential)
      ? { ok: true, subject: { ...account, session }, via: 'bearer' }
      : refuse('session_revoked');
  };

/** What the token itself says of its session; it knows nothing of what was before it was issued. */
const sessionIn = (claims: AccessClaims, { credential }: Account): LiveSession => ({
  id: claims.sid,
  userId: claims.sub,
  version: 0,
  expiresAt: claims.exp * 1_000,
  epoch: credential.epoch,
  createdAt: claims.iat * 1_000,
  lastSeenAt: claims.iat * 1_000,
  authenticatedAt: claims.auth_time * 1_000,
  absoluteExpiresAt: claims.exp * 1_000,
  aal: claims.aal,
  amr: claims.amr as LiveSession['amr'],
  client: { ip: null, agent: null },
  data: {},
});
