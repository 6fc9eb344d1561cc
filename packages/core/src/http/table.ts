import type { Page, Route } from './route.ts';

/** Routes by path: a path is compared as it came, byte for byte. Nothing is decoded, folded or trimmed. */
export interface RouteTable {
  readonly exact: ReadonlyMap<string, readonly Route[]>;
  /** Keyed by the path up to the id. */
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
  const withId = routes.filter((route) => route.path.endsWith('/{id}'));
  return {
    exact: group(routes.filter((route) => !withId.includes(route)).map((route) => [basePath + route.path, route])),
    withId: group(withId.map((route) => [basePath + route.path.slice(0, -'{id}'.length), route])),
    pages: new Map(pages.map((page) => [basePath + page.path, page])),
  };
};

/** What the ids of records are made of. */
const idForm = /^[A-Za-z0-9_-]{1,64}$/;

export const matchRoute = (table: RouteTable, method: string, pathname: string): Match => {
  const page = table.pages.get(pathname);
  const slash = pathname.lastIndexOf('/') + 1;
  const last = pathname.slice(slash);
  const exact = table.exact.get(pathname);
  const routes = exact ?? (idForm.test(last) ? table.withId.get(pathname.slice(0, slash)) : undefined) ?? [];
  if (routes.length === 0 && page === undefined) return { kind: 'none' };
  const reads = page !== undefined || routes.some((route) => route.method === 'GET');
  const allow = [
    ...(reads ? ['GET', 'HEAD'] : []),
    ...routes.map((route) => route.method).filter((name) => name !== 'GET'),
  ];
  const wanted = method === 'HEAD' ? 'GET' : method;
  const route = routes.find((candidate) => candidate.method === wanted);
  if (route !== undefined) return { kind: 'route', route, id: exact === undefined ? last : null, allow };
  return page !== undefined && wanted === 'GET' ? { kind: 'page', page, allow } : { kind: 'method', allow };
};
