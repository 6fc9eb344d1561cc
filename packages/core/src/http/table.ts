import type { Page, Route } from './route.ts';

/** Routes by path: a path is compared as it came, byte for byte. Nothing is decoded, folded or trimmed. */
export interface RouteTable {
  readonly basePath: string;
  readonly exact: ReadonlyMap<string, readonly Route[]>;
  /** Keyed by the path with `{id}` in the place of the id, which is any one segment below `basePath`. */
  readonly withId: ReadonlyMap<string, readonly Route[]>;
  readonly pages: ReadonlyMap<string, Page>;
}

export interface Matched {
  readonly kind: 'route';
  readonly route: Route;
  readonly id: string | null;
}

export type Match =
  | ({ readonly allow: readonly string[] } & (
      | Matched
      | { readonly kind: 'page'; readonly page: Page }
      | { readonly kind: 'method' }
    ))
  | { readonly kind: 'none' };

export const routeTable = (basePath: string, routes: readonly Route[], pages: readonly Page[]): RouteTable => {
  const group = (list: readonly (readonly [string, Route])[]): ReadonlyMap<string, readonly Route[]> => {
    const map = new Map<string, Route[]>();
    for (const [path, route] of list) map.set(path, [...(map.get(path) ?? []), route]);
    return map;
  };
  const withId = routes.filter((route) => route.path.includes('/{id}'));
  return {
    basePath,
    exact: group(routes.filter((route) => !withId.includes(route)).map((route) => [basePath + route.path, route])),
    withId: group(withId.map((route) => [basePath + route.path, route])),
    pages: new Map(pages.map((page) => [basePath + page.path, page])),
  };
};

/** What the ids of records are made of. */
const idForm = /^[A-Za-z0-9_-]{1,64}$/;

/** No path of ours has more segments; a longer one is not looked at. */
const maxSegments = 4;

const routesAt = (
  table: RouteTable,
  pathname: string,
): { readonly routes: readonly Route[]; readonly id: string | null } => {
  const exact = table.exact.get(pathname);
  if (exact !== undefined) return { routes: exact, id: null };
  const segments = pathname.slice(table.basePath.length).split('/', maxSegments + 2);
  const none = { routes: [], id: null };
  if (segments.length > maxSegments + 1 || !pathname.startsWith(`${table.basePath}/`)) return none;
  for (const [at, id] of segments.entries()) {
    if (!idForm.test(id)) continue;
    const routes = table.withId.get(`${table.basePath}${segments.with(at, '{id}').join('/')}`);
    if (routes !== undefined) return { routes, id };
  }
  return none;
};

export const matchRoute = (table: RouteTable, method: string, pathname: string): Match => {
  const page = table.pages.get(pathname);
  const { routes, id } = routesAt(table, pathname);
  if (routes.length === 0 && page === undefined) return { kind: 'none' };
  const reads = page !== undefined || routes.some((route) => route.method === 'GET');
  const allow = [
    ...(reads ? ['GET', 'HEAD'] : []),
    ...routes.map((route) => route.method).filter((name) => name !== 'GET'),
  ];
  const wanted = method === 'HEAD' ? 'GET' : method;
  const route = routes.find((candidate) => candidate.method === wanted);
  if (route !== undefined) return { kind: 'route', route, id, allow };
  return page !== undefined && wanted === 'GET' ? { kind: 'page', page, allow } : { kind: 'method', allow };
};
