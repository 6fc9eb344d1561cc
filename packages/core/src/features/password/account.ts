import type { Kit } from '../../config/feature.ts';
import { changePassword } from '../../flows/change-password.ts';
import { type RegisterInput, register } from '../../flows/register.ts';
import { sendVerification } from '../../flows/send-verification.ts';
import { stepUp } from '../../flows/step-up.ts';
import { verifyEmail } from '../../flows/verify-email.ts';
import type { Route } from '../../http/route.ts';
import { changePasswordRoute } from '../../http/routes/change-password.ts';
import { registerRoute } from '../../http/routes/register.ts';
import { stepUpByPassword } from '../../http/routes/step-up-ways.ts';
import { sendVerificationRoute, verifyEmailRoute } from '../../http/routes/verify-email.ts';
import type { Passwords } from '../../modules/passwords.ts';
import type { Caller } from '../../ports/journal.ts';

/** What happens to an account once in a while, so that a process that only signs in may never load it. */
export const accountRoutes = (kit: Kit, passwords: Passwords): readonly Route[] => {
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
  return [
    registerRoute({ ...kit, register: register(needs) }),
    verifyEmailRoute({ verifyEmail: verifyEmail(needs) }),
    sendVerificationRoute({ sendVerification: sendVerification(needs) }),
    changePasswordRoute({ ...kit, changePassword: changePassword(needs), freshMs: settings.session.stepUpWindowMs }),
    stepUpByPassword({ ...kit, stepUp: stepUp(needs) }),
  ];
};
