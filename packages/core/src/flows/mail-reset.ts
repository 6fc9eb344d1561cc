import type { Credentials } from '../modules/credentials.ts';
import type { Notices } from '../modules/notices.ts';
import type { OneTimeTokens } from '../modules/one-time-tokens.ts';
import type { Caller } from '../ports/journal.ts';
import type { UserRecord } from '../ports/users.ts';

interface Needs {
  readonly credentials: Credentials;
  readonly tokens: OneTimeTokens;
  readonly notices: Notices;
  readonly resetLink: (token: string) => string;
  readonly resetMs: number;
}

/** Mails a link that sets a new password to the stored address; a disabled user, or one without an address, gets none. */
export type MailResetFlow = (caller: Caller, user: UserRecord) => Promise<void>;

/** The link names the login that it was mailed to, and dies with the epoch. A user without a credential record has none yet. */
export const mailReset =
  ({ credentials, tokens, notices, resetLink, resetMs }: Needs): MailResetFlow =>
  async (caller, { id: userId, email: to, loginKey }) => {
    const credential = await credentials.get(userId);
    if (to === null || (credential !== null && credential.disabledAt !== null)) return;
    const { token, expiresAt } = await tokens.mint({
      purpose: 'reset_password',
      userId,
      epoch: credential?.epoch ?? null,
      data: { loginKey },
      lifetimeMs: resetMs,
    });
    await notices.send(caller, {
      type: 'reset_password',
      to,
      userId,
      locale: null,
      url: resetLink(token),
      expiresAt,
    });
  };
