import type { ChangePasswordFlow } from '../../flows/change-password.ts';
import { renewedReply } from '../entry.ts';
import { newPassword } from '../fields.ts';
import { optional, password } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, reply, route } from '../route.ts';
import { heads } from './heads.ts';

interface Needs {
  readonly changePassword: ChangePasswordFlow;
  readonly keep: Keepsakes;
  readonly freshMs: number;
}

export const changePasswordRoute = ({ changePassword, keep, freshMs }: Needs): Route =>
  route({
    ...heads.changePassword,
    input: { current: optional(password), password: newPassword },
    run: async (input, exchange) => {
      const asked = await exchange.demand({ strong: true });
      if (!asked.ok) return asked;
      const fresh = await exchange.demand({ fresh: freshMs });
      const changed = await changePassword(exchange.caller, {
        subject: asked.subject,
        current: input.current,
        password: input.password,
        staleness: fresh.ok ? null : fresh,
      });
      if (!changed.ok) return changed;
      if (changed.renewed !== null) return renewedReply(keep, changed.renewed);
      return reply(204, null, keep.forget(asked.subject.session));
    },
  });
