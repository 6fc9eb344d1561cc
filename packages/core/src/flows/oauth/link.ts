import { type Refusal, refuse } from '../../errors.ts';
import type { Chores } from '../../modules/chores.ts';
import type { Credentials } from '../../modules/credentials.ts';
import type { LinkedAccounts } from '../../modules/linked-accounts.ts';
import type { Identity } from '../../modules/oauth-client/identity.ts';
import type { Sessions } from '../../modules/sessions.ts';
import type { Subject, Subjects } from '../../modules/subjects.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import { accountOf } from './account-of.ts';
import { holderOf } from './holder-of.ts';
import { type TellNeeds, tellLinked } from './tell-linked.ts';

interface Needs extends TellNeeds {
  readonly accounts: LinkedAccounts;
  readonly subjects: Subjects;
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly chores: Chores;
  readonly journal: Journal;
}

export interface LinkInput {
  readonly identity: Identity;
  readonly subject: Subject;
}

export type LinkFlow = (caller: Caller, input: LinkInput) => Promise<{ readonly ok: true } | Refusal>;

/** The record first, since only one user can have it; it counts once the credential names it. */
export const link =
  (needs: Needs): LinkFlow =>
  async (caller, { identity, subject }) => {
    const { accounts, credentials, sessions, chores, journal, clock } = needs;
    const { user, session } = subject;
    const id = accounts.idOf(identity.issuer, identity.subject);
    const { holder, leftover } = await holderOf(needs, id);
    if (holder !== null) return holder.user.id === user.id ? { ok: true } : refuse('account_linked_elsewhere');
    const account = accountOf({ id, userId: user.id, identity, linkedAt: clock.now() });
    if (!(await accounts.give(account, leftover)) && (await accounts.get(id))?.userId !== user.id)
      return refuse('account_linked_elsewhere');
    const named = await credentials.update(user.id, (record) =>
      sessions.isLive(session, record) ? { accounts: [...record.accounts.filter((other) => other !== id), id] } : null,
    );
    if (named === 'conflict') return refuse('conflict');
    if (typeof named !== 'object') return refuse('oauth_state_invalid');
    // Another link or sign-in with the same identity may have taken the record over in between.
    if (!(await accounts.settle(id, user.id))) return refuse('conflict');
    journal.note(caller, 'oauth.linked', { userId: user.id, data: { provider: identity.provider, by: 'link' } });
    chores.run(caller, () => tellLinked(needs, caller, user));
    return { ok: true };
  };
