import { type Refusal, refuse } from '../../errors.ts';
import type { Entrance } from '../../modules/gate.ts';
import type { Limits } from '../../modules/limits.ts';
import type { Attempts } from '../../modules/oauth-client/attempts.ts';
import type { OAuthClient } from '../../modules/oauth-client/client.ts';
import type { OneTimeTokens } from '../../modules/one-time-tokens.ts';
import type { Subject } from '../../modules/subjects.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import { digest } from '../../primitives/digest.ts';
import { noteFailure } from './note-failure.ts';

export interface StartOAuthInput {
  readonly client: OAuthClient;
  /** Where the browser goes in the end; judged already. */
  readonly returnTo: string;
  /** The value that binds the way back to this browser. */
  readonly flow: string;
  readonly entrance: Entrance;
  /** Who wants one more way in, by a session that is fresh; `null` = somebody signs in. */
  readonly linkTo: Subject | null;
}

interface Needs {
  readonly limits: Limits;
  readonly tokens: OneTimeTokens;
  readonly attempts: Attempts;
  readonly journal: Journal;
  readonly stateMs: number;
}

export type StartOAuthFlow = (
  caller: Caller,
  input: StartOAuthInput,
) => Promise<{ readonly ok: true; readonly url: string } | Refusal>;

/**
 * One record an attempt, so that tabs do not spoil each other's. It names the browser, the provider and the target, and
 * where an account is to be linked the user and the session, too (RFC 9700 §4.7; ASVS 5.0, 10.1.2).
 */
export const startOAuth =
  ({ limits, tokens, attempts, journal, stateMs }: Needs): StartOAuthFlow =>
  async (caller, { client, returnTo, flow, entrance, linkTo }) => {
    const limited = await limits.take(caller, 'oauth_start', caller.address);
    if (limited !== null) return limited;
    // Else whoever registered a stranger's address could hang an account of their own on it before the owner comes.
    if (linkTo !== null && linkTo.user.emailVerifiedAt === null) return refuse('email_unverified');
    const kid = attempts.activeKid;
    const { token: state } = await tokens.mint({
      purpose: 'oauth_state',
      userId: linkTo?.user.id ?? null,
      epoch: linkTo?.credential.epoch ?? null,
      data: {
        provider: client.id,
        returnTo,
        flow: digest('flow:oauth_state', flow),
        kid,
        entrance: { ...entrance },
        session: linkTo?.session.id ?? null,
      },
      lifetimeMs: stateMs,
    });
    const attempt = attempts.of(state, kid);
    if (attempt === null) throw new Error('the active key is missing');
    const answer = await client.authorize(attempt);
    return answer.ok ? answer : noteFailure(journal, caller, { provider: client.id, failed: answer });
  };
