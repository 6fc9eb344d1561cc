import type { Profile, Template } from '../../../src/index.ts';
import { hostCookie, type Setup } from './application.ts';

const base = '/api/auth';
const post = (path: string, body: Template = {}) => ({ method: 'POST', path: `${base}${path}`, body });
const get = (path: string) => ({ method: 'GET', path: `${base}${path}` });

/** The routes of Better Auth 1.7, as its reference names them. */
export const betterAuthProfile = (setup: Setup): Profile => {
  // It is the caller who says whether the other sessions end.
  const others: Record<string, boolean> = setup === 'options' ? { revokeOtherSessions: true } : {};
  return {
    name: `better-auth, ${setup}`,
    session: { cookie: setup === 'options' ? hostCookie : '__Secure-better-auth.session_token' },
    tokenPaths: [`${base}/reset-password/{token}`],
    returnTo: 'callbackURL',
    list: { at: '', id: 'token' },
    pages: [`${base}/error?error={token}`, `${base}/reset-password/{token}?callbackURL=/reset`],
    secondFactor: {
      due: { status: 200, has: 'twoFactorRedirect' },
      secret: 'totpURI',
      recoveryCodes: 'backupCodes',
    },
    steps: {
      register: post('/sign-up/email', { email: '{email}', password: '{password}', name: '{name}' }),
      ...(setup === 'options' ? { confirm: get('/verify-email?token={token}') } : {}),
      resend: post('/send-verification-email', { email: '{email}' }),
      login: {
        ...post('/sign-in/email', { email: '{email}', password: '{password}' }),
        ok: { status: 200, has: 'user.id' },
      },
      logout: post('/sign-out'),
      logoutEverywhere: post('/revoke-sessions'),
      session: { ...get('/get-session'), ok: { has: 'user.id' } },
      guarded: get('/list-sessions'),
      sessions: get('/list-sessions'),
      endSession: post('/revoke-session', { token: '{id}' }),
      changePassword: post('/change-password', { currentPassword: '{current}', newPassword: '{password}', ...others }),
      forgot: post('/request-password-reset', { email: '{email}', redirectTo: '/reset' }),
      reset: post('/reset-password', { token: '{token}', newPassword: '{password}' }),
      changeEmail: post('/change-email', { newEmail: '{email}' }),
      confirmEmail: get('/verify-email?token={token}'),
      deleteAccount: post('/delete-user', { password: '{password}' }),
      enrol: post('/two-factor/enable', { password: '{password}' }),
      confirmEnrol: post('/two-factor/verify-totp', { code: '{code}' }),
      secondFactor: post('/two-factor/verify-totp', { code: '{code}' }),
      recover: post('/two-factor/verify-backup-code', { code: '{code}' }),
    },
  };
};
