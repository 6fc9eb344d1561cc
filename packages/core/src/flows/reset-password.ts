import { type Refusal, refuse } from '../errors.ts';
import type { Belongings } from '../modules/belongings.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Limits } from '../modules/limits.ts';
import type { Notices } from '../modules/notices.ts';
import type { OneTimeTokens } from '../modules/one-time-tokens.ts';
import type { Passwords } from '../modules/passwords.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Users } from '../modules/users.ts';
import type { Clock } from '../ports/clock.ts';
import type { CredentialRecord, OneTimeToken } from '../ports/domain.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { JsonObject } from '../ports/json.ts';
import type { UserRecord } from '../ports/users.ts';

export interface ResetPasswordInput {
  readonly token: string;
  readonly password: string;
}

interface Needs {
  readonly limits: Limits;
  readonly users: Users;
  readonly credentials: Credentials;
  readonly belongings: Belongings;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly tokens: OneTimeTokens;
  readonly notices: Notices;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly clock: Clock;
  /** The profile of somebody who has said nothing yet; `null` = the application's schema does not take that. */
  readonly blankProfile: () => Promise<JsonObject | null>;
}

export type ResetPasswordFlow = (
  caller: Caller,
  input: ResetPasswordInput,
) => Promise<{ readonly ok: true; readonly loginKey: string } | Refusal>;

/**
 * The password and the epoch are one write: every session, family, link and pending change of address dies with it. Second
 * factors stay, and nobody is signed in. Everything that can refuse comes before the link is spent.
 */
export const resetPassword =
  (needs: Needs): ResetPasswordFlow =>
  async (caller, input) => {
    const { limits, passwords, sessions, tokens, chores, journal } = needs;
    const link = await tokens.find('reset_password', input.token);
    const holder = link === null ? null : await holderOf(needs, link);
    if (link === null || holder === null) return refuse('token_invalid');
    const { user } = holder;
    const refusal =
      (await limits.take(caller, 'login_ip', caller.address)) ??
      (await passwords.weakness(input.password, user.loginKey)) ??
      (await passwords.exposure(caller, input.password));
    if (refusal !== null) return refusal;
    const hash = await passwords.hash(input.password);
    const blank = user.emailVerifiedAt === null ? await needs.blankProfile() : null;
    if (!(await tokens.consume(link))) return refuse('token_invalid');

    const credential = await setPassword(needs, hash, { link, holder });
    if ('ok' in credential) return credential;
    journal.note(caller, 'password.reset', { userId: user.id });
    chores.run(caller, () => tell(needs, caller, user));
    chores.run(caller, () => limits.forgiveLogin(caller, user.loginKey));
    chores.run(caller, () => sessions.sweepUser(user.id, credential.epoch));
    if (user.emailVerifiedAt !== null) return { ok: true, loginKey: user.loginKey };
    chores.run(caller, () => needs.belongings.remove(holder.credential ?? nothingNamed));
    await verify(needs, caller, { user, blank });
    return { ok: true, loginKey: user.loginKey };
  };

interface Holder {
  readonly user: UserRecord;
  readonly credential: CredentialRecord | null;
}

/** Whose link it is, if it still is: the same login, and the same epoch or, where there was no record, still none. */
const holderOf = async ({ users, credentials }: Needs, link: OneTimeToken): Promise<Holder | null> => {
  const { userId, epoch, data } = link;
  if (userId === null) return null;
  const [user, credential] = await Promise.all([users.get(userId), credentials.get(userId)]);
  const stands = credential === null ? epoch === null : credential.epoch === epoch && credential.disabledAt === null;
  return user !== null && stands && data['loginKey'] === user.loginKey ? { user, credential } : null;
};

const tries = 3;

/** A lost compare-and-set reads again and repeats every check of the link but its presence: this call has spent it. */
const setPassword = async (
  needs: Needs,
  password: string,
  { link, holder }: { readonly link: OneTimeToken; readonly holder: Holder },
): Promise<CredentialRecord | Refusal> => {
  const { credentials, clock } = needs;
  let current: Holder | null = holder;
  for (let attempt = 0; attempt < tries && current !== null; attempt += 1) {
    const { user, credential } = current;
    const stored =
      credential === null
        ? await credentials.create(user.id, password)
        : await credentials.replace(credential, {
            password,
            passwordChangedAt: clock.now(),
            epoch: credential.epoch + 1,
            ...(user.emailVerifiedAt === null ? nothingNamed : {}),
          });
    if (stored !== null) return stored;
    current = await holderOf(needs, link);
  }
  return current === null ? refuse('token_invalid') : refuse('conflict', { detail: 'Ask for a new link.' });
};

/** Who proves the mailbox of an address that nobody had proved owes nothing to who put it there (pre-hijacking). */
const nothingNamed = { accounts: [], factors: [] };

const verify = async (
  { users, journal, clock }: Needs,
  caller: Caller,
  { user: { id, loginKey }, blank: profile }: { readonly user: UserRecord; readonly blank: JsonObject | null },
): Promise<void> => {
  const now = clock.now();
  const outcome = await users.update(id, (user) =>
    user.loginKey === loginKey && user.emailVerifiedAt === null
      ? { emailVerifiedAt: now, ...(profile === null ? {} : { profile }) }
      : null,
  );
  if (outcome !== 'replaced') return;
  journal.note(caller, 'email.verified', {
    userId: id,
    data: { by: 'reset', profile: profile === null ? 'kept' : 'cleared' },
  });
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
