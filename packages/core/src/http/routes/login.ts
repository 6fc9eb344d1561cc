import type { LoginFlow } from '../../flows/login.ts';
import type { Transport } from '../../ports/live-session.ts';
import { entranceOf, entryReply, wishFields, wishRefusal } from '../entry.ts';
import { address, password } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, route } from '../route.ts';

interface Needs {
  readonly login: LoginFlow;
  readonly keep: Keepsakes;
  readonly transports: readonly Transport[];
}

export const loginRoute = ({ login, keep, transports }: Needs): Route =>
  route({
    name: 'login',
    method: 'POST',
    path: '/login',
    takesForms: true,
    input: { email: address, password, ...wishFields(transports) },
    run: async (input, exchange) => {
      const refusal = wishRefusal(exchange, input);
      if (refusal !== null) return refusal;
      const entered = await login(exchange.caller, {
        loginKey: input.email.loginKey,
        password: input.password,
        entrance: entranceOf(exchange, input),
      });
      return entered.ok ? entryReply(keep, exchange, { status: 200, entered }) : entered;
    },
  });
