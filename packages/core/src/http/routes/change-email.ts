import type { ChangeEmailFlow } from '../../flows/change-email.ts';
import type { ConfirmEmailChangeFlow } from '../../flows/confirm-email-change.ts';
import type { RevertEmailChangeFlow } from '../../flows/revert-email-change.ts';
import { renewedReply } from '../entry.ts';
import { address, optional, password, token } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, reply, route } from '../route.ts';
import { heads } from './heads.ts';

interface Needs {
  readonly changeEmail: ChangeEmailFlow;
  readonly confirmEmailChange: ConfirmEmailChangeFlow;
  readonly revertEmailChange: RevertEmailChangeFlow;
  readonly keep: Keepsakes;
  readonly freshMs: number;
}

export const changeEmailRoutes = (needs: Needs): readonly Route[] => [
  changeEmailRoute(needs),
  confirmEmailChangeRoute(needs),
  revertEmailChangeRoute(needs),
];

/** `202` always: the answer does not tell whether the address is somebody else's. */
const changeEmailRoute = ({ changeEmail, freshMs }: Needs): Route =>
  route({
    ...heads.changeEmail,
    input: { email: address },
    run: async (input, exchange) => {
      const asked = await exchange.demand({ fresh: freshMs, strong: true });
      if (!asked.ok) return asked;
      const sent = await changeEmail(exchange.caller, { subject: asked.subject, address: input.email });
      return sent.ok ? reply(202, { status: 'check_email' }) : sent;
    },
  });

const confirmEmailChangeRoute = ({ confirmEmailChange, keep }: Needs): Route =>
  route({
    ...heads.confirmEmailChange,
    input: { token, password: optional(password) },
    run: async (input, exchange) => {
      const flaw = await exchange.flaw();
      if (flaw !== null) return flaw;
      const subject = await exchange.subject();
      const changed = await confirmEmailChange(exchange.caller, { ...input, subject });
      if (!changed.ok) return changed;
      if (changed.renewed === null) return reply(204, null);
      const { session } = changed.renewed;
      if (session !== null) return renewedReply(keep, session);
      return reply(204, null, subject === null ? [] : keep.forget(subject.session));
    },
  });

const revertEmailChangeRoute = ({ revertEmailChange }: Needs): Route =>
  route({
    ...heads.revertEmailChange,
    input: { token },
    run: async (input, exchange) => {
      const reverted = await revertEmailChange(exchange.caller, input.token);
      return reverted.ok ? reply(204, null) : reverted;
    },
  });
