import { type Refusal, refuse } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Gate, Minted } from '../modules/gate.ts';
import type { Limits } from '../modules/limits.ts';
import type { Notices } from '../modules/notices.ts';
import type { Passwords } from '../modules/passwords.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Subject, Subjects } from '../modules/subjects.ts';
import type { Clock } from '../ports/clock.ts';
import type { CredentialRecord } from '../ports/domain.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { UserRecord } from '../ports/users.ts';

export interface ChangePasswordInput {
  readonly subject: Subject;
  readonly current: string | null;
  readonly password: string;
  /** Why the session is not fresh, or `null`: a fresh proof stands in for the current password where there is none. */
  readonly staleness: Refusal | null;
}

interface Needs {
  readonly limits: Limits;
  readonly passwords: Passwords;
  readonly credentials: Credentials;
  readonly subjects: Subjects;
  readonly sessions: Sessions;
  readonly gate: Gate;
  readonly notices: Notices;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** `renewed: null` = changed, but the caller's own session ended meanwhile. */
export type PasswordChanged = { readonly ok: true; readonly renewed: Minted | null };
export type ChangePasswordFlow = (caller: Caller, input: ChangePasswordInput) => Promise<PasswordChanged | Refusal>;

/** The new password and the new epoch are one write: every other session and every pending link dies with it. */
export const changePassword =
  (needs: Needs): ChangePasswordFlow =>
  async (caller, input) => {
    const { limits, passwords, sessions, gate, chores, journal } = needs;
    const { user, session } = input.subject;
    const refusal =
      (await passwords.weakness(input.password, user.loginKey)) ?? (await limits.take(caller, 'reauth', user.id));
    if (refusal !== null) return refusal;
    const unproved = await refusalOf(passwords, input.subject.credential, user, input);
    if (unproved !== null) {
      journal.note(caller, 'login.failed', {
        userId: user.id,
        code: unproved.reason,
        data: { phase: 'change_password' },
      });
      return unproved;
    }
    const exposed = await passwords.exposure(caller, input.password);
    if (exposed !== null) return exposed;

    const password = await passwords.hash(input.password);
    const credential = await replace(needs, input, password);
    if ('ok' in credential) return credential;
    // What is done is told, whatever becomes of the caller's own session.
    journal.note(caller, 'password.changed', { userId: user.id });
    chores.run(caller, () => tell(needs, caller, user));
    const { aal, amr } = session;
    // The password is one factor: it does not renew the proof of two.
    const provedAt = aal >= 2 ? { provedAt: session.authenticatedAt } : {};
    const renewed = await gate.renew(caller, session, { user, credential, aal, amr, ...provedAt });
    // Not before: it would take the session that is being renewed.
    chores.run(caller, () => sessions.sweepUser(user.id, credential.epoch));
    return { ok: true, renewed };
  };

const tell = async (
  { notices, clock }: Needs,
  caller: Caller,
  { id: userId, email: to }: UserRecord,
): Promise<void> => {
  if (to === null) return;
  const { client } = caller;
  await notices.send(caller, { type: 'password_changed', to, userId, locale: null, at: clock.now(), client });
};

const refusalOf = async (
  passwords: Passwords,
  credential: CredentialRecord,
  user: UserRecord,
  { current, staleness }: ChangePasswordInput,
): Promise<Refusal | null> => {
  if (credential.password === null) {
    if (user.emailVerifiedAt === null) return refuse('email_unverified');
    return staleness;
  }
  if (current === null) return refuse('invalid_credentials');
  return (await passwords.check(current, credential.password)) ? null : refuse('invalid_credentials');
};

const tries = 3;

/**
 * A lost compare-and-set reads again and repeats every check: the session must still be alive, and the password that was
 * proved must still be the one stored. A rehash of that same password is somebody else's word for it, so it is asked again.
 */
const replace = async (
  { credentials, subjects, sessions, passwords, clock }: Needs,
  input: ChangePasswordInput,
  password: string,
): Promise<CredentialRecord | Refusal> => {
  let { credential } = input.subject;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const changes = { password, passwordChangedAt: clock.now(), epoch: credential.epoch + 1 };
    const replaced = await credentials.replace(credential, changes);
    if (replaced !== null) return replaced;
    const account = await subjects.byUser(input.subject.user.id);
    if (account === null || !sessions.isLive(input.subject.session, account.credential))
      return refuse('unauthenticated');
    const unproved = await refusalOf(passwords, account.credential, account.user, input);
    if (unproved !== null) return unproved;
    credential = account.credential;
  }
  return refuse('conflict');
};
