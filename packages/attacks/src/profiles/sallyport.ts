import type { Profile } from '../profile.ts';

/** Sallyport's own routes; `cookie` is `sallyport-session` on `http://localhost`. */
export const sallyport = ({
  basePath = '/auth',
  cookie = '__Host-session',
  totp = false,
  tokens = false,
  provider,
}: SallyportProfile = {}): Profile => {
  const post = (path: string, body: Profile['steps']['login']['body'] = {}) => ({
    method: 'POST',
    path: `${basePath}${path}`,
    body,
  });
  const transport = tokens ? { transport: 'token' } : {};
  const factor = (method: string) => ({
    ...post('/login/mfa', { challenge: '{challenge}', method, code: '{code}' }),
    ok: { status: 200, has: 'user.id' },
  });
  return {
    name: 'sallyport',
    session: tokens ? { bearer: 'accessToken' } : { cookie },
    ...(tokens ? { refreshCookie: cookie.replace(/session$/, 'refresh'), jwks: `${basePath}/jwks.json` } : {}),
    returnTo: 'returnTo',
    ...(totp ? { secondFactor: { due: { status: 200, has: 'challenge' } } } : {}),
    pages: [
      ...['verify-email', 'reset-password', 'change-email/confirm', 'change-email/revert'].map(
        (path) => `${basePath}/${path}?token={token}`,
      ),
      `${basePath}/error?code={token}`,
    ],
    steps: {
      register: post('/register', { email: '{email}', password: '{password}' }),
      confirm: post('/verify-email', { token: '{token}' }),
      resend: post('/verify-email/send', { email: '{email}' }),
      login: {
        ...post('/login', { email: '{email}', password: '{password}', ...transport }),
        ok: { status: 200, has: 'user.id' },
      },
      ...(tokens ? { refresh: post('/refresh') } : {}),
      logout: post('/logout'),
      logoutEverywhere: post('/logout', { everywhere: true }),
      session: { method: 'GET', path: `${basePath}/session`, ok: { has: 'user.id' } },
      sessions: { method: 'GET', path: `${basePath}/sessions` },
      endSession: { method: 'DELETE', path: `${basePath}/sessions/{id}` },
      stepUp: post('/step-up', { password: '{password}' }),
      changePassword: post('/change-password', { current: '{current}', password: '{password}' }),
      forgot: post('/forgot-password', { email: '{email}' }),
      reset: post('/reset-password', { token: '{token}', password: '{password}' }),
      changeEmail: post('/change-email', { email: '{email}' }),
      confirmEmail: post('/change-email/confirm', { token: '{token}' }),
      revertEmail: post('/change-email/revert', { token: '{token}' }),
      deleteAccount: { method: 'DELETE', path: `${basePath}/account` },
      ...(totp
        ? {
            enrol: post('/mfa/totp'),
            confirmEnrol: post('/mfa/totp/{id}/confirm', { code: '{code}' }),
            secondFactor: factor('totp'),
            recover: factor('recovery_code'),
          }
        : {}),
      ...(provider === undefined
        ? {}
        : {
            oauthStart: post(`/oauth/${provider}`),
            oauthCallback: { method: 'GET', path: `${basePath}/oauth/${provider}/callback` },
          }),
      guarded: { method: 'GET', path: `${basePath}/sessions` },
    },
  };
};

export interface SallyportProfile {
  /** Default `/auth`. */
  readonly basePath?: string;
  /** Default `__Host-session`. */
  readonly cookie?: string;
  /** The feature `totp()` is there. Default `false`. */
  readonly totp?: boolean;
  /** Sessions are those of `jwt()`: an access token in the body, a refresh token in a cookie. Default `false`. */
  readonly tokens?: boolean;
  /** The id of a provider of `oauth()`. Default: there is none. */
  readonly provider?: string;
}
