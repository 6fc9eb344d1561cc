import type { StepUpByFactorFlow } from '../../flows/mfa/step-up.ts';
import type { StepUpFlow } from '../../flows/step-up.ts';
import { tokensOf } from '../entry.ts';
import { oneOf, password, token } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, reply, route } from '../route.ts';
import { publicSession } from '../view.ts';
import { heads } from './heads.ts';

interface Needs<Flow> {
  readonly stepUp: Flow;
  readonly keep: Keepsakes;
}

export const stepUpByPassword = ({ stepUp: prove, keep }: Needs<StepUpFlow>): Route =>
  route({
    ...heads.stepUp,
    input: { password },
    run: async (input, exchange) => {
      const asked = await exchange.demand();
      if (!asked.ok) return asked;
      const renewed = await prove(exchange.caller, asked.subject, input.password);
      if (!renewed.ok) return renewed;
      return reply(200, { session: publicSession(renewed.session), ...tokensOf(renewed) }, keep.session(renewed));
    },
  });

export const stepUpByFactor = ({ stepUp: prove, keep }: Needs<StepUpByFactorFlow>): Route =>
  route({
    ...heads.stepUp,
    input: { method: oneOf('totp', 'recovery_code'), code: token },
    run: async (input, exchange) => {
      const asked = await exchange.demand();
      if (!asked.ok) return asked;
      const renewed = await prove(exchange.caller, asked.subject, input);
      if (!renewed.ok) return renewed;
      return reply(200, { session: publicSession(renewed.session), ...tokensOf(renewed) }, keep.session(renewed));
    },
  });
