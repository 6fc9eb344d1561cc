import type { LoginFlow } from '../../flows/login.ts';
import { address, oneOf, optional, password } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, reply, route } from '../route.ts';
import { publicUser } from '../view.ts';

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
      const { loginKey } = input.email;
      const signedIn = await login(exchange.caller, {
        loginKey,
        password: input.password,
        presented: exchange.presented,
      });
      if (!signedIn.ok) return signedIn;
      const cookies = [keep.session(signedIn), keep.device(loginKey)];
      return reply(200, { status: 'signed_in', user: publicUser(signedIn.user) }, cookies);
    },
  });
