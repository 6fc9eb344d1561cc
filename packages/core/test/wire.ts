import { expect } from 'vitest';
import type { Auth, ErrorCode, JsonObject, RecordSpace, StoredRecord, Stores } from '../src/index.ts';
import { goodPassword, origin, otherPassword } from './harness.ts';

/** Every route, with a body that its input gate lets pass. */
export interface WireRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly takesForms: boolean;
  /** Answers 401 without a session. */
  readonly guarded: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

const someToken = 'A'.repeat(43);

const wireRoute = (method: WireRoute['method'], path: string, more: Partial<WireRoute> = {}): WireRoute => ({
  ...{ method, path, takesForms: false, guarded: false, body: {}, ...more },
});

export const wireRoutes: readonly WireRoute[] = [
  wireRoute('POST', '/register', { takesForms: true, body: { email: 'new@example.org', password: goodPassword } }),
  wireRoute('POST', '/login', {
    takesForms: true,
    body: { email: 'known@example.org', password: goodPassword, transport: 'cookie' },
  }),
  wireRoute('POST', '/logout', { takesForms: true, body: { everywhere: true } }),
  wireRoute('POST', '/step-up', { guarded: true, body: { password: goodPassword } }),
  wireRoute('POST', '/change-password', { guarded: true, body: { current: goodPassword, password: otherPassword } }),
  wireRoute('POST', '/verify-email', { takesForms: true, body: { token: someToken, password: goodPassword } }),
  wireRoute('POST', '/verify-email/send', { takesForms: true, body: { email: 'known@example.org' } }),
  wireRoute('POST', '/forgot-password', { takesForms: true, body: { email: 'known@example.org' } }),
  wireRoute('POST', '/reset-password', { takesForms: true, body: { token: someToken, password: otherPassword } }),
  wireRoute('POST', '/change-email', { guarded: true, body: { email: 'next@example.org' } }),
  wireRoute('POST', '/change-email/confirm', {
    takesForms: true,
    body: { token: someToken, password: goodPassword },
  }),
  wireRoute('POST', '/change-email/revert', { takesForms: true, body: { token: someToken } }),
  wireRoute('DELETE', '/account', { guarded: true }),
  wireRoute('GET', '/session'),
  wireRoute('GET', '/sessions', { guarded: true }),
  wireRoute('DELETE', `/sessions/${someToken}`, { guarded: true }),
];

export const postRoutes: readonly WireRoute[] = wireRoutes.filter(({ method }) => method === 'POST');
export const linkPages: readonly string[] = [
  '/verify-email',
  '/reset-password',
  '/change-email/confirm',
  '/change-email/revert',
];
export const wirePages: readonly string[] = [...linkPages, ...linkPages.map((path) => `${path}/done`), '/error'];

/** http.md, Errors: the closed list, and the status of each. */
export const statusByCode: Readonly<Record<ErrorCode, number>> = {
  ...{ malformed_request: 400, token_invalid: 400, return_to_forbidden: 400, oauth_state_invalid: 400 },
  ...{ unauthenticated: 401, invalid_credentials: 401, mfa_code_invalid: 401, challenge_expired: 401 },
  ...{ refresh_invalid: 401, session_revoked: 401, access_token_expired: 401, access_token_invalid: 401 },
  ...{ csrf_rejected: 403, step_up_required: 403, email_unverified: 403, account_disabled: 403 },
  ...{ registration_closed: 403, oauth_denied: 403, not_found: 404, provider_unknown: 404, method_not_allowed: 405 },
  ...{ body_too_large: 413, unsupported_media_type: 415, login_taken: 409, account_exists: 409 },
  ...{ account_linked_elsewhere: 409, last_login_method: 409, factor_limit: 409, conflict: 409 },
  ...{ provider_token_missing: 409 },
  ...{ validation_failed: 422, weak_password: 422, rate_limited: 429, provider_failed: 502 },
  ...{ store_unavailable: 503, busy: 503, internal: 500 },
};

export interface Wire {
  readonly method?: string;
  readonly type?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;
  readonly peer?: string;
}

/** A request as bytes, of our own page; `type: null` sends no content type. */
export const wireRequest = (
  path: string,
  { method = 'POST', type = 'application/json', headers = {}, body }: Wire = {},
): Request =>
  new Request(`${origin}/auth${path}`, {
    method,
    headers: { 'sec-fetch-site': 'same-origin', ...(type === null ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined || body === null ? {} : { body, duplex: 'half' as const }),
  } as RequestInit);

export const wireSend = (auth: Auth<JsonObject>, path: string, wire: Wire = {}): Promise<Response> =>
  auth.handle(wireRequest(path, wire), { peer: wire.peer ?? '198.51.100.99' });

/** The request with another method than its constructor would take. */
export const withMethod = (request: Request, method: string): Request =>
  new Proxy(request, {
    get: (target, key) => {
      if (key === 'method') return method;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** What every answer but `/jwks.json` carries. */
export const expectCommonHeaders = (response: { readonly headers: Headers }): void => {
  const of = (name: string) => response.headers.get(name);
  expect([of('cache-control'), of('vary'), of('x-content-type-options'), of('referrer-policy')]).toEqual([
    'no-store',
    'Cookie, Origin',
    'nosniff',
    'no-referrer',
  ]);
  const policy = of('content-security-policy') ?? '';
  for (const rule of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
    expect(policy).toContain(rule);
  expect(of('auth-request-id')).toMatch(/^req_[A-Za-z0-9_-]{22}$/);
};

/** Reads a problem and holds it to RFC 9457 and to the closed list. */
export const expectProblem = async (response: Response): Promise<Record<string, unknown> & { code: ErrorCode }> => {
  expectCommonHeaders(response);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = (await response.json()) as Record<string, unknown> & { code: ErrorCode };
  const { type, title, status, code, requestId, retryAfter, ...rest } = body;
  expect(Object.keys(statusByCode)).toContain(code);
  expect([status, response.status]).toEqual([statusByCode[code], status]);
  expect(type).toBe(`https://sallyport.example/errors/${code}`);
  expect([typeof title, title === ''].join()).toBe('string,false');
  expect(requestId).toBe(response.headers.get('auth-request-id'));
  expect(response.headers.get('retry-after')).toBe(retryAfter === undefined ? null : String(retryAfter));
  if (retryAfter !== undefined) expect([Number.isInteger(retryAfter), Number(retryAfter) >= 1]).toEqual([true, true]);
  for (const key of Object.keys(rest)) expect(['detail', 'errors', 'reasons', 'minLength', 'need']).toContain(key);
  return body;
};

/** What was written to every store, call by call, and every id that a store was asked for. */
export interface Written {
  readonly stores: Stores;
  readonly values: unknown[];
  readonly ids: string[];
}

export const recordWrites = (inner: Stores): Written => {
  const values: unknown[] = [];
  const ids: string[] = [];
  const watch = <T extends object>(name: string, target: T): T =>
    new Proxy(target, {
      get: (object, key) => {
        const method: unknown = Reflect.get(object, key);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          values.push({ call: `${name}.${String(key)}`, args });
          const [first] = args;
          if (typeof first === 'string') ids.push(first);
          if (typeof first === 'object' && first !== null && 'id' in first) ids.push(String(first.id));
          return method.apply(object, args);
        };
      },
    });
  const space = (target: RecordSpace): RecordSpace => ({
    open: <R extends StoredRecord>(kind: string) => watch(kind, target.open<R>(kind)),
  });
  return {
    values,
    ids,
    stores: {
      users: watch('users', inner.users),
      durable: space(inner.durable),
      ephemeral: space(inner.ephemeral),
      rateLimits: watch('limits', inner.rateLimits),
    },
  };
};
