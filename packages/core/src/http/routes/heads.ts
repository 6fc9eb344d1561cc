import type { RouteHead } from '../route.ts';

type Late =
  | 'register'
  | 'changePassword'
  | 'verifyEmail'
  | 'sendVerification'
  | 'forgotPassword'
  | 'resetPassword'
  | 'changeEmail'
  | 'confirmEmailChange'
  | 'revertEmailChange'
  | 'stepUp'
  | 'logout'
  | 'sessions'
  | 'revokeSession'
  | 'deleteAccount';

/** The routes that are loaded on demand, as the table of paths has them from the start. */
export const heads: { readonly [Name in Late]: RouteHead<Name> } = {
  register: { name: 'register', method: 'POST', path: '/register', takesForms: true },
  changePassword: { name: 'changePassword', method: 'POST', path: '/change-password' },
  verifyEmail: { name: 'verifyEmail', method: 'POST', path: '/verify-email', takesForms: true },
  sendVerification: { name: 'sendVerification', method: 'POST', path: '/verify-email/send', takesForms: true },
  forgotPassword: { name: 'forgotPassword', method: 'POST', path: '/forgot-password', takesForms: true },
  resetPassword: { name: 'resetPassword', method: 'POST', path: '/reset-password', takesForms: true },
  changeEmail: { name: 'changeEmail', method: 'POST', path: '/change-email', bearerSuffices: true },
  confirmEmailChange: { name: 'confirmEmailChange', method: 'POST', path: '/change-email/confirm', takesForms: true },
  revertEmailChange: { name: 'revertEmailChange', method: 'POST', path: '/change-email/revert', takesForms: true },
  stepUp: { name: 'stepUp', method: 'POST', path: '/step-up' },
  sessions: { name: 'sessions', method: 'GET', path: '/sessions' },
  revokeSession: { name: 'revokeSession', method: 'DELETE', path: '/sessions/{id}', bearerSuffices: true },
  logout: { name: 'logout', method: 'POST', path: '/logout', takesForms: true },
  deleteAccount: { name: 'deleteAccount', method: 'DELETE', path: '/account', bearerSuffices: true },
};
