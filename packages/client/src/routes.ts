/** The operations of `auth.api`, and where each is found under `baseUrl`; `{id}` is taken from the input. */
export const routes = {
  register: ['POST', '/register'],
  login: ['POST', '/login'],
  logout: ['POST', '/logout'],
  session: ['GET', '/session'],
  sessions: ['GET', '/sessions'],
  revokeSession: ['DELETE', '/sessions/{id}'],
  stepUp: ['POST', '/step-up'],
  changePassword: ['POST', '/change-password'],
  verifyEmail: ['POST', '/verify-email'],
  sendVerification: ['POST', '/verify-email/send'],
  forgotPassword: ['POST', '/forgot-password'],
  resetPassword: ['POST', '/reset-password'],
  changeEmail: ['POST', '/change-email'],
  confirmEmailChange: ['POST', '/change-email/confirm'],
  revertEmailChange: ['POST', '/change-email/revert'],
  deleteAccount: ['DELETE', '/account'],
} as const;

export type CallName = keyof typeof routes;

/** Say how to sign in by which transport. */
export const entrances: readonly CallName[] = ['login'];

/** Asked for by whoever is not signed in, or on behalf of a link: no token goes along. */
export const anonymous: readonly CallName[] = [
  'register',
  'login',
  'sendVerification',
  'forgotPassword',
  'resetPassword',
  'revertEmailChange',
];
