import type { LogoutFlow } from '../../flows/logout.ts';
import type { CookieKind, Cookies } from '../cookies.ts';
import { flag } from '../fields.ts';
import { optional } from '../input.ts';
import { type Route, reply, route } from '../route.ts';
import { heads } from './heads.ts';

interface Needs {
  readonly logout: LogoutFlow;
  readonly cookies: Cookies;
  /** The cookies that can keep a session here. */
  readonly kinds: readonly CookieKind[];
}

/** Always `204`: what is expired or unknown is signed out already. */
export const logoutRoute = ({ logout, cookies, kinds }: Needs): Route =>
  route({
    ...heads.logout,
    input: { everywhere: optional(flag) },
    run: async ({ everywhere }, exchange) => {
      const bearer = exchange.bearer === null ? null : await exchange.subject();
      const shown = [exchange.presented, exchange.presentedFamily(), bearer?.session.id ?? null];
      const done = await logout(
        exchange.caller,
        shown.filter((id) => id !== null),
        everywhere ?? false,
      );
      return done.ok
        ? reply(
            204,
            null,
            kinds.map((kind) => cookies.expire(kind)),
          )
        : done;
    },
  });
