import { AuthClientError } from '@sallyport/client';

const weaknesses: Readonly<Record<string, string>> = {
  too_short: 'The password is too short: at least 12 characters.',
  common: 'The password is too easy to guess.',
  contains_login: 'The password is mostly your address.',
  too_long: 'The password is too long.',
};

/** Words for whatever went wrong. */
export const explain = (error: unknown): string => {
  if (!(error instanceof AuthClientError)) return 'The service cannot be reached.';
  const when = error.retryAfter === null ? 'in a moment' : `in ${error.retryAfter} s`;
  switch (error.code) {
    case 'invalid_credentials':
      return 'The address or the password is wrong.';
    case 'login_taken':
      return 'There is an account with this address. Sign in instead.';
    case 'weak_password':
      return (
        error.problem?.reasons?.map((reason) => weaknesses[reason] ?? reason).join(' ') ?? 'Choose another password.'
      );
    case 'validation_failed':
      return 'This is no e-mail address, or something is missing.';
    case 'step_up_required':
      return 'You signed in a while ago. Sign out and in again to do this.';
    case 'rate_limited':
      return `Too many attempts. Try again ${when}.`;
    case 'unreachable':
      return 'The service cannot be reached. You are still signed in.';
    case 'unauthenticated':
    case 'refresh_invalid':
    case 'session_revoked':
      return 'You are signed out.';
    default:
      return `The service is in trouble (${error.code}). Try again ${when}.`;
  }
};
