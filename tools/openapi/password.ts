import type { Described } from './operation.ts';
import { both, checkEmail, device, done, example, flow, next, renewed, signedIn, token, wish } from './shared.ts';

export const password: Pick<
  Described,
  | 'register'
  | 'login'
  | 'changePassword'
  | 'verifyEmail'
  | 'sendVerification'
  | 'forgotPassword'
  | 'resetPassword'
  | 'changeEmail'
  | 'confirmEmailChange'
  | 'revertEmailChange'
> = {
  register: {
    ...{ method: 'post', path: '/register', feature: 'password()', form: true, needs: 'none' },
    summary: 'Register, and be mailed a link that confirms the address',
    body: { email: 'email', password: 'newPassword', 'profile?': 'profile', ...wish },
    examples: { plain: example, 'for a program': { ...example, transport: 'body', clientId: 'cli' } },
    success: { 201: { ...signedIn, says: 'Mode `open`: signed in.' }, 202: { ...checkEmail, cookies: [flow] } },
    refusals: ['rate_limited', 'weak_password', 'registration_closed', 'login_taken', 'account_disabled'],
  },
  login: {
    ...{ method: 'post', path: '/login', feature: 'password()', form: true, needs: 'none' },
    summary: 'Sign in with a password',
    body: { email: 'email', password: 'password', ...wish },
    examples: { plain: example, 'for a program': { ...example, transport: 'body', clientId: 'cli' } },
    success: { 200: { ...signedIn, cookies: [...both, device, flow] } },
    refusals: ['rate_limited', 'invalid_credentials', 'email_unverified', 'account_disabled', 'step_up_required'],
  },
  changePassword: {
    ...{ method: 'post', path: '/change-password', feature: 'password()', needs: 'session' },
    summary: 'Change the password, or set the first one',
    body: { 'current?': 'password', password: 'newPassword' },
    examples: { first: { password: next }, change: { current: example.password, password: next } },
    success: renewed,
    refusals: [
      'rate_limited',
      'invalid_credentials',
      'weak_password',
      'step_up_required',
      'email_unverified',
      'conflict',
    ],
  },
  verifyEmail: {
    ...{ method: 'post', path: '/verify-email', feature: 'password()', form: true, needs: 'maybe' },
    summary: 'Confirm an address with the token of a mailed link',
    description: 'In another browser than the one that registered, `password` is asked for (`invalid_credentials`).',
    body: { token: 'token', 'password?': 'password' },
    examples: { 'same browser': { token }, 'another browser': { token, password: example.password } },
    success: { 204: done },
    refusals: ['rate_limited', 'token_invalid', 'invalid_credentials', 'conflict'],
  },
  sendVerification: {
    ...{ method: 'post', path: '/verify-email/send', feature: 'password()', form: true, needs: 'none' },
    summary: 'Mail the link that confirms an address once more',
    body: { email: 'email' },
    examples: { plain: { email: example.email } },
    success: { 202: checkEmail },
    refusals: ['rate_limited'],
  },
  forgotPassword: {
    ...{ method: 'post', path: '/forgot-password', feature: 'password()', form: true, needs: 'none' },
    summary: 'Mail a link that sets a new password',
    body: { email: 'email' },
    examples: { plain: { email: example.email } },
    success: { 202: checkEmail },
    refusals: ['rate_limited'],
  },
  resetPassword: {
    ...{ method: 'post', path: '/reset-password', feature: 'password()', form: true, needs: 'none' },
    summary: 'Set a new password with the token of a mailed link',
    description: 'Ends every session and signs in nowhere.',
    body: { token: 'token', password: 'newPassword' },
    examples: { plain: { token, password: next } },
    success: { 204: { ...done, cookies: [device] } },
    refusals: ['rate_limited', 'token_invalid', 'weak_password', 'conflict'],
  },
  changeEmail: {
    ...{ method: 'post', path: '/change-email', feature: 'password()', needs: 'session' },
    summary: 'Mail a link that makes another address the own',
    body: { email: 'email' },
    examples: { plain: { email: 'lovelace@example.com' } },
    success: { 202: checkEmail },
    refusals: ['rate_limited', 'step_up_required'],
  },
  confirmEmailChange: {
    ...{ method: 'post', path: '/change-email/confirm', feature: 'password()', form: true, needs: 'maybe' },
    summary: 'Change the address with the token of a mailed link',
    description: 'Without a session of the user, `password` is asked for (`invalid_credentials`).',
    body: { token: 'token', 'password?': 'password' },
    examples: { 'signed in': { token }, 'signed out': { token, password: example.password } },
    success: renewed,
    refusals: ['rate_limited', 'token_invalid', 'invalid_credentials', 'login_taken', 'conflict'],
  },
  revertEmailChange: {
    ...{ method: 'post', path: '/change-email/revert', feature: 'password()', form: true, needs: 'none' },
    summary: 'Take a change of address back with the token that the old address was mailed',
    body: { token: 'token' },
    examples: { plain: { token } },
    success: { 204: done },
    refusals: ['token_invalid', 'login_taken', 'conflict'],
  },
};
