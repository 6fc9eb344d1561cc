import type { Page, Route } from './route.ts';

/** Routes by path: a path is compared as it came, byte for byte. Nothing is decoded, folded or trimmed. */
export interface RouteTable {
  readonly basePath: string;
  /** Where a path names a record, by the path with `{id}` in the place of the id, which is any one segment below `basePath`. */
  readonly byPath: ReadonlyMap<string, readonly Route[]>;
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
  const byPath = new Map<string, Route[]>();
  for (const route of routes) {
    const path = basePath + route.path;
    byPath.set(path, [...(byPath.get(path) ?? []), route]);
  }
  return { basePath, byPath, pages: new Map(pages.map((page) => [basePath + page.path, page])) };
};

/** What the ids of records are made of. */
const idForm = /^[A-Za-z0-9_-]{1,64}$/;

/** No path of ours has more segments; a longer one is not looked at. */
const maxSegments = 4;

const routesAt = (
  table: RouteTable,
  pathname: string,
): { readonly routes: readonly Route[]; readonly id: string | null } => {
  // Nobody asks for the place of an id instead of an id.
  const exact = pathname.includes('{') ? undefined : table.byPath.get(pathname);
  if (exact !== undefined) return { routes: exact, id: null };
  const segments = pathname.slice(table.basePath.length).split('/', maxSegments + 2);
  const none = { routes: [], id: null };
  if (segments.length > maxSegments + 1 || !pathname.startsWith(`${table.basePath}/`)) return none;
  for (const [at, id] of segments.entries()) {
    if (!idForm.test(id)) continue;
    const routes = table.byPath.get(`${table.basePath}${segments.with(at, '{id}').join('/')}`);
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
