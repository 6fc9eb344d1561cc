import type { RequestContext } from '../api/request.ts';
import { type Refusal, refuse } from '../errors.ts';
import type { Journal } from '../ports/journal.ts';
import { once } from '../primitives/on-demand.ts';
import { safeReturnTo } from '../primitives/return-to.ts';
import { readBody } from './body.ts';
import type { Exchange, OpenExchange } from './exchange.ts';
import { invalid } from './input.ts';
import type { OriginRules } from './origin.ts';
import { authProblem, refusalOfThrown } from './problem.ts';
import { withQuery } from './query.ts';
import { redirect, respond } from './respond.ts';
import type { Page, Reply, Route } from './route.ts';
import { type Matched, matchRoute, type RouteTable, routeTable } from './table.ts';
import { traceOf } from './trace.ts';

export interface HandlerNeeds {
  readonly basePath: string;
  readonly origin: string;
  readonly trustedOrigins: readonly string[];
  readonly bodyLimit: number;
  readonly errorPage: string;
  readonly secondFactorPage: string;
  readonly routes: readonly Route[];
  readonly pages: readonly Page[];
  readonly rules: OriginRules;
  readonly open: OpenExchange;
  readonly takesBearers: boolean;
  readonly journal: Journal;
}

export type Handle = (request: Request, context: RequestContext) => Promise<Response>;

/** Route, origin, body, input, operation, answer: in this order, each stopping what it must. Never throws. */
export const handler = (needs: HandlerNeeds): Handle => {
  const own = {
    ...needs,
    table: routeTable(needs.basePath, needs.routes, needs.pages),
    layout: once(() => import('./pages/layout.ts')),
  };
  return async (request, context) => {
    const response = await attempt(own, request, context);
    for (const [name, value] of needs.rules.cors(request)) response.headers.set(name, value);
    return request.method === 'HEAD' ? new Response(null, response) : response;
  };
};

interface Own extends HandlerNeeds {
  readonly table: RouteTable;
  readonly layout: () => Promise<typeof import('./pages/layout.ts')>;
}

const attempt = async (needs: Own, request: Request, context: RequestContext): Promise<Response> => {
  let exchange: Exchange | null = null;
  try {
    exchange = needs.open(request, context);
    return await answer(needs, request, exchange);
  } catch (error) {
    const refusal = refusalOfThrown(error);
    if (exchange === null) return authProblem(refusal, 'req_none').toResponse();
    needs.journal.note(exchange.caller, 'request.failed', { code: refusal.reason, data: traceOf(error) });
    return authProblem(refusal, exchange.requestId).toResponse();
  }
};

const answer = async (needs: Own, request: Request, exchange: Exchange): Promise<Response> => {
  const { requestId, caller } = exchange;
  const url = new URL(request.url);
  const matched = matchRoute(needs.table, request.method, url.pathname);
  if (matched.kind === 'none') return authProblem(refuse('not_found'), requestId).toResponse();
  if (request.method === 'OPTIONS') return preflight(needs, request, requestId, matched.allow);
  if (matched.kind === 'method') {
    const refused = authProblem(refuse('method_not_allowed'), requestId).toResponse();
    refused.headers.set('allow', matched.allow.join(', '));
    return refused;
  }
  const isExempt = matched.kind === 'route' && matched.route.bearerSuffices && exchange.bearer !== null;
  if (!isExempt && !needs.rules.allows(request)) {
    needs.journal.note(caller, 'csrf.rejected', { code: 'csrf_rejected' });
    return authProblem(refuse('csrf_rejected'), requestId).toResponse();
  }
  if (matched.kind === 'page') {
    const { pageResponse } = await needs.layout();
    return pageResponse(requestId, await matched.page.text(url));
  }
  return operate(needs, matched, request, exchange);
};

const operate = async (
  needs: HandlerNeeds,
  matched: Matched,
  request: Request,
  exchange: Exchange,
): Promise<Response> => {
  const { requestId } = exchange;
  const { route, id } = matched;
  const named = id === null ? {} : { id };
  if (route.takesQuery !== null) return navigate(needs, route, { request, exchange, named });
  if (route.method !== 'POST') return write(requestId, await route.run(named, exchange));
  const body = await readBody(request, needs.bodyLimit, route.takesForms === true);
  if (!body.ok) return authProblem(body, requestId).toResponse();
  if (id !== null && hasId(body.value)) return write(requestId, invalid([{ pointer: '/id', code: 'unknown_member' }]));
  if (!body.isForm) return write(requestId, await route.run(withMembers(body.value, named), exchange));

  if (route.leads) {
    const outcome = await route.run(withMembers(body.value, named), exchange);
    return outcome.ok
      ? redirect(requestId, outcome.next ?? '/', outcome.cookies)
      : toErrorPage(needs, requestId, outcome.reason);
  }
  const { returnTo = '/', ...fields } = body.value as Record<string, unknown>;
  const target = typeof returnTo === 'string' ? safeReturnTo(returnTo, needs.origin, needs.trustedOrigins) : null;
  if (target === null) return redirect(requestId, withQuery(needs.errorPage, { code: 'return_to_forbidden' }), []);
  const navigation = { returnTo: target, secondFactor: needs.secondFactorPage };
  const outcome = await route.run({ ...fields, ...named }, { ...exchange, navigation });
  if (!outcome.ok) return redirect(requestId, withQuery(needs.errorPage, { code: outcome.reason }), []);
  return outcome.status === 303 ? write(requestId, outcome) : redirect(requestId, target, outcome.cookies);
};

const toErrorPage = ({ errorPage }: HandlerNeeds, requestId: string, code: string): Response =>
  redirect(requestId, withQuery(errorPage, { code }), []);

interface Navigation {
  readonly request: Request;
  readonly exchange: Exchange;
  readonly named: object;
}

/** What a browser brings along from elsewhere: the members that the route knows, each at most once (RFC 6749 §3.1). */
const navigate = async (needs: HandlerNeeds, route: Route, { request, exchange, named }: Navigation) => {
  const { requestId } = exchange;
  // It changes things, and whoever only looks must not.
  if (request.method === 'HEAD') return authProblem(refuse('method_not_allowed'), requestId).toResponse();
  const { searchParams } = new URL(request.url);
  const members: Record<string, string> = {};
  for (const name of route.takesQuery ?? []) {
    const values = searchParams.getAll(name);
    if (values.length > 1) return toErrorPage(needs, requestId, 'malformed_request');
    if (values[0] !== undefined) members[name] = values[0];
  }
  const outcome = await route.run({ ...members, ...named }, exchange);
  return outcome.ok ? write(requestId, outcome) : toErrorPage(needs, requestId, outcome.reason);
};

const isObject = (body: unknown): body is object => typeof body === 'object' && body !== null && !Array.isArray(body);

/** Where the path names the record, a member `id` of the body is one that nobody asked for. */
const hasId = (body: unknown): boolean => isObject(body) && Object.hasOwn(body, 'id');

const withMembers = (body: unknown, named: object): unknown => (isObject(body) ? { ...body, ...named } : body);

const write = (requestId: string, outcome: Reply<unknown> | Refusal): Response => {
  if (!outcome.ok) return authProblem(outcome, requestId).toResponse();
  const { status, cookies, headers } = outcome;
  const body = status === 204 || status === 303 ? null : outcome.value;
  return respond(requestId, { status, body, cookies, ...(headers === undefined ? {} : { headers }) });
};

/** Says to a trusted origin's page what it may send; to any other, nothing. */
const preflight = (needs: HandlerNeeds, request: Request, requestId: string, allow: readonly string[]): Response => {
  const mayAsk = needs.rules.cors(request).length > 0;
  return respond(requestId, {
    status: 204,
    body: null,
    cookies: [],
    headers: mayAsk
      ? [
          ['access-control-allow-methods', allow.join(', ')],
          ['access-control-allow-headers', needs.takesBearers ? 'authorization, content-type' : 'content-type'],
          ['access-control-max-age', '600'],
        ]
      : [['allow', allow.join(', ')]],
  });
};
