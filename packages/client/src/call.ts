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
    try {
      const response = await fetch(baseUrl + path, {
        method,
        credentials: 'include',
        redirect: 'error',
        signal: late.signal,
        headers: {
          ...(body === null ? {} : { 'content-type': 'application/json' }),
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        },
        ...(body === null ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw await errorOf(response, now());
      return response.status === 204 ? null : parse(await response.text(), response);
    } catch (cause) {
      throw cause instanceof AuthClientError ? cause : new AuthClientError('unreachable', { cause });
    } finally {
      cancel();
    }
  };

const parse = (text: string, { status }: Response): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AuthClientError('unexpected_answer', { status, cause });
  }
};
