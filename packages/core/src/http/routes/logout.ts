import type { LogoutFlow } from '../../flows/logout.ts';
import type { Cookies } from '../cookies.ts';
import { flag, optional } from '../input.ts';
import { type Route, reply, route } from '../route.ts';

interface Needs {
  readonly logout: LogoutFlow;
  readonly cookies: Cookies;
}

/** Always `204`: what is expired or unknown is signed out already. */
export const logoutRoute = ({ logout, cookies }: Needs): Route =>
  route({
    name: 'logout',
    method: 'POST',
    path: '/logout',
    takesForms: true,
    input: { everywhere: optional(flag) },
    run: async ({ everywhere }, exchange) => {
      const done = await logout(exchange.caller, exchange.presented, everywhere ?? false);
      return done.ok ? reply(204, null, [cookies.expire('session')]) : done;
    },
  });
