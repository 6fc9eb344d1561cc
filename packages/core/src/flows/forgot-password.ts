import type { Refusal } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Limits } from '../modules/limits.ts';
import type { Users } from '../modules/users.ts';
import type { Caller } from '../ports/journal.ts';
import type { UserRecord } from '../ports/users.ts';

interface Needs {
  readonly limits: Limits;
  readonly users: Users;
  readonly chores: Chores;
  readonly mailReset: (caller: Caller, user: UserRecord) => Promise<void>;
}

export type ForgotPasswordFlow = (caller: Caller, loginKey: string) => Promise<{ readonly ok: true } | Refusal>;

/** Two takes and one look-up, whoever it is about; all that depends on the look-up comes after the answer. */
export const forgotPassword =
  ({ limits, users, chores, mailReset }: Needs): ForgotPasswordFlow =>
  async (caller, loginKey) => {
    chores.admit();
    const limited = await limits.take(caller, 'mail_ip', caller.address);
    if (limited !== null) return limited;
    const mayMail = (await limits.take(caller, 'mail_login', `forgot ${loginKey}`)) === null;
    const user = await users.find(loginKey);
    chores.run(caller, async () => {
      if (mayMail && user !== null) await mailReset(caller, user);
    });
    return { ok: true };
  };
