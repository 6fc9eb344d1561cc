import type { Kit } from '../../config/feature.ts';
import { changeEmail } from '../../flows/change-email.ts';
import { confirmEmailChange } from '../../flows/confirm-email-change.ts';
import { forgotPassword } from '../../flows/forgot-password.ts';
import { mailReset } from '../../flows/mail-reset.ts';
import { resetPassword } from '../../flows/reset-password.ts';
import { revertEmailChange } from '../../flows/revert-email-change.ts';
import { type StartResetFlow, startReset } from '../../flows/start-reset.ts';
import type { Route } from '../../http/route.ts';
import { changeEmailRoutes } from '../../http/routes/change-email.ts';
import { recoveryRoutes } from '../../http/routes/recovery.ts';
import type { Passwords } from '../../modules/passwords.ts';

/** What is asked for rarely, so that a process may never load it: the ways back into an account, and the change of its address. */
export interface Recovery {
  readonly routes: readonly Route[];
  readonly startReset: StartResetFlow;
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
    routes: [
      ...recoveryRoutes({ ...kit, forgotPassword: forgotPassword(mailing), resetPassword: resetPassword(needs) }),
      ...changeEmailRoutes({
        ...kit,
        changeEmail: changeEmail(needs),
        confirmEmailChange: confirmEmailChange(needs),
        revertEmailChange: revertEmailChange(mailing),
        freshMs: settings.session.stepUpWindowMs,
      }),
    ],
    startReset: startReset(mailing),
  };
};
