import type { Kit } from '../../config/feature.ts';
import { type ChangePasswordFlow, changePassword } from '../../flows/change-password.ts';
import { type RegisterFlow, type RegisterInput, register } from '../../flows/register.ts';
import { type SendVerificationFlow, sendVerification } from '../../flows/send-verification.ts';
import { type VerifyEmailFlow, verifyEmail } from '../../flows/verify-email.ts';
import type { Passwords } from '../../modules/passwords.ts';
import type { Caller } from '../../ports/journal.ts';

/** What happens to an account once in a while, so that a process that only signs in may never load it. */
export interface Account {
  readonly register: RegisterFlow;
  readonly verifyEmail: VerifyEmailFlow;
  readonly sendVerification: SendVerificationFlow;
  readonly changePassword: ChangePasswordFlow;
}

export const account = (kit: Kit, passwords: Passwords): Account => {
  const { settings } = kit;
  const needs = {
    ...kit,
    passwords,
    registration: settings.registration,
    verifyMs: settings.verifyMs,
    verifyLink: (token: string) => kit.linkTo('verifyEmail', token),
    beforeRegister: (caller: Caller, { address, profile }: RegisterInput) =>
      settings.beforeRegister({ loginKey: address.loginKey, userId: null, profile, client: caller.client }),
  };
  return {
    register: register(needs),
    verifyEmail: verifyEmail(needs),
    sendVerification: sendVerification(needs),
    changePassword: changePassword(needs),
  };
};
