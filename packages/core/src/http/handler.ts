import type { RequestContext } from '../api/request.ts';
import { refuse } from '../errors.ts';
import type { Journal } from '../ports/journal.ts';
import { once } from '../primitives/on-demand.ts';
import { readBody } from './body.ts';
import type { Exchange, OpenExchange } from './exchange.ts';
import { failure } from './failure.ts';
import type { OriginRules } from './origin.ts';
import { outcomeResponse, runNamed } from './outcome.ts';
import { refusalOfThrown } from './problem.ts';
import { respond } from './respond.ts';
import type { Page, Route } from './route.ts';
import { type Matched, matchRoute, type RouteTable, routeTable } from './table.ts';

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
    navigation: once(() => import('./navigation.ts')),
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
  readonly navigation: () => Promise<typeof import('./navigation.ts')>;
}

const attempt = async (needs: Own, request: Request, context: RequestContext): Promise<Response> => {
  let exchange: Exchange | null = null;
  try {
    exchange = needs.open(request, context);
    return await answer(needs, request, exchange);
  } catch (error) {
    if (exchange === null) return outcomeResponse('req_none', refusalOfThrown(error));
    return failure(needs.journal, exchange.caller, error).toResponse();
  }
};

const answer = async (needs: Own, request: Request, exchange: Exchange): Promise<Response> => {
  const { requestId } = exchange;
  const url = new URL(request.url);
  const matched = matchRoute(needs.table, request.method, url.pathname);
  if (matched.kind === 'none') return outcomeResponse(requestId, refuse('not_found'));
  if (request.method === 'OPTIONS') return preflight(needs, request, requestId, matched.allow);
  if (matched.kind === 'method') {
    const refused = outcomeResponse(requestId, refuse('method_not_allowed'));
    refused.headers.set('allow', matched.allow.join(', '));
    return refused;
  }
  const isExempt = matched.kind === 'route' && matched.route.bearerSuffices && exchange.bearer !== null;
  if (!isExempt && !needs.rules.allows(request)) {
    const foreign = refuse('csrf_rejected');
    exchange.noteRefusal(foreign);
    return outcomeResponse(requestId, foreign);
  }
  if (matched.kind === 'page') {
    const { pageResponse } = await needs.layout();
    return pageResponse(requestId, await matched.page.text(url));
  }
  return operate(needs, matched, request, exchange);
};

const operate = async (needs: Own, { route, id }: Matched, request: Request, exchange: Exchange): Promise<Response> => {
  const { requestId } = exchange;
  const named = id === null ? {} : { id };
  if (route.takesQuery !== null) return (await needs.navigation()).arrive(needs, route, { request, exchange, named });
  if (route.method !== 'POST') return outcomeResponse(requestId, await route.run(named, exchange));
  const body = await readBody(request, needs.bodyLimit, route.takesForms === true);
  if (!body.ok) return outcomeResponse(requestId, body);
  if (body.kind === 'form')
    return (await needs.navigation()).submit(needs, route, { text: body.text, exchange, named });
  return outcomeResponse(requestId, await runNamed(route, body.value, { exchange, named }));
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
