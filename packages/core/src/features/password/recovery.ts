import type { Kit } from '../../config/feature.ts';
import { type ChangeEmailFlow, changeEmail } from '../../flows/change-email.ts';
import { type ConfirmEmailChangeFlow, confirmEmailChange } from '../../flows/confirm-email-change.ts';
import { type ForgotPasswordFlow, forgotPassword } from '../../flows/forgot-password.ts';
import { mailReset } from '../../flows/mail-reset.ts';
import { type ResetPasswordFlow, resetPassword } from '../../flows/reset-password.ts';
import { type RevertEmailChangeFlow, revertEmailChange } from '../../flows/revert-email-change.ts';
import { type StartResetFlow, startReset } from '../../flows/start-reset.ts';
import type { Passwords } from '../../modules/passwords.ts';

/** What is asked for rarely, so that a process may never load it: the ways back into an account, and the change of its address. */
export interface Recovery {
  readonly forgotPassword: ForgotPasswordFlow;
  readonly resetPassword: ResetPasswordFlow;
  readonly startReset: StartResetFlow;
  readonly changeEmail: ChangeEmailFlow;
  readonly confirmEmailChange: ConfirmEmailChangeFlow;
  readonly revertEmailChange: RevertEmailChangeFlow;
}

export const recovery = (kit: Kit, passwords: Passwords): Recovery => {
  const { settings } = kit;
  const needs = {
    ...kit,
    passwords,
    verifyMs: settings.verifyMs,
    resetMs: settings.resetMs,
    resetLink: (token: string) => kit.linkTo('resetPassword', token),
    changeLink: (token: string) => kit.linkTo('changeEmail', token),
    revertLink: (token: string) => kit.linkTo('revertEmail', token),
    blankProfile: async () => {
      const blank = await kit.checkProfile(null);
      return blank.ok ? blank.value : null;
    },
  };
  const mailing = { ...needs, mailReset: mailReset(needs) };
  return {
    forgotPassword: forgotPassword(mailing),
    resetPassword: resetPassword(needs),
    startReset: startReset(mailing),
    changeEmail: changeEmail(needs),
    confirmEmailChange: confirmEmailChange(needs),
    revertEmailChange: revertEmailChange(mailing),
  };
};
