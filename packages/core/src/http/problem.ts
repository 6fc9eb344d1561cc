import {
  AuthProblem,
  BusyError,
  type ErrorCode,
  type Problem,
  type Refusal,
  StoreUnavailableError,
} from '../errors.ts';
import { LoadError } from '../primitives/on-demand.ts';
import { docsOrigin } from './docs-origin.ts';
import { answerHeaders } from './respond.ts';

/** HTTP status lives here alone; a new code without one does not compile. */
const catalogue = {
  malformed_request: [400, 'The request cannot be read'],
  token_invalid: [400, 'This link is invalid or has been used'],
  return_to_forbidden: [400, 'This return address is not allowed'],
  oauth_state_invalid: [400, 'This sign-in attempt is unknown or too old'],
  unauthenticated: [401, 'Sign in first'],
  invalid_credentials: [401, 'The credentials are wrong'],
  mfa_code_invalid: [401, 'The code is wrong'],
  challenge_expired: [401, 'Start the sign-in again'],
  refresh_invalid: [401, 'The refresh token is invalid'],
  session_revoked: [401, 'The session has ended'],
  access_token_expired: [401, 'The access token has expired'],
  access_token_invalid: [401, 'The access token is invalid'],
  csrf_rejected: [403, 'The request comes from another site'],
  step_up_required: [403, 'Prove a factor again'],
  email_unverified: [403, 'Confirm the e-mail address first'],
  account_disabled: [403, 'The account is disabled'],
  registration_closed: [403, 'Registration is closed'],
  oauth_denied: [403, 'The provider refused the sign-in'],
  not_found: [404, 'Not found'],
  provider_unknown: [404, 'This provider is not configured'],
  method_not_allowed: [405, 'This method is not allowed here'],
  body_too_large: [413, 'The request body is too large'],
  unsupported_media_type: [415, 'This content type is not supported'],
  login_taken: [409, 'This login is taken'],
  account_exists: [409, 'An account with this address exists'],
  account_linked_elsewhere: [409, 'This account is linked to another user'],
  last_login_method: [409, 'This is the last way to sign in'],
  provider_token_missing: [409, 'The user has to sign in at the provider again'],
  factor_limit: [409, 'There are too many factors'],
  conflict: [409, 'Somebody else changed this at the same time'],
  validation_failed: [422, 'Some of the input is invalid'],
  weak_password: [422, 'Choose another password'],
  rate_limited: [429, 'Too many attempts'],
  provider_failed: [502, 'The provider did not answer as it should'],
  store_unavailable: [503, 'The service is briefly unavailable'],
  busy: [503, 'The service is busy'],
  internal: [500, 'Something went wrong here'],
} as const satisfies Record<ErrorCode, readonly [status: number, title: string]>;

export const isErrorCode = (word: string): word is ErrorCode => Object.hasOwn(catalogue, word);
export const statusOf = (code: ErrorCode): number => catalogue[code][0];
export const titleOf = (code: ErrorCode): string => catalogue[code][1];

const problem = (refusal: Refusal, requestId: string): Problem => {
  const { reason: code, retryAfterMs, detail, errors, reasons, minLength, need } = refusal;
  return {
    type: `${docsOrigin}/errors/${code}`,
    title: titleOf(code),
    status: statusOf(code),
    code,
    ...(detail === undefined ? {} : { detail }),
    requestId,
    ...(retryAfterMs === undefined ? {} : { retryAfter: Math.ceil(retryAfterMs / 1_000) }),
    ...(errors === undefined ? {} : { errors }),
    ...(reasons === undefined ? {} : { reasons }),
    ...(minLength === undefined ? {} : { minLength }),
    ...(need === undefined ? {} : { need }),
  };
};

/** A refusal as something to throw, or to answer with. */
export const authProblem = (refusal: Refusal, requestId: string): AuthProblem => {
  const body = problem(refusal, requestId);
  const headers: [string, string][] = [...answerHeaders(requestId), ['content-type', 'application/problem+json']];
  if (body.retryAfter !== undefined) headers.push(['retry-after', String(body.retryAfter)]);
  // RFC 6750 §3.1.
  if (body.code.startsWith('access_token_')) headers.push(['www-authenticate', 'Bearer error="invalid_token"']);
  return new AuthProblem(body, headers);
};

/** When a store is worth another try: long enough to spare it, short enough for a person to wait. */
const outageRetryMs = 5_000;

/** What was thrown, as an answer: an outage is a 503, never "signed out"; anything unforeseen is a 500 that says nothing. */
export const refusalOfThrown = (error: unknown): Refusal => {
  if (error instanceof BusyError) return { ok: false, reason: 'busy', retryAfterMs: Math.max(1, error.retryAfterMs) };
  if (error instanceof StoreUnavailableError || error instanceof LoadError)
    return { ok: false, reason: 'store_unavailable', retryAfterMs: outageRetryMs };
  return { ok: false, reason: 'internal' };
};
