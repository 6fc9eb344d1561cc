import type { TokenNeeds } from '../config/feature.ts';
import type { Http } from '../ports/http.ts';
import { once } from '../primitives/on-demand.ts';

/** Loaded by its first call. */
export const lazyHttp = (mode: 'production' | 'development'): Http => {
  const load = once(async () => (await import('../system/http.ts')).systemHttp(mode === 'development'));
  return { fetch: async (request, limits) => (await load()).fetch(request, limits) };
};

/** Loaded where there is somebody else's service to call. */
export const lazyBounds = (): TokenNeeds['bounded'] => {
  const load = once(() => import('../system/store-call.ts'));
  return async (operation, timeoutMs, call) => (await load()).storeCall(operation, timeoutMs, call);
};
