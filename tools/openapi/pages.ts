import type { Operation } from './operation.ts';

/** Pages of ours, all of them `GET` and `text/html`. */
export const pages: Readonly<Record<string, Pick<Operation, 'feature' | 'summary' | 'query'>>> = {
  '/error': {
    feature: 'always',
    summary: 'Where a form that was refused ends',
    query: { 'code?': 'param' },
  },
  '/verify-email': {
    feature: 'password()',
    summary: 'A button that confirms the address',
    query: { 'token?': 'param' },
  },
  '/verify-email/done': { feature: 'password()', summary: 'The address is confirmed' },
  '/reset-password': { feature: 'password()', summary: 'A form for the new password', query: { 'token?': 'param' } },
  '/reset-password/done': { feature: 'password()', summary: 'The password is set' },
  '/change-email/confirm': {
    feature: 'password()',
    summary: 'A button that changes the address',
    query: { 'token?': 'param' },
  },
  '/change-email/confirm/done': { feature: 'password()', summary: 'The address is changed' },
  '/change-email/revert': {
    feature: 'password()',
    summary: 'A button that takes the change of address back',
    query: { 'token?': 'param' },
  },
  '/change-email/revert/done': { feature: 'password()', summary: 'The change of address is taken back' },
  '/login/second-factor': {
    feature: 'totp()',
    summary: 'Forms for a code of the app or a recovery code',
    query: { 'challenge?': 'param', 'code?': 'param' },
  },
};
