import type { Auth, Done, ErrorCode, Operations, Problem } from '@sallyport/core';
import { isProblem } from './is-problem.ts';
import { context, source } from './request.ts';
import { setCookies } from './set-cookies.ts';

/** A refusal, as a value: what a server action throws reaches the browser without its message. */
export interface Refused {
  readonly ok: false;
  readonly reason: ErrorCode;
  readonly problem: Problem;
}

export type Answered<T> = { readonly ok: true; readonly value: T } | Refused;

type Operation = keyof Operations<unknown>;

/** The operations of the routes, for server actions: cookies are set on the answer, refusals are values, outages throw. */
export type Actions<P> = {
  readonly [Name in Operation]: (
    input: Operations<P>[Name]['input'],
  ) => Promise<Answered<Operations<P>[Name]['output']>>;
};

const names: { readonly [Name in Operation]: true } = {
  register: true,
  login: true,
  loginMfa: true,
  logout: true,
  session: true,
  sessions: true,
  revokeSession: true,
  stepUp: true,
  factors: true,
  enrolTotp: true,
  confirmTotp: true,
  renameFactor: true,
  removeFactor: true,
  regenerateRecoveryCodes: true,
  changePassword: true,
  verifyEmail: true,
  sendVerification: true,
  forgotPassword: true,
  resetPassword: true,
  changeEmail: true,
  confirmEmailChange: true,
  revertEmailChange: true,
  deleteAccount: true,
  refresh: true,
  revoke: true,
  jwks: true,
  startOAuth: true,
  finishOAuth: true,
  linkAccount: true,
  accounts: true,
  unlinkAccount: true,
};

export const actionsOf = <P>(authOf: () => Auth<P>): Actions<P> => {
  const one = (name: Operation) => (input: never) =>
    answered(async () => {
      const auth = authOf();
      const headers = await ownSite(auth);
      const { value, cookies }: Done<unknown> = await auth.api[name](input, headers, context);
      await setCookies(cookies);
      return value;
    });
  return Object.fromEntries((Object.keys(names) as Operation[]).map((name) => [name, one(name)])) as Actions<P>;
};

/** The headers of an action that our own pages have sent. Next compares `Origin` with `Host`; this compares it with the configured one. */
export const ownSite = async (auth: Pick<Auth<unknown>, 'csrf'>): Promise<Awaited<ReturnType<typeof source>>> => {
  const headers = await source();
  await auth.csrf({ method: 'POST', headers }, null, context);
  return headers;
};

export const answered = async <T>(run: () => Promise<T>): Promise<Answered<T>> => {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    if (!isProblem(error) || error.problem.status >= 500) throw error;
    return { ok: false, reason: error.problem.code, problem: error.problem };
  }
};
