import type { RegisterFlow } from '../../flows/register.ts';
import type { Transport } from '../../ports/live-session.ts';
import { entranceOf, entryReply, wishFields, wishRefusal } from '../entry.ts';
import { newPassword, object } from '../fields.ts';
import { address, optional } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import type { CheckProfile } from '../profile.ts';
import { type Route, reply, route } from '../route.ts';
import { heads } from './heads.ts';

interface Needs {
  readonly register: RegisterFlow;
  readonly checkProfile: CheckProfile;
  readonly keep: Keepsakes;
  readonly transports: readonly Transport[];
}

/** `202 check_email` with the flow cookie for every address, known or not; in mode `open`, `201` and a session. */
export const registerRoute = ({ register, checkProfile, keep, transports }: Needs): Route =>
  route({
    ...heads.register,
    input: { email: address, password: newPassword, profile: optional(object), ...wishFields(transports) },
    run: async (input, exchange) => {
      const refusal = wishRefusal(exchange, input);
      if (refusal !== null) return refusal;
      const profile = await checkProfile(input.profile);
      if (!profile.ok) return profile;
      const flow = keep.flow(exchange);
      const registered = await register(exchange.caller, {
        address: input.email,
        password: input.password,
        profile: profile.value,
        flow: flow.value,
        entrance: entranceOf(exchange, input),
      });
      if (!registered.ok) return registered;
      if (registered.signedIn === null) return reply(202, { status: 'check_email' }, [flow.cookie]);
      const entered = entryReply(keep, exchange, { status: 201, entered: registered.signedIn });
      return { ...entered, cookies: [...entered.cookies, flow.cookie] };
    },
  });
