import type { ForgotPasswordFlow } from '../../flows/forgot-password.ts';
import type { ResetPasswordFlow } from '../../flows/reset-password.ts';
import { newPassword } from '../fields.ts';
import { address, token } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, reply, route } from '../route.ts';
import { heads } from './heads.ts';

interface Needs {
  readonly forgotPassword: ForgotPasswordFlow;
  readonly resetPassword: ResetPasswordFlow;
  readonly keep: Keepsakes;
}

export const recoveryRoutes = (needs: Needs): readonly Route[] => [
  forgotPasswordRoute(needs),
  resetPasswordRoute(needs),
];

/** `202` always: the answer does not tell whether there is anybody to mail to. */
const forgotPasswordRoute = ({ forgotPassword }: Needs): Route =>
  route({
    ...heads.forgotPassword,
    input: { email: address },
    run: async (input, exchange) => {
      const sent = await forgotPassword(exchange.caller, input.email.loginKey);
      return sent.ok ? reply(202, { status: 'check_email' }) : sent;
    },
  });

/** Signs nobody in. The device counts as known from now on: whoever holds the mailbox gets past a lockout that strangers caused. */
const resetPasswordRoute = ({ resetPassword, keep }: Needs): Route =>
  route({
    ...heads.resetPassword,
    input: { token, password: newPassword },
    run: async (input, exchange) => {
      const reset = await resetPassword(exchange.caller, input);
      return reset.ok ? reply(204, null, [keep.device(reset.loginKey)]) : reset;
    },
  });
