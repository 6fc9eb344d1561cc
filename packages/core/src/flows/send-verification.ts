import type { Refusal } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Limits } from '../modules/limits.ts';
import type { Notices } from '../modules/notices.ts';
import type { OneTimeTokens } from '../modules/one-time-tokens.ts';
import type { Users } from '../modules/users.ts';
import type { Caller } from '../ports/journal.ts';
import type { UserRecord } from '../ports/users.ts';

interface Needs {
  readonly limits: Limits;
  readonly users: Users;
  readonly credentials: Credentials;
  readonly tokens: OneTimeTokens;
  readonly notices: Notices;
  readonly chores: Chores;
  readonly verifyLink: (token: string) => string;
  readonly verifyMs: number;
}

export type SendVerificationFlow = (caller: Caller, loginKey: string) => Promise<{ readonly ok: true } | Refusal>;

/**
 * The confirmation link once more. It carries no digest of a browser: anybody may ask for it, so it proves nothing of who
 * registered, and whoever opens it shows the password or a session as well.
 */
export const sendVerification =
  ({ limits, users, credentials, tokens, notices, chores, verifyLink, verifyMs }: Needs): SendVerificationFlow =>
  async (caller, loginKey) => {
    chores.admit();
    const limited = await limits.take(caller, 'mail_ip', caller.address);
    if (limited !== null) return limited;
    const mayMail = (await limits.take(caller, 'mail_login', `verify ${loginKey}`)) === null;
    const user = await users.find(loginKey);
    chores.run(caller, async () => {
      if (mayMail && user !== null && user.emailVerifiedAt === null) await mail(user);
    });
    return { ok: true };

    async function mail({ id: userId, email: to }: UserRecord): Promise<void> {
      const credential = await credentials.get(userId);
      if (to === null || credential === null || credential.disabledAt !== null) return;
      const data = { loginKey, flow: null };
      const { token, expiresAt } = await tokens.mint({
        purpose: 'verify_email',
        userId,
        epoch: credential.epoch,
        data,
        lifetimeMs: verifyMs,
      });
      const url = verifyLink(token);
      await notices.send(caller, { type: 'verify_email', to, userId, locale: null, url, expiresAt });
    }
  };
