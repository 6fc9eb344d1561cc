import type { LoginFlow } from '../../flows/login.ts';
import { entranceOf, entryReply } from '../entry.ts';
import { address, oneOf, optional, password } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, route } from '../route.ts';

interface Needs {
  readonly login: LoginFlow;
  readonly keep: Keepsakes;
}

export const loginRoute = ({ login, keep }: Needs): Route =>
  route({
    name: 'login',
    method: 'POST',
    path: '/login',
    takesForms: true,
    input: { email: address, password, transport: optional(oneOf('cookie')) },
    run: async (input, exchange) => {
      const entered = await login(exchange.caller, {
        loginKey: input.email.loginKey,
        password: input.password,
        entrance: entranceOf(exchange),
      });
      return entered.ok ? entryReply(keep, exchange, { status: 200, entered }) : entered;
    },
  });
