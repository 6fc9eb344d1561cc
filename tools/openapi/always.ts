import type { Described } from './operation.ts';
import { both, device, done, example, forgotten } from './shared.ts';

export const always: Pick<Described, 'logout' | 'session' | 'sessions' | 'revokeSession' | 'stepUp' | 'deleteAccount'> =
  {
    logout: {
      ...{ method: 'post', path: '/logout', feature: 'always', form: true, needs: 'refresh' },
      summary: 'End every session that the request shows',
      body: { 'everywhere?': 'flag' },
      examples: { here: {}, everywhere: { everywhere: true } },
      success: { 204: { ...done, cookies: forgotten } },
      refusals: ['unauthenticated', 'conflict'],
    },
    session: {
      ...{ method: 'get', path: '/session', feature: 'always', needs: 'maybe' },
      summary: 'Who is signed in',
      success: { 200: { says: 'Both `null` when anonymous.', schema: 'WhoAmI' } },
    },
    sessions: {
      ...{ method: 'get', path: '/sessions', feature: 'always', needs: 'session' },
      summary: 'Where one is signed in',
      success: { 200: { says: 'The most recently seen first.', schema: 'Sessions' } },
    },
    revokeSession: {
      ...{ method: 'delete', path: '/sessions/{id}', feature: 'always', needs: 'session' },
      summary: 'End a session',
      success: { 204: { says: 'Ended, also for an unknown id.', schema: null, cookies: forgotten } },
      refusals: ['step_up_required'],
    },
    stepUp: {
      ...{ method: 'post', path: '/step-up', feature: 'always', needs: 'session' },
      summary: 'Prove a factor again',
      body: [{ password: 'password' }, { method: 'method', code: 'token' }],
      examples: { password: { password: example.password }, app: { method: 'totp', code: '287082' } },
      success: { 200: { says: 'The session goes on in a new one.', schema: 'SteppedUp', cookies: both } },
      refusals: ['rate_limited', 'invalid_credentials', 'mfa_code_invalid', 'step_up_required'],
    },
    deleteAccount: {
      ...{ method: 'delete', path: '/account', feature: 'always', needs: 'session' },
      summary: 'Delete the account and all that is in it',
      success: { 204: { ...done, cookies: [...forgotten, `${device}, expired`] } },
      refusals: ['step_up_required', 'not_found', 'conflict'],
    },
  };
