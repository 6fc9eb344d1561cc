import type { Refusal } from '../errors.ts';
import type { Exchange } from './exchange.ts';
import { invalid } from './input.ts';
import { authProblem } from './problem.ts';
import { respond } from './respond.ts';
import type { Reply, Route } from './route.ts';

export type Outcome = Reply<unknown> | Refusal;

/** A request as the route is to see it: `named` is what its path says. */
interface Called {
  readonly exchange: Exchange;
  readonly named: object;
}

/** Where the path names the record, a member `id` of the body is one that nobody asked for. */
export const runNamed = async (route: Route, body: unknown, { exchange, named }: Called): Promise<Outcome> => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return route.run(body, exchange);
  if ('id' in named && Object.hasOwn(body, 'id')) return invalid([{ pointer: '/id', code: 'unknown_member' }]);
  return route.run({ ...body, ...named }, exchange);
};

export const outcomeResponse = (requestId: string, outcome: Outcome): Response => {
  if (!outcome.ok) return authProblem(outcome, requestId).toResponse();
  const { status, cookies, headers } = outcome;
  const body = status === 204 || status === 303 ? null : outcome.value;
  return respond(requestId, { status, body, cookies, ...(headers === undefined ? {} : { headers }) });
};
