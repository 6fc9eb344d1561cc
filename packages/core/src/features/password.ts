import type { Feature, FeatureParts, Kit } from '../config/feature.ts';
import { changePassword } from '../flows/change-password.ts';
import { login } from '../flows/login.ts';
import { type RegisterInput, register } from '../flows/register.ts';
import { sendVerification } from '../flows/send-verification.ts';
import { stepUp } from '../flows/step-up.ts';
import { verifyEmail } from '../flows/verify-email.ts';
import { lazyHasher } from '../hasher/lazy.ts';
import type { Page } from '../http/route.ts';
import { changeEmailRoutes } from '../http/routes/change-email.ts';
import { changePasswordRoute } from '../http/routes/change-password.ts';
import { loginRoute } from '../http/routes/login.ts';
import { recoveryRoutes } from '../http/routes/recovery.ts';
import { registerRoute } from '../http/routes/register.ts';
import { stepUpByPassword } from '../http/routes/step-up.ts';
import { sendVerificationRoute, verifyEmailRoute } from '../http/routes/verify-email.ts';
import { type Passwords, passwords, type Rules } from '../modules/passwords.ts';
import type { Caller } from '../ports/journal.ts';
import { passwordLength } from '../primitives/password-form.ts';
import type { Recovery } from './password/recovery.ts';

export interface PasswordOptions {
  /** Code points; default 15 (NIST SP 800-63B-4 §3.1.1.2 for a password as the only factor), never below 8. */
  readonly minLength?: number;
}

/** Registration, confirmation and change of the address, login, change and reset of the password, and step-up with it. */
export const password = ({ minLength = passwordLength.default }: PasswordOptions = {}): Feature => ({
  name: 'password',
  check: () =>
    Number.isInteger(minLength) && minLength >= passwordLength.floor && minLength <= 64
      ? []
      : [
          {
            code: 'password_length_invalid',
            path: 'features: password({ minLength })',
            message: `A minimum of ${minLength} code points is not between ${passwordLength.floor} and 64.`,
            fix: 'Leave it out for 15, or choose a whole number from 8 on; 12 where a second factor is usual.',
          },
        ],
  install: (kit) => install(kit, minLength),
});

const install = (kit: Kit, minLength: number): FeatureParts => {
  const { settings, keep, cookies, checkProfile } = kit;
  const own = passwords({
    hasher: kit.hasher ?? lazyHasher(kit.random),
    random: kit.random,
    minLength,
    appName: settings.appName,
    breach: kit.breach,
    journal: kit.journal,
    loadRules,
  });
  const needs = {
    ...kit,
    passwords: own,
    registration: settings.registration,
    verifyMs: settings.verifyMs,
    verifyLink: (token: string) => kit.linkTo('verifyEmail', token),
    beforeRegister: (caller: Caller, { address, profile }: RegisterInput) =>
      settings.beforeRegister({ loginKey: address.loginKey, userId: null, profile, client: caller.client }),
  };
  const freshMs = settings.session.stepUpWindowMs;
  const verification = { verifyEmail: verifyEmail(needs), sendVerification: sendVerification(needs) };
  const later = recoveryOnDemand(kit, own);
  return {
    routes: [
      registerRoute({ register: register(needs), checkProfile, keep }),
      loginRoute({ login: login(needs), keep }),
      changePasswordRoute({ changePassword: changePassword(needs), keep, cookies, freshMs }),
      verifyEmailRoute(verification),
      sendVerificationRoute(verification),
      ...recoveryRoutes({ ...later, keep }),
      ...changeEmailRoutes({ ...later, keep, cookies, freshMs }),
    ],
    pages: linkPages.flatMap((path) => pagesAt(path, settings.basePath)),
    stepUp: { member: 'password', route: stepUpByPassword({ stepUp: stepUp(needs), keep }) },
    startReset: later.startReset,
  };
};

/** What the links in mails open, and where a form without JavaScript ends. */
const linkPages = ['/verify-email', '/reset-password', '/change-email/confirm', '/change-email/revert'] as const;

const pagesAt = (path: (typeof linkPages)[number], basePath: string): readonly Page[] => [
  { path, text: async (url) => (await import('../http/pages/links.ts')).linkPage(path, url, basePath) },
  { path: `${path}/done`, text: async () => (await import('../http/pages/links.ts')).donePage(path) },
];

const recoveryOnDemand = (kit: Kit, own: Passwords): Recovery => {
  let loading: Promise<Recovery> | null = null;
  const load = (): Promise<Recovery> => {
    loading ??= import('./password/recovery.ts').then(
      ({ recovery }) => recovery(kit, own),
      (error) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  };
  return {
    forgotPassword: async (caller, loginKey) => (await load()).forgotPassword(caller, loginKey),
    resetPassword: async (caller, input) => (await load()).resetPassword(caller, input),
    startReset: async (caller, userId) => (await load()).startReset(caller, userId),
    changeEmail: async (caller, input) => (await load()).changeEmail(caller, input),
    confirmEmailChange: async (caller, input) => (await load()).confirmEmailChange(caller, input),
    revertEmailChange: async (caller, token) => (await load()).revertEmailChange(caller, token),
  };
};

const loadRules = async (): Promise<Rules> => {
  const [{ passwordFlaws }, { commonPasswords }] = await Promise.all([
    import('../primitives/password-policy.ts'),
    import('../primitives/common-passwords.ts'),
  ]);
  const isCommon = commonPasswords();
  return (password, context) => passwordFlaws(password, { ...context, isCommon });
};
