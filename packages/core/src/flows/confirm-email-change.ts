import { type Refusal, refuse } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Gate, Minted } from '../modules/gate.ts';
import type { Limits } from '../modules/limits.ts';
import type { Notices } from '../modules/notices.ts';
import type { OneTimeTokens } from '../modules/one-time-tokens.ts';
import type { Passwords } from '../modules/passwords.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Account, Subject, Subjects } from '../modules/subjects.ts';
import type { Users } from '../modules/users.ts';
import type { WaysBack } from '../modules/ways-back.ts';
import type { Clock } from '../ports/clock.ts';
import type { OneTimeToken, SessionRecord } from '../ports/domain.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { UserRecord } from '../ports/users.ts';

export interface ConfirmEmailChangeInput {
  readonly token: string;
  readonly password: string | null;
  readonly subject: Subject | null;
}

interface Needs {
  readonly limits: Limits;
  readonly users: Users;
  readonly subjects: Subjects;
  readonly credentials: Credentials;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly tokens: OneTimeTokens;
  readonly waysBack: WaysBack;
  readonly gate: Gate;
  readonly notices: Notices;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly revertLink: (token: string) => string;
}

export type EmailChanged = {
  readonly ok: true;
  /** `null` = the link was opened without a session of the user; a session of `null` = that one ended meanwhile. */
  readonly renewed: { readonly session: Minted | null } | null;
};
export type ConfirmEmailChangeFlow = (
  caller: Caller,
  input: ConfirmEmailChangeInput,
) => Promise<EmailChanged | Refusal>;

/**
 * The link proves the new mailbox; a session of the user, or the password, proves that it is the user who wants it: a click
 * must not hang one's mailbox on a stranger's account. The way back is made before anything changes.
 */
export const confirmEmailChange =
  (needs: Needs): ConfirmEmailChangeFlow =>
  async (caller, input) => {
    const { users, tokens, gate, sessions, chores, journal } = needs;
    const link = await tokens.find('change_email', input.token);
    const account = link === null ? null : await accountOf(needs, link);
    const wanted = link === null ? null : addressIn(link);
    if (link === null || account === null || wanted === null) return refuse('token_invalid');
    const own = input.subject?.user.id === account.user.id ? input.subject : null;
    const unproved = own === null ? await refusalOf(needs, caller, { account, password: input.password }) : null;
    if (unproved !== null) return unproved;
    const holder = await users.find(wanted.loginKey);
    if (holder !== null && holder.id !== account.user.id) return refuse('login_taken');
    if (!(await tokens.consume(link))) return refuse('token_invalid');

    const moved = await move(needs, caller, { link, account, wanted });
    if (!moved.ok) return moved;
    const { user, credential } = moved;
    journal.note(caller, 'email.changed', { userId: user.id, data: { by: 'change' } });
    const renewed = own === null ? null : { session: await renew(gate, caller, { session: own.session, moved }) };
    // Not before: it would take the session that is being renewed.
    chores.run(caller, () => sessions.sweepUser(user.id, credential.epoch));
    return { ok: true, renewed };
  };

/** No factor was proved by it: what asks for a fresh proof still does. */
const renew = (
  gate: Gate,
  caller: Caller,
  { session, moved }: { readonly session: SessionRecord; readonly moved: Account },
): Promise<Minted | null> => {
  const { aal, amr, authenticatedAt: provedAt } = session;
  return gate.renew(caller, session, { user: moved.user, credential: moved.credential, aal, amr, provedAt });
};

interface Wanted {
  readonly email: string;
  readonly loginKey: string;
}

const addressIn = ({ data }: OneTimeToken): Wanted | null => {
  const { email, loginKey } = data;
  return typeof email === 'string' && typeof loginKey === 'string' ? { email, loginKey } : null;
};

/** Whose link it is, if it still is: made under the epoch that holds, for a user who still has the address of then. */
const accountOf = async ({ subjects }: Needs, link: OneTimeToken): Promise<Account | null> => {
  const account = link.userId === null ? null : await subjects.byUser(link.userId);
  if (account === null) return null;
  const { user, credential } = account;
  const stands =
    link.epoch === credential.epoch && credential.disabledAt === null && link.data['from'] === user.loginKey;
  return stands ? account : null;
};

const refusalOf = async (
  { limits, passwords, journal }: Needs,
  caller: Caller,
  { account: { user, credential }, password }: { readonly account: Account; readonly password: string | null },
): Promise<Refusal | null> => {
  if (password === null) return refuse('invalid_credentials');
  const limited = await limits.takeLogin(caller, user.loginKey);
  if (limited !== null) return limited;
  if (await passwords.check(password, credential.password)) return null;
  const note = { userId: user.id, code: 'invalid_credentials', data: { phase: 'change_email' } };
  journal.note(caller, 'login.failed', note);
  return refuse('invalid_credentials');
};

interface Move {
  readonly link: OneTimeToken;
  readonly account: Account;
  readonly wanted: Wanted;
}

const tries = 3;
const again = { detail: 'Ask for a new link.' };

/**
 * Way back, epoch, address. Whoever wins the epoch may write the address once, on the user record as it was before: a
 * revert that came between has touched it, and then nothing moves.
 */
const move = async (
  needs: Needs,
  caller: Caller,
  { link, account, wanted }: Move,
): Promise<(Account & { readonly ok: true }) | Refusal> => {
  const { credentials } = needs;
  let current: Account | null = account;
  for (let attempt = 0; attempt < tries && current !== null; attempt += 1) {
    const { user, credential } = current;
    const wayBack = await wayBackOf(needs, current);
    const raised = await credentials.replace(credential, { epoch: credential.epoch + 1 });
    if (raised !== null) return settle(needs, caller, { user, credential: raised, wanted, wayBack });
    current = await accountOf(needs, link);
  }
  return current === null ? refuse('token_invalid') : refuse('conflict', again);
};

/** A mailbox that nobody has proved is told nothing and leads nowhere back. */
const wayBackOf = async (
  { tokens, waysBack, clock }: Needs,
  { user, credential: { accounts, factors } }: Account,
): Promise<string | null> => {
  const { id: userId, loginKey, email, emailVerifiedAt } = user;
  if (email === null || emailVerifiedAt === null) return null;
  const until = await waysBack.pin(userId, loginKey);
  if (until === null) return null;
  const data = { loginKey, email, accounts, factors };
  const lifetimeMs = until - clock.now();
  return (await tokens.mint({ purpose: 'revert_email', userId, epoch: null, data, lifetimeMs })).token;
};

interface Settlement extends Account {
  readonly wanted: Wanted;
  readonly wayBack: string | null;
}

const settle = async (needs: Needs, caller: Caller, { user, credential, wanted, wayBack }: Settlement) => {
  const { users, credentials, chores, clock } = needs;
  const { loginKey, email, emailVerifiedAt } = user;
  const changes = { ...wanted, emailVerifiedAt: clock.now() };
  const changed = { ...user, ...changes, version: user.version + 1 };
  const telling = (): void => chores.run(caller, () => tell(needs, caller, { user, wayBack }));
  try {
    const outcome = await users.replace(user, changes);
    if (outcome !== 'replaced') return outcome === 'taken' ? refuse('login_taken') : refuse('conflict', again);
    if ((await credentials.get(user.id))?.epoch !== credential.epoch) {
      // A reset, or whatever else ends pending changes, came between the two writes: it has the last word.
      const undone = await users.replace(changed, { loginKey, email, emailVerifiedAt });
      if (undone !== 'replaced') telling();
      return refuse('conflict', again);
    }
  } catch (error) {
    // It may have happened: then the owner has to hear of it all the same.
    telling();
    throw error;
  }
  telling();
  return { ok: true, user: changed, credential } as const;
};

const tell = async (
  { notices, clock, revertLink }: Needs,
  caller: Caller,
  { user, wayBack }: { readonly user: UserRecord; readonly wayBack: string | null },
): Promise<void> => {
  const { id: userId, email: to, emailVerifiedAt } = user;
  if (to === null || emailVerifiedAt === null) return;
  const url = wayBack === null ? null : revertLink(wayBack);
  const { client } = caller;
  await notices.send(caller, { type: 'email_changed', to, userId, locale: null, url, at: clock.now(), client });
};
