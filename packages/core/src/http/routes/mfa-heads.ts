import type { RouteHead } from '../route.ts';

type Late =
  | 'loginMfa'
  | 'factors'
  | 'enrolTotp'
  | 'confirmTotp'
  | 'regenerateRecoveryCodes'
  | 'renameFactor'
  | 'removeFactor';

/** The routes of second factors, which are loaded on demand. */
export const mfaHeads: { readonly [Name in Late]: RouteHead<Name> } = {
  loginMfa: { name: 'loginMfa', method: 'POST', path: '/login/mfa', takesForms: true },
  factors: { name: 'factors', method: 'GET', path: '/mfa' },
  enrolTotp: { name: 'enrolTotp', method: 'POST', path: '/mfa/totp' },
  confirmTotp: { name: 'confirmTotp', method: 'POST', path: '/mfa/totp/{id}/confirm' },
  regenerateRecoveryCodes: { name: 'regenerateRecoveryCodes', method: 'POST', path: '/mfa/recovery-codes' },
  renameFactor: { name: 'renameFactor', method: 'POST', path: '/mfa/{id}' },
  removeFactor: { name: 'removeFactor', method: 'DELETE', path: '/mfa/{id}' },
};
