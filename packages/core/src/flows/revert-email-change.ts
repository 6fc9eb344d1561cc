import { type Refusal, refuse } from '../errors.ts';
import type { Belongings, Named } from '../modules/belongings.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Notices } from '../modules/notices.ts';
import type { OneTimeTokens } from '../modules/one-time-tokens.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Account, Subjects } from '../modules/subjects.ts';
import type { Users } from '../modules/users.ts';
import type { WaysBack } from '../modules/ways-back.ts';
import type { Clock } from '../ports/clock.ts';
import type { CredentialRecord, OneTimeToken } from '../ports/domain.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { Json } from '../ports/json.ts';
import type { UserRecord } from '../ports/users.ts';

interface Needs {
  readonly users: Users;
  readonly subjects: Subjects;
  readonly credentials: Credentials;
  readonly belongings: Belongings;
  readonly sessions: Sessions;
  readonly tokens: OneTimeTokens;
  readonly waysBack: WaysBack;
  readonly notices: Notices;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly deleteUser: (caller: Caller, userId: string) => Promise<{ readonly ok: true } | Refusal>;
  readonly mailReset: (caller: Caller, user: UserRecord) => Promise<void>;
}

export type RevertEmailChangeFlow = (caller: Caller, token: string) => Promise<{ readonly ok: true } | Refusal>;

/**
 * The old address back, and of the ways to sign in those that it had then, without the password, which a thief may know: a
 * link that sets a new one is mailed. The link itself goes last, so that it works again after a crash.
 */
export const revertEmailChange =
  (needs: Needs): RevertEmailChangeFlow =>
  async (caller, token) => {
    const { tokens, waysBack, chores, journal, sessions } = needs;
    const reverted = await revert(needs, caller, token);
    if (!reverted.ok) return reverted;
    const { link, user, credential, left, dropped } = reverted;
    await waysBack.unpin(user.id);
    if (!(await tokens.consume(link))) return refuse('token_invalid');
    journal.note(caller, 'email.changed', { userId: user.id, data: { by: 'revert' } });
    chores.run(caller, () => needs.mailReset(caller, user));
    chores.run(caller, () => needs.belongings.remove(dropped));
    if (left.loginKey !== user.loginKey) chores.run(caller, () => tell(needs, caller, left));
    chores.run(caller, () => sessions.sweepUser(user.id, credential.epoch));
    return { ok: true };
  };

interface Reverted extends Account {
  readonly ok: true;
  readonly link: OneTimeToken;
  /** The user as it was at the address that is left. */
  readonly left: UserRecord;
  readonly dropped: Named;
}

const tries = 3;

/** A lost write begins anew, with the question whether the link is still there: one that has worked must change nothing more. */
const revert = async (needs: Needs, caller: Caller, token: string): Promise<Reverted | Refusal> => {
  const { users, subjects, tokens, waysBack, clock } = needs;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const link = await tokens.find('revert_email', token);
    const old = link === null ? null : oldIn(link);
    if (link === null || old === null || !(await waysBack.leadsTo(old.userId, old.loginKey)))
      return refuse('token_invalid');
    const account = await subjects.byUser(old.userId);
    if (account === null || account.credential.disabledAt !== null) return refuse('token_invalid');

    const { user, credential } = account;
    const { loginKey, email } = old;
    // Written even where the address is back already: a change that is under way then finds another record than it read.
    const changes = { loginKey, email, emailVerifiedAt: clock.now() };
    const outcome = await users.replace(user, changes);
    if (outcome === 'taken') {
      const refusal = await evict(needs, caller, loginKey);
      if (refusal !== null) return refusal;
    }
    if (outcome !== 'replaced') continue;
    const cleared = await clear(needs, credential, old);
    if (cleared === null) continue;
    const dropped = without(credential, cleared);
    return { ok: true, link, user: { ...user, ...changes }, credential: cleared, left: user, dropped };
  }
  return refuse('conflict');
};

const clear = async (
  { credentials, belongings, clock }: Needs,
  credential: CredentialRecord,
  old: Named,
): Promise<CredentialRecord | null> => {
  const kept = await belongings.existing(credential.id, old);
  const changes = { ...kept, password: null, passwordChangedAt: clock.now(), epoch: credential.epoch + 1 };
  return credentials.replace(credential, changes);
};

const without = (named: Named, kept: Named): Named => ({
  accounts: named.accounts.filter((id) => !kept.accounts.includes(id)),
  factors: named.factors.filter((id) => !kept.factors.includes(id)),
});

/** Registering the old address must not block the way back to it; whoever has proved its mailbox since has it for good. */
const evict = async ({ users, deleteUser }: Needs, caller: Caller, loginKey: string): Promise<Refusal | null> => {
  const holder = await users.find(loginKey);
  if (holder === null) return null;
  if (holder.emailVerifiedAt !== null) return refuse('login_taken');
  const deleted = await deleteUser(caller, holder.id);
  return deleted.ok || deleted.reason === 'not_found' ? null : deleted;
};

interface Old extends Named {
  readonly userId: string;
  readonly loginKey: string;
  readonly email: string;
}

const oldIn = ({ userId, data }: OneTimeToken): Old | null => {
  const { loginKey, email, accounts, factors } = data;
  if (userId === null || typeof loginKey !== 'string' || typeof email !== 'string') return null;
  return { userId, loginKey, email, accounts: textsIn(accounts), factors: textsIn(factors) };
};

const textsIn = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** Old mailboxes can fall into other hands, too: the address that is left hears of it, and gets no way back. */
const tell = async (
  { notices, clock }: Needs,
  caller: Caller,
  { id: userId, email: to }: UserRecord,
): Promise<void> => {
  if (to === null) return;
  const { client } = caller;
  await notices.send(caller, { type: 'email_changed', to, userId, locale: null, url: null, at: clock.now(), client });
};
