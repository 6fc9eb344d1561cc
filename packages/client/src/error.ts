import type { ErrorCode, Problem } from '@sallyport/core';

/**
 * What only the client can say: no answer came (`unreachable`), something else than the server answered (`unexpected_answer`,
 * e.g. the page of a proxy), or a token would have left for an origin that is not listed (`origin_not_allowed`).
 */
export type ClientCode = 'unreachable' | 'unexpected_answer' | 'origin_not_allowed';

export interface AuthClientErrorInit {
  /** HTTP; 0 where no answer came. */
  readonly status?: number;
  /** Seconds. */
  readonly retryAfter?: number | null;
  readonly problem?: Problem | null;
  readonly requestId?: string | null;
  readonly cause?: unknown;
}

/** A call that did not go well. `code` is the contract: one of the server's closed list, or one of the client's three. */
export class AuthClientError extends Error {
  override readonly name = 'AuthClientError';
  readonly code: ErrorCode | ClientCode;
  /** HTTP; 0 where no answer came. */
  readonly status: number;
  /** When trying again makes sense, in seconds from the answer on; `null` where nobody said. */
  readonly retryAfter: number | null;
  /** Finds the request in the server's events; `null` where none is known. */
  readonly requestId: string | null;
  /** The whole answer (RFC 9457), e.g. with `errors` of `validation_failed` and `reasons` of `weak_password`. */
  readonly problem: Problem | null;
  constructor(code: ErrorCode | ClientCode, init: AuthClientErrorInit = {}) {
    super(code, init);
    this.code = code;
    this.status = init.status ?? 0;
    this.retryAfter = init.retryAfter ?? null;
    this.requestId = init.requestId ?? null;
    this.problem = init.problem ?? null;
  }
}

/** Nobody is signed in, and no server had to be asked. */
export const signedOut = (): AuthClientError => new AuthClientError('unauthenticated', { status: 401 });

/** The words of the server for "there is no session any more"; nothing else signs out. */
export const isTheEnd = (error: unknown): error is AuthClientError =>
  error instanceof AuthClientError &&
  error.status === 401 &&
  (error.code === 'refresh_invalid' || error.code === 'session_revoked');

/** The words for "this token will not do": another one may. */
export const isStale = (code: string | undefined): boolean =>
  code === 'access_token_expired' || code === 'session_revoked';

/** Reads the answer up. */
export const errorOf = async (response: Response, now: number): Promise<AuthClientError> => {
  const { status } = response;
  const problem = await problemOf(response);
  const retryAfter = problem?.retryAfter ?? secondsOf(response.headers.get('retry-after'), now);
  const requestId = problem?.requestId ?? response.headers.get('auth-request-id');
  return new AuthClientError(problem?.code ?? 'unexpected_answer', { status, problem, retryAfter, requestId });
};

/** Reads the answer up; `null` = it is no error of Sallyport's kind. */
export const problemOf = async (response: Response): Promise<Problem | null> => {
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? '')) return null;
  try {
    const body = (await response.json()) as Partial<Problem> | null;
    return typeof body?.code === 'string' ? (body as Problem) : null;
  } catch {
    return null;
  }
};

/** RFC 9110 §10.2.3: seconds, or a date. */
const secondsOf = (header: string | null, now: number): number | null => {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : Math.ceil((Date.parse(header) - now) / 1_000);
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
};
