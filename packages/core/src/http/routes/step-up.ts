import type { StepUpFlow } from '../../flows/step-up.ts';
import { tokensOf } from '../entry.ts';
import { password } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, reply, route } from '../route.ts';
import { publicSession } from '../view.ts';

interface Needs {
  readonly stepUp: StepUpFlow;
  readonly keep: Keepsakes;
}

export const stepUpRoute = ({ stepUp, keep }: Needs): Route =>
  route({
    name: 'stepUp',
    method: 'POST',
    path: '/step-up',
    input: { password },
    run: async (input, exchange) => {
      const asked = await exchange.demand();
      if (!asked.ok) return asked;
      const renewed = await stepUp(exchange.caller, asked.subject, input.password);
      if (!renewed.ok) return renewed;
      return reply(200, { session: publicSession(renewed.session), ...tokensOf(renewed) }, keep.session(renewed));
    },
  });
