/** Thrown by an adapter when the outcome of an operation is unknown or the backend is unreachable. Becomes 503, never "signed out". */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly operation: string;
  constructor(operation: string, options: { readonly cause: unknown }) {
    super(`store unavailable: ${operation}`, options);
    this.operation = operation;
  }
}

/** Thrown by a hasher, or by a full queue of background work, that sheds load: nothing was checked. Becomes 503 `busy`. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  /** When trying again makes sense, in milliseconds from now. */
  readonly retryAfterMs: number;
  constructor(retryAfterMs: number) {
    super('busy');
    this.retryAfterMs = retryAfterMs;
  }
}

/** One thing that is wrong with the configuration, and its mend. */
export interface ConfigIssue {
  readonly code: string;
  /** The option, e.g. `session.idle`. */
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

/** Thrown by `createAuth` with everything that is wrong, at once. */
export class AuthConfigError extends Error {
  override readonly name = 'AuthConfigError';
  readonly issues: readonly ConfigIssue[];
  constructor(issues: readonly ConfigIssue[]) {
    const lines = issues.map((issue) => `  ${issue.path} [${issue.code}]: ${issue.message}\n    fix: ${issue.fix}`);
    super(
      `${issues.length === 1 ? 'One thing is' : `${issues.length} things are`} wrong with the options of createAuth:\n${lines.join('\n')}`,
    );
    this.issues = issues;
  }
}

/** The closed list of error codes; `docs/reference/errors.md` explains each. Never renamed. */
export type ErrorCode =
  | 'malformed_request'
  | 'token_invalid'
  | 'return_to_forbidden'
  | 'oauth_state_invalid'
  | 'unauthenticated'
  | 'invalid_credentials'
  | 'mfa_code_invalid'
  | 'challenge_expired'
  | 'refresh_invalid'
  | 'session_revoked'
  | 'access_token_expired'
  | 'access_token_invalid'
  | 'csrf_rejected'
  | 'step_up_required'
  | 'email_unverified'
  | 'account_disabled'
  | 'registration_closed'
  | 'oauth_denied'
  | 'not_found'
  | 'provider_unknown'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'login_taken'
  | 'account_exists'
  | 'account_linked_elsewhere'
  | 'last_login_method'
  | 'provider_token_missing'
  | 'factor_limit'
  | 'conflict'
  | 'validation_failed'
  | 'weak_password'
  | 'rate_limited'
  | 'provider_failed'
  | 'store_unavailable'
  | 'busy'
  | 'internal';

/** What is wrong with one member of an input. */
export type InputFlaw =
  | 'required'
  | 'type'
  | 'too_long'
  | 'email'
  | 'ill_formed'
  | 'value'
  | 'unknown_member'
  | 'invalid'
  | 'not_json';

/** Why a password may not be set. */
export type PasswordFlaw = 'too_short' | 'too_long' | 'common' | 'breached' | 'contains_login';

/** An error answer (RFC 9457). `code` is the contract, `type` the page that explains it, `detail` is English and may change. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly requestId: string;
  /** Seconds. */
  readonly retryAfter?: number;
  /** `validation_failed`: where (a JSON pointer into the body) and what. */
  readonly errors?: readonly { readonly pointer: string; readonly code: InputFlaw }[];
  /** `weak_password`: why. */
  readonly reasons?: readonly PasswordFlaw[];
  /** `weak_password`: the least number of code points. */
  readonly minLength?: number;
  /** `step_up_required`: what the route asks for; `fresh` in milliseconds. */
  readonly need?: { readonly aal?: number; readonly fresh?: number };
}

/** Thrown by `require` and `auth.api`: a refusal that knows how to answer. */
export class AuthProblem extends Error {
  override readonly name = 'AuthProblem';
  readonly problem: Problem;
  readonly #headers: readonly (readonly [string, string])[];
  constructor(problem: Problem, headers: readonly (readonly [string, string])[]) {
    super(problem.code);
    this.problem = problem;
    this.#headers = headers;
  }
  toResponse(): Response {
    return new Response(JSON.stringify(this.problem), {
      status: this.problem.status,
      headers: this.#headers.map(([name, value]): [string, string] => [name, value]),
    });
  }
}

/** An expected "no": a value that the compiler makes the caller look at. The reason is the public code. */
export interface Refusal {
  readonly ok: false;
  readonly reason: ErrorCode;
  /** `rate_limited`: milliseconds until another try makes sense. */
  readonly retryAfterMs?: number;
  readonly detail?: string;
  readonly errors?: Problem['errors'];
  readonly reasons?: Problem['reasons'];
  readonly minLength?: number;
  readonly need?: Problem['need'];
}

export const refuse = (reason: ErrorCode, more: Omit<Refusal, 'ok' | 'reason'> = {}): Refusal => ({
  ok: false,
  reason,
  ...more,
});
