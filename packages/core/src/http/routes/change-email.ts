import type { ChangeEmailFlow } from '../../flows/change-email.ts';
import type { ConfirmEmailChangeFlow } from '../../flows/confirm-email-change.ts';
import type { RevertEmailChangeFlow } from '../../flows/revert-email-change.ts';
import type { Cookies } from '../cookies.ts';
import { address, optional, password, token } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, reply, route } from '../route.ts';

interface Needs {
  readonly changeEmail: ChangeEmailFlow;
  readonly confirmEmailChange: ConfirmEmailChangeFlow;
  readonly revertEmailChange: RevertEmailChangeFlow;
  readonly keep: Keepsakes;
  readonly cookies: Cookies;
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
    name: 'changeEmail',
    method: 'POST',
    path: '/change-email',
    input: { email: address },
    run: async (input, exchange) => {
      const asked = await exchange.demand({ fresh: freshMs, strong: true });
      if (!asked.ok) return asked;
      const sent = await changeEmail(exchange.caller, { subject: asked.subject, address: input.email });
      return sent.ok ? reply(202, { status: 'check_email' }) : sent;
    },
  });

const confirmEmailChangeRoute = ({ confirmEmailChange, keep, cookies }: Needs): Route =>
  route({
    name: 'confirmEmailChange',
    method: 'POST',
    path: '/change-email/confirm',
    takesForms: true,
    input: { token, password: optional(password) },
    run: async (input, exchange) => {
      const changed = await confirmEmailChange(exchange.caller, { ...input, subject: await exchange.subject() });
      if (!changed.ok) return changed;
      if (changed.renewed === null) return reply(204, null);
      const { session } = changed.renewed;
      return reply(204, null, [session === null ? cookies.expire('session') : keep.session(session)]);
    },
  });

const revertEmailChangeRoute = ({ revertEmailChange }: Needs): Route =>
  route({
    name: 'revertEmailChange',
    method: 'POST',
    path: '/change-email/revert',
    takesForms: true,
    input: { token },
    run: async (input, exchange) => {
      const reverted = await revertEmailChange(exchange.caller, input.token);
      return reverted.ok ? reply(204, null) : reverted;
    },
  });
