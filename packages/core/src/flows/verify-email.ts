import { type Refusal, refuse } from '../errors.ts';
import type { Limits } from '../modules/limits.ts';
import type { OneTimeTokens } from '../modules/one-time-tokens.ts';
import type { Passwords } from '../modules/passwords.ts';
import type { Account, Subject, Subjects } from '../modules/subjects.ts';
import type { Users } from '../modules/users.ts';
import type { Clock } from '../ports/clock.ts';
import type { OneTimeToken } from '../ports/domain.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import { digest } from '../primitives/digest.ts';

export interface VerifyEmailInput {
  readonly token: string;
  readonly password: string | null;
  /** The value that this browser got when it registered. */
  readonly flow: string | null;
  readonly subject: Subject | null;
}

interface Needs {
  readonly limits: Limits;
  readonly users: Users;
  readonly subjects: Subjects;
  readonly passwords: Passwords;
  readonly tokens: OneTimeTokens;
  readonly journal: Journal;
  readonly clock: Clock;
}

export type VerifyEmailFlow = (caller: Caller, input: VerifyEmailInput) => Promise<{ readonly ok: true } | Refusal>;

/**
 * The mailbox is proved by the link; that the mailbox's owner is who registered is proved by the browser, a session of that
 * user, or the password. Without the second a click would complete a stranger's registration. Signs nobody in.
 */
export const verifyEmail =
  (needs: Needs): VerifyEmailFlow =>
  async (caller, input) => {
    const { users, subjects, tokens, journal, clock } = needs;
    const token = await tokens.find('verify_email', input.token);
    const account = token === null || token.userId === null ? null : await subjects.byUser(token.userId);
    if (token === null || account === null || !isFor(token, account)) return refuse('token_invalid');
    const unproved = await refusalOf(needs, caller, input, { token, account });
    if (unproved !== null) return unproved;
    if (!(await tokens.consume(token))) return refuse('token_invalid');

    const now = clock.now();
    const outcome = await users.update(account.user.id, (user) =>
      user.loginKey === account.user.loginKey && user.emailVerifiedAt === null ? { emailVerifiedAt: now } : null,
    );
    // The token is spent by now: who lost to others' writes needs a new link.
    if (outcome === 'conflict') return refuse('conflict', { detail: 'Ask for a new link.' });
    if (outcome !== 'replaced') return refuse('token_invalid');
    journal.note(caller, 'email.verified', { userId: account.user.id });
    return { ok: true };
  };

/** Made under the epoch that still holds, for the address that is still the user's, and that nobody has confirmed yet. */
const isFor = (token: OneTimeToken, { user, credential }: Account): boolean =>
  user.emailVerifiedAt === null &&
  token.epoch === credential.epoch &&
  credential.disabledAt === null &&
  token.data['loginKey'] === user.loginKey;

interface Link {
  readonly token: OneTimeToken;
  readonly account: Account;
}

/** Asked in the order of what costs least; only the last looks at a password, so only it is limited like a login. */
const refusalOf = async (needs: Needs, caller: Caller, input: VerifyEmailInput, { token, account }: Link) => {
  const flow = input.flow === null ? null : digest('flow:verify_email', input.flow);
  if (flow !== null && token.data['flow'] === flow) return null;
  if (input.subject?.user.id === account.user.id) return null;
  if (input.password === null) return refuse('invalid_credentials');
  const limited = await needs.limits.takeLogin(caller, account.user.loginKey);
  if (limited !== null) return limited;
  const right = await needs.passwords.check(input.password, account.credential.password);
  if (right) return null;
  const note = { userId: account.user.id, code: 'invalid_credentials', data: { phase: 'verify_email' } };
  needs.journal.note(caller, 'login.failed', note);
  return refuse('invalid_credentials');
};
