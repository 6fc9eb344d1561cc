import type { Described } from './operation.ts';
import { both, device, done, renewed, signedIn, token } from './shared.ts';

export const totp: Pick<
  Described,
  'loginMfa' | 'factors' | 'enrolTotp' | 'confirmTotp' | 'renameFactor' | 'removeFactor' | 'regenerateRecoveryCodes'
> = {
  loginMfa: {
    ...{ method: 'post', path: '/login/mfa', feature: 'totp()', form: true, needs: 'none' },
    summary: 'End a sign-in with a second factor',
    description: '`trust` is a member with `totp({ trustedDevices: true })` alone.',
    body: { challenge: 'token', method: 'method', code: 'token', 'trust?': 'flag' },
    examples: {
      app: { challenge: token, method: 'totp', code: '287082' },
      'recovery code': { challenge: token, method: 'recovery_code', code: 'K7QM3-XWP9R-TD2FV-H4JXB-SNQE0C' },
    },
    success: { 200: { ...signedIn, cookies: [...both, device, '`__Host-trusted`'] } },
    refusals: ['rate_limited', 'mfa_code_invalid', 'challenge_expired', 'account_disabled'],
  },
  factors: {
    ...{ method: 'get', path: '/mfa', feature: 'totp()', needs: 'session' },
    summary: 'The second factors of the user',
    success: { 200: { says: 'Apps, and how many recovery codes are left.', schema: 'Factors' } },
  },
  enrolTotp: {
    ...{ method: 'post', path: '/mfa/totp', feature: 'totp()', needs: 'session' },
    summary: 'Begin to enrol an authenticator app',
    body: { 'label?': 'label' },
    examples: { plain: {}, named: { label: 'Phone' } },
    success: { 201: { says: 'Shown once.', schema: 'Enrolment' } },
    refusals: ['step_up_required', 'email_unverified', 'factor_limit'],
  },
  confirmTotp: {
    ...{ method: 'post', path: '/mfa/totp/{id}/confirm', feature: 'totp()', needs: 'session' },
    summary: 'End the enrolment with a code of the app',
    body: { code: 'token' },
    examples: { plain: { code: '287082' } },
    success: { 200: { says: 'Recovery codes are shown once.', schema: 'ConfirmedFactor', cookies: both } },
    refusals: ['rate_limited', 'mfa_code_invalid', 'step_up_required', 'factor_limit', 'conflict'],
  },
  renameFactor: {
    ...{ method: 'post', path: '/mfa/{id}', feature: 'totp()', needs: 'session' },
    summary: 'Rename a factor',
    body: { label: 'label' },
    examples: { plain: { label: 'Phone' } },
    success: { 204: done },
    refusals: ['conflict'],
  },
  removeFactor: {
    ...{ method: 'delete', path: '/mfa/{id}', feature: 'totp()', needs: 'session' },
    summary: 'Remove a factor',
    success: renewed,
    refusals: ['step_up_required', 'conflict'],
  },
  regenerateRecoveryCodes: {
    ...{ method: 'post', path: '/mfa/recovery-codes', feature: 'totp()', needs: 'session' },
    summary: 'New recovery codes in the place of the old',
    body: {},
    examples: { plain: {} },
    success: { 200: { says: 'Shown once.', schema: 'RecoveryCodes' } },
    refusals: ['step_up_required', 'not_found', 'conflict'],
  },
};
