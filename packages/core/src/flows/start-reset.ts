import { type Refusal, refuse } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Users } from '../modules/users.ts';
import type { Caller } from '../ports/journal.ts';
import type { UserRecord } from '../ports/users.ts';

interface Needs {
  readonly users: Users;
  readonly credentials: Credentials;
  readonly chores: Chores;
  readonly mailReset: (caller: Caller, user: UserRecord) => Promise<void>;
}

export type StartResetFlow = (caller: Caller, userId: string) => Promise<{ readonly ok: true } | Refusal>;

/** An administrator may start a reset and not choose the password (ASVS 5.0, 6.4.6). Nothing ends until the link is used. */
export const startReset =
  ({ users, credentials, chores, mailReset }: Needs): StartResetFlow =>
  async (caller, userId) => {
    chores.admit();
    const user = await users.get(userId);
    if (user === null) return refuse('not_found');
    if (user.email === null) return refuse('email_unverified', { detail: 'The user has no address.' });
    const disabledAt = (await credentials.get(userId))?.disabledAt ?? null;
    if (disabledAt !== null) return refuse('account_disabled');
    chores.run(caller, () => mailReset(caller, user));
    return { ok: true };
  };
