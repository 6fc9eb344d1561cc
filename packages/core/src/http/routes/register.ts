import type { RegisterFlow } from '../../flows/register.ts';
import { address, newPassword, object, optional } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import type { CheckProfile } from '../profile.ts';
import { type Route, reply, route } from '../route.ts';
import { publicUser } from '../view.ts';

interface Needs {
  readonly register: RegisterFlow;
  readonly checkProfile: CheckProfile;
  readonly keep: Keepsakes;
}

/** `202 check_email` with the flow cookie for every address, known or not; in mode `open`, `201` and a session. */
export const registerRoute = ({ register, checkProfile, keep }: Needs): Route =>
  route({
    name: 'register',
    method: 'POST',
    path: '/register',
    takesForms: true,
    input: { email: address, password: newPassword, profile: optional(object) },
    run: async (input, exchange) => {
      const profile = await checkProfile(input.profile);
      if (!profile.ok) return profile;
      const flow = keep.flow(exchange);
      const registered = await register(exchange.caller, {
        address: input.email,
        password: input.password,
        profile: profile.value,
        flow: flow.value,
        presented: exchange.presented,
      });
      if (!registered.ok) return registered;
      if (registered.signedIn === null) return reply(202, { status: 'check_email' }, [flow.cookie]);
      const { user } = registered.signedIn;
      const cookies = [keep.session(registered.signedIn), keep.device(user.loginKey), flow.cookie];
      return reply(201, { status: 'signed_in', user: publicUser(user) }, cookies);
    },
  });
