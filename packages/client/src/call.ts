import { AuthClientError, errorOf } from './error.ts';
import type { Runtime } from './runtime.ts';

/** One request to a route of the server. */
export interface Asked {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Under `baseUrl`. */
  readonly path: string;
  /** JSON; `null` = none. */
  readonly body: object | null;
  readonly bearer: string | null;
  readonly timeoutMs: number;
}

/** Resolves with the JSON of a success, `null` for `204`; rejects with `AuthClientError` and nothing else. */
export type Call = (asked: Asked) => Promise<unknown>;

/** Cookies go along, redirects do not: a sign-in page of a hotel's network is no answer of the server. */
export const caller =
  ({ fetch, now, after }: Runtime, baseUrl: string): Call =>
  async ({ method, path, body, bearer, timeoutMs }) => {
    const late = new AbortController();
    const cancel = after(timeoutMs, () => late.abort());
    let status = 0;
    try {
      const response = await fetch(baseUrl + path, {
        method,
        credentials: 'include',
        redirect: 'error',
        signal: late.signal,
        headers: {
          ...(body === null ? null : { 'content-type': 'application/json' }),
          ...(bearer === null ? null : { authorization: `Bearer ${bearer}` }),
        },
        body: body && JSON.stringify(body),
      });
      if (!response.ok) throw await errorOf(response, now());
      if (response.status === 204) return null;
      const text = await response.text();
      ({ status } = response);
      return JSON.parse(text);
    } catch (cause) {
      if (cause instanceof AuthClientError) throw cause;
      throw new AuthClientError(status === 0 ? 'unreachable' : 'unexpected_answer', { status, cause });
    } finally {
      cancel();
    }
  };
