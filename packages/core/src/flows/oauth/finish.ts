import { type Refusal, refuse } from '../../errors.ts';
import type { Entrance, Opened } from '../../modules/gate.ts';
import type { Attempts } from '../../modules/oauth-client/attempts.ts';
import type { AuthorizationResponse, OAuthClient } from '../../modules/oauth-client/client.ts';
import type { OneTimeTokens } from '../../modules/one-time-tokens.ts';
import type { Subject } from '../../modules/subjects.ts';
import type { OneTimeToken } from '../../ports/domain.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import type { UserRecord } from '../../ports/users.ts';
import { digest } from '../../primitives/digest.ts';
import type { KeepGrantFlow } from './keep-grant.ts';
import type { LinkFlow } from './link.ts';
import { noteFailure } from './note-failure.ts';
import type { SignInFlow } from './sign-in.ts';

export interface FinishOAuthInput {
  readonly client: OAuthClient;
  readonly response: AuthorizationResponse;
  /** The value that this browser got when it began. */
  readonly flow: string | null;
  /** What the request brings to the gate, once it is known where it leads in the end. */
  readonly entranceTo: (returnTo: string) => Entrance;
  readonly subject: Subject | null;
}

interface Needs {
  readonly tokens: OneTimeTokens;
  readonly attempts: Attempts;
  readonly journal: Journal;
  readonly signIn: SignInFlow;
  readonly link: LinkFlow;
  /** Loads what seals this provider's tokens, where they are kept. */
  readonly readyToKeep: (provider: string) => Promise<unknown>;
  /** Seals what the provider granted, in the record of the account. */
  readonly keepTokens: KeepGrantFlow;
}

/** `entered` = who was let in, or halfway; `null` = an account was linked. */
export type Finished = {
  readonly ok: true;
  readonly returnTo: string;
  readonly entered: (Opened & { readonly user: UserRecord }) | null;
};
export type FinishOAuthFlow = (caller: Caller, input: FinishOAuthInput) => Promise<Finished | Refusal>;

/**
 * The attempt is found, held to everything that it names, and spent, before a word of the answer is believed: of many
 * callbacks of one attempt one goes on. What breaks off later costs the user another click, never the account.
 */
export const finishOAuth =
  (needs: Needs): FinishOAuthFlow =>
  async (caller, input) => {
    const { tokens, journal } = needs;
    const { client, response } = input;
    const refused = (refusal: Refusal): Refusal => {
      journal.note(caller, 'oauth.refused', { code: refusal.reason, data: { provider: client.id } });
      return refusal;
    };
    const token = await tokens.find('oauth_state', response.state);
    const begun = token === null ? null : begunBy(needs.attempts, token, input);
    // A part that does not come costs nobody the attempt.
    if (begun !== null) await needs.readyToKeep(client.id);
    if (token === null || begun === null || !(await tokens.consume(token)))
      return refused(refuse('oauth_state_invalid'));

    const answer = await client.redeem(begun.attempt, response);
    if (!answer.ok) return noteFailure(journal, caller, { provider: client.id, failed: answer });
    const { returnTo, entrance, linkTo } = begun;
    const { identity, grant } = answer;
    // Of nobody who was refused. Where a second factor is due, they are those of the same account as before.
    const keep = async (userId: string): Promise<void> => {
      if (grant !== null) await needs.keepTokens(caller, { userId, identity, grant });
    };
    if (linkTo !== null) {
      const linked = await needs.link(caller, { identity, subject: linkTo });
      if (!linked.ok) return refused(linked);
      await keep(linkTo.user.id);
      return { ok: true, returnTo, entered: null };
    }
    const entered = await needs.signIn(caller, { identity, entrance });
    if (!entered.ok) return refused(entered);
    await keep(entered.user.id);
    return { ok: true, returnTo, entered };
  };

/** What the attempt was for, if it is this browser's, this provider's and, where it links, still this very session's. */
const begunBy = (
  attempts: Attempts,
  { data, userId, epoch }: OneTimeToken,
  { client, response, flow, entranceTo, subject }: FinishOAuthInput,
) => {
  const { returnTo, kid, session } = data;
  if (data['provider'] !== client.id || flow === null || data['flow'] !== digest('flow:oauth_state', flow)) return null;
  if (typeof returnTo !== 'string' || typeof kid !== 'string') return null;
  const attempt = attempts.of(response.state, kid);
  if (attempt === null) return null;
  // What the browser has by now goes; the rest is what was wished for when it began.
  const { presented, flow: own, trusted } = entranceTo(returnTo);
  const entrance = { ...(data['entrance'] as unknown as Entrance), presented, returnTo, flow: own, trusted };
  if (session === null) return { attempt, returnTo, entrance, linkTo: null };
  const isTheirs =
    subject !== null &&
    subject.session.id === session &&
    subject.user.id === userId &&
    subject.credential.epoch === epoch;
  return isTheirs ? { attempt, returnTo, entrance, linkTo: subject } : null;
};
