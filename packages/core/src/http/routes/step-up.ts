import type { StepUpByFactorFlow } from '../../flows/mfa/step-up.ts';
import type { StepUpFlow } from '../../flows/step-up.ts';
import { tokensOf } from '../entry.ts';
import { oneOf, password, token } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, reply, route } from '../route.ts';
import { publicSession } from '../view.ts';

/** One thing that can be shown again: the route takes it where the body has this member. */
export interface StepUpWay {
  readonly member: 'password' | 'code';
  readonly route: Route;
}

/** One route for all that can be shown again; each input goes to the gate of its own way, whole. */
export const stepUpRoutes = (ways: readonly StepUpWay[]): readonly Route[] => {
  const [first] = ways;
  if (first === undefined) return [];
  const wayOf = (raw: unknown): StepUpWay =>
    ways.find(({ member }) => typeof raw === 'object' && raw !== null && Object.hasOwn(raw, member)) ?? first;
  return [{ ...first.route, run: (raw, exchange) => wayOf(raw).route.run(raw, exchange) }];
};

const stepUp = { name: 'stepUp', method: 'POST', path: '/step-up' } as const;

interface Needs<Flow> {
  readonly stepUp: Flow;
  readonly keep: Keepsakes;
}

export const stepUpByPassword = ({ stepUp: prove, keep }: Needs<StepUpFlow>): Route =>
  route({
    ...stepUp,
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
    ...stepUp,
    input: { method: oneOf('totp', 'recovery_code'), code: token },
    run: async (input, exchange) => {
      const asked = await exchange.demand();
      if (!asked.ok) return asked;
      const renewed = await prove(exchange.caller, asked.subject, input);
      if (!renewed.ok) return renewed;
      return reply(200, { session: publicSession(renewed.session), ...tokensOf(renewed) }, keep.session(renewed));
    },
  });
