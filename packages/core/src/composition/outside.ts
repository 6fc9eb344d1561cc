import type { TokenNeeds } from '../config/feature.ts';
import type { Http } from '../ports/http.ts';

/** Loaded by its first call. */
export const lazyHttp = (mode: 'production' | 'development'): Http => ({
  fetch: async (request, limits) =>
    (await import('../system/http.ts')).systemHttp(mode === 'development').fetch(request, limits),
});

/** Loaded where there is somebody else's service to call. */
export const bounded: TokenNeeds['bounded'] = async (operation, timeoutMs, call) =>
  (await import('../system/store-call.ts')).storeCall(operation, timeoutMs, call);
