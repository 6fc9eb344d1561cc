// @ts-check
import { inSeconds } from './time.js';

/** @typedef {import('./api.js').Problem} Problem */
/**
 * What to tell: a text for the form as a whole, and texts by the name of a field.
 * @typedef {{ readonly message: string, readonly fields: Readonly<Record<string, string>> }} Explanation
 */

/** @type {Readonly<Record<string, string>>} */
const messages = {
  invalid_credentials: 'The e-mail address or the password is wrong.',
  email_unverified: 'Confirm your e-mail address first: open the link in the mail that we sent you.',
  account_disabled: 'This account is disabled.',
  registration_closed: 'Registration is closed.',
  login_taken: 'There is an account with this address already. Sign in instead.',
  token_invalid: 'This link does not work any more.',
  unauthenticated: 'You are signed out. Sign in again.',
  last_login_method:
    'This is the last way into your account. Link another account first, or set a password: “Forgot your password?” mails a link.',
  provider_failed: 'The provider did not answer as it should. Please try again.',
  provider_token_missing: 'The provider gives no access any more. Sign in there again.',
  step_up_required: 'This asks for your password and for a code of your app. Set up an app first.',
  csrf_rejected: 'The request seemed to come from another site. Open the demo as localhost, not by a number.',
  factor_limit: 'There are five apps already, or too many were begun. Remove one, or try again later.',
  conflict: 'Somebody changed this at the same moment. Please try again.',
  unreachable: 'The server cannot be reached. Is it still running?',
};

/** @type {Readonly<Record<string, string>>} */
const weaknesses = {
  too_short: 'Too short. Try a few words in a row: that is long, and easy to keep in mind.',
  too_long: 'Too long: 1,024 bytes at most.',
  common: 'Too easy to guess: well-known words, rows of keys and repetitions are what attackers try first.',
  breached: 'This password has been seen in a data breach. Choose one that you use nowhere else.',
  contains_login: 'This is mostly your e-mail address, which is the first thing to guess.',
};

/** @type {Readonly<Record<string, string>>} */
const faults = {
  required: 'Please fill this in.',
  email: 'This is no e-mail address. It should look like name@example.com.',
  too_long: 'This is too long.',
  ill_formed: 'This contains characters that cannot be stored.',
};

/**
 * Words for a refusal. `special` has the last word: a code means other things in other forms.
 * @param {Problem} problem
 * @param {Readonly<Record<string, Partial<Explanation>>>} [special]
 * @returns {Explanation}
 */
export const explain = (problem, special = {}) => {
  const { code } = problem;
  if (Object.hasOwn(special, code)) return { message: '', fields: {}, ...special[code] };
  if (code === 'weak_password') return { message: '', fields: { password: weaknessOf(problem) } };
  if (code === 'validation_failed') return { message: '', fields: faultsOf(problem) };
  if (code === 'rate_limited') return { message: `Too many attempts. Try again ${when(problem)}.`, fields: {} };
  if (code === 'store_unavailable' || code === 'busy') {
    return { message: `The service is busy and did nothing. Try again ${when(problem)}.`, fields: {} };
  }
  const known = Object.hasOwn(messages, code) ? messages[code] : undefined;
  return { message: known ?? 'Something went wrong on our side. Please try again.', fields: {} };
};

/** @param {Problem} problem */
const when = ({ retryAfter }) => (retryAfter === undefined ? 'in a moment' : inSeconds(retryAfter));

/** @param {Problem} problem */
const weaknessOf = ({ reasons = [] }) =>
  reasons.map((reason) => weaknesses[reason] ?? 'Choose another password.').join('\n');

/**
 * `/email` points at the field of that name.
 * @param {Problem} problem
 */
const faultsOf = ({ errors = [] }) =>
  Object.fromEntries(errors.map(({ pointer, code }) => [pointer.slice(1), faults[code] ?? 'This is not valid.']));
