import type { Refusal } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Limits } from '../modules/limits.ts';
import type { Notices } from '../modules/notices.ts';
import type { OneTimeTokens } from '../modules/one-time-tokens.ts';
import type { Account } from '../modules/subjects.ts';
import type { Users } from '../modules/users.ts';
import type { Clock } from '../ports/clock.ts';
import type { Caller } from '../ports/journal.ts';
import type { UserRecord } from '../ports/users.ts';
import type { Address } from '../primitives/address.ts';

export interface ChangeEmailInput {
  readonly subject: Account;
  readonly address: Address;
}

interface Needs {
  readonly limits: Limits;
  readonly users: Users;
  readonly tokens: OneTimeTokens;
  readonly notices: Notices;
  readonly chores: Chores;
  readonly clock: Clock;
  readonly changeLink: (token: string) => string;
  readonly verifyMs: number;
}

export type ChangeEmailFlow = (caller: Caller, input: ChangeEmailInput) => Promise<{ readonly ok: true } | Refusal>;

/** Nothing changes yet: the new mailbox gets a link, or, when the address is another user's, its owner gets a notice. */
export const changeEmail =
  (needs: Needs): ChangeEmailFlow =>
  async (caller, input) => {
    const { limits, users, chores } = needs;
    const { loginKey } = input.address;
    chores.admit();
    const limited = await limits.take(caller, 'mail_ip', caller.address);
    if (limited !== null) return limited;
    const mayMail = (await limits.take(caller, 'mail_login', `change ${loginKey}`)) === null;
    const holder = await users.find(loginKey);
    chores.run(caller, async () => {
      if (!mayMail) return;
      if (holder === null || holder.id === input.subject.user.id) await mailLink(needs, caller, input);
      else await tellHolder(needs, caller, holder);
    });
    return { ok: true };
  };

/** The link carries the address that it was mailed to: of two requests each confirms its own (CVE-2026-32700). */
const mailLink = async (
  { tokens, notices, changeLink, verifyMs }: Needs,
  caller: Caller,
  { subject: { user, credential }, address: { email, loginKey } }: ChangeEmailInput,
): Promise<void> => {
  const { token, expiresAt } = await tokens.mint({
    purpose: 'change_email',
    userId: user.id,
    epoch: credential.epoch,
    data: { email, loginKey, from: user.loginKey },
    lifetimeMs: verifyMs,
  });
  await notices.send(caller, {
    type: 'change_email',
    to: email,
    userId: user.id,
    locale: null,
    url: changeLink(token),
    expiresAt,
  });
};

const tellHolder = async (
  { notices, clock }: Needs,
  caller: Caller,
  { id: userId, email: to }: UserRecord,
): Promise<void> => {
  if (to === null) return;
  const { client } = caller;
  await notices.send(caller, { type: 'register_attempt', to, userId, locale: null, at: clock.now(), client });
};
