/**
 * The operations, by their names in `auth.api`, and where each is found under `baseUrl`; `{id}` is taken from the input.
 * `open`: no token goes along, for whoever asks is not signed in, or holds a link. `entry`: the same, and it says where the
 * session is to live; a second step keeps what the first has said.
 */
export const plain = {
  register: 'POST /register entry',
  login: 'POST /login entry',
  loginMfa: 'POST /login/mfa open',
  logout: 'POST /logout',
  session: 'GET /session',
  sessions: 'GET /sessions',
  revokeSession: 'DELETE /sessions/{id}',
  stepUp: 'POST /step-up',
  changePassword: 'POST /change-password',
  verifyEmail: 'POST /verify-email',
  sendVerification: 'POST /verify-email/send open',
  forgotPassword: 'POST /forgot-password open',
  resetPassword: 'POST /reset-password open',
  changeEmail: 'POST /change-email',
  confirmEmailChange: 'POST /change-email/confirm',
  revertEmailChange: 'POST /change-email/revert open',
  deleteAccount: 'DELETE /account',
} as const;

/** Those of `client.mfa`. */
export const mfa = {
  factors: 'GET /mfa',
  enrolTotp: 'POST /mfa/totp',
  confirmTotp: 'POST /mfa/totp/{id}/confirm',
  renameFactor: 'POST /mfa/{id}',
  removeFactor: 'DELETE /mfa/{id}',
  regenerateRecoveryCodes: 'POST /mfa/recovery-codes',
} as const;

export type PlainName = keyof typeof plain;
export type MfaName = keyof typeof mfa;
export type CallName = PlainName | MfaName;

export interface Route {
  readonly name: CallName;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly kind: 'open' | 'entry' | undefined;
}

/** A function for each route of a table. */
export const eachRoute = <Name extends CallName, T>(
  table: Readonly<Record<Name, string>>,
  make: (route: Route) => T,
): Readonly<Record<Name, T>> =>
  Object.fromEntries(
    Object.entries<string>(table).map(([name, line]) => {
      const [method, path, kind] = line.split(' ');
      return [name, make({ name, method, path, kind } as Route)];
    }),
  ) as Record<Name, T>;
