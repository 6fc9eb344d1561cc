import { refuse } from '../errors.ts';
import { safeReturnTo } from '../primitives/return-to.ts';
import type { Exchange } from './exchange.ts';
import { readForm } from './form.ts';
import { outcomeResponse, runNamed } from './outcome.ts';
import { withQuery } from './query.ts';
import { redirect } from './respond.ts';
import type { Route } from './route.ts';

interface Places {
  readonly origin: string;
  readonly trustedOrigins: readonly string[];
  readonly errorPage: string;
  readonly secondFactorPage: string;
}

interface Submitted {
  readonly text: string;
  readonly exchange: Exchange;
  readonly named: object;
}

/** A form of a page without JavaScript: done or refused, the browser is sent on. An outage, and what is no form, stays an answer. */
export const submit = async (places: Places, route: Route, { text, exchange, named }: Submitted): Promise<Response> => {
  const { requestId } = exchange;
  const form = readForm(text);
  if (!form.ok) return outcomeResponse(requestId, form);
  if (route.leads) {
    const outcome = await runNamed(route, form.value, { exchange, named });
    return outcome.ok
      ? redirect(requestId, outcome.next ?? '/', outcome.cookies)
      : toErrorPage(places, requestId, outcome.reason);
  }
  const { returnTo = '/', ...fields } = form.value as { readonly returnTo?: unknown };
  const target = typeof returnTo === 'string' ? safeReturnTo(returnTo, places.origin, places.trustedOrigins) : null;
  if (target === null) return toErrorPage(places, requestId, 'return_to_forbidden');
  const navigation = { returnTo: target, secondFactor: places.secondFactorPage };
  const outcome = await runNamed(route, fields, { exchange: { ...exchange, navigation }, named });
  if (!outcome.ok) return toErrorPage(places, requestId, outcome.reason);
  return outcome.status === 303 ? outcomeResponse(requestId, outcome) : redirect(requestId, target, outcome.cookies);
};

interface Arrival {
  readonly request: Request;
  readonly exchange: Exchange;
  readonly named: object;
}

/** What a browser brings along from elsewhere: the members that the route knows, each at most once (RFC 6749 §3.1). */
export const arrive = async (
  places: Places,
  route: Route,
  { request, exchange, named }: Arrival,
): Promise<Response> => {
  const { requestId } = exchange;
  // It changes things, and whoever only looks must not.
  if (request.method === 'HEAD') return outcomeResponse(requestId, refuse('method_not_allowed'));
  const { searchParams } = new URL(request.url);
  const members: Record<string, string> = {};
  for (const name of route.takesQuery ?? []) {
    const values = searchParams.getAll(name);
    if (values.length > 1) return toErrorPage(places, requestId, 'malformed_request');
    if (values[0] !== undefined) members[name] = values[0];
  }
  const outcome = await route.run({ ...members, ...named }, exchange);
  return outcome.ok ? outcomeResponse(requestId, outcome) : toErrorPage(places, requestId, outcome.reason);
};

const toErrorPage = ({ errorPage }: Places, requestId: string, code: string): Response =>
  redirect(requestId, withQuery(errorPage, { code }), []);
