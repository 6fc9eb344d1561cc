import type { Route } from '../route.ts';

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
