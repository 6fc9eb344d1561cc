import type { DeleteUserFlow } from '../../flows/delete-user.ts';
import type { Cookies } from '../cookies.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, reply, route } from '../route.ts';
import { heads } from './heads.ts';

interface Needs {
  readonly deleteUser: DeleteUserFlow;
  readonly cookies: Cookies;
  readonly keep: Keepsakes;
  readonly freshMs: number;
}

/** The user's own end of the account; it asks for a fresh proof, and nothing brings the account back. */
export const deleteAccountRoute = ({ deleteUser, cookies, keep, freshMs }: Needs): Route =>
  route({
    ...heads.deleteAccount,
    input: {},
    run: async (_input, exchange) => {
      const asked = await exchange.demand({ fresh: freshMs, strong: true });
      if (!asked.ok) return asked;
      const { user, session } = asked.subject;
      const deleted = await deleteUser(exchange.caller, user.id, session);
      return deleted.ok ? reply(204, null, [...keep.forget(session), cookies.expire('device')]) : deleted;
    },
  });
