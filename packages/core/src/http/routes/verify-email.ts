import type { SendVerificationFlow } from '../../flows/send-verification.ts';
import type { VerifyEmailFlow } from '../../flows/verify-email.ts';
import { address, optional, password, token } from '../input.ts';
import { type Route, reply, route } from '../route.ts';
import { heads } from './heads.ts';

interface Needs {
  readonly verifyEmail: VerifyEmailFlow;
  readonly sendVerification: SendVerificationFlow;
}

export const verifyEmailRoute = ({ verifyEmail }: Pick<Needs, 'verifyEmail'>): Route =>
  route({
    ...heads.verifyEmail,
    input: { token, password: optional(password) },
    run: async (input, exchange) => {
      const flaw = await exchange.flaw();
      if (flaw !== null) return flaw;
      const verified = await verifyEmail(exchange.caller, {
        token: input.token,
        password: input.password,
        flow: exchange.flow(),
        subject: await exchange.subject(),
      });
      return verified.ok ? reply(204, null) : verified;
    },
  });

/** `202` always: the answer does not tell whether there is anything to confirm. */
export const sendVerificationRoute = ({ sendVerification }: Pick<Needs, 'sendVerification'>): Route =>
  route({
    ...heads.sendVerification,
    input: { email: address },
    run: async (input, exchange) => {
      const sent = await sendVerification(exchange.caller, input.email.loginKey);
      return sent.ok ? reply(202, { status: 'check_email' }) : sent;
    },
  });
