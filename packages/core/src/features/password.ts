import type { Feature, FeatureParts, Kit } from '../config/feature.ts';
import { login } from '../flows/login.ts';
import { stepUp } from '../flows/step-up.ts';
import { lazyHasher } from '../hasher/lazy.ts';
import type { Page } from '../http/route.ts';
import { changeEmailRoutes } from '../http/routes/change-email.ts';
import { changePasswordRoute } from '../http/routes/change-password.ts';
import { loginRoute } from '../http/routes/login.ts';
import { recoveryRoutes } from '../http/routes/recovery.ts';
import { registerRoute } from '../http/routes/register.ts';
import { stepUpByPassword } from '../http/routes/step-up.ts';
import { sendVerificationRoute, verifyEmailRoute } from '../http/routes/verify-email.ts';
import { passwords, type Rules } from '../modules/passwords.ts';
import { onDemand } from '../primitives/on-demand.ts';
import { passwordLength } from '../primitives/password-form.ts';
import type { Account } from './password/account.ts';
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
  const { settings, keep, checkProfile, transports } = kit;
  const own = passwords({
    hasher: kit.hasher ?? lazyHasher(kit.random),
    random: kit.random,
    minLength,
    appName: settings.appName,
    breach: kit.breach,
    journal: kit.journal,
    loadRules,
  });
  const needs = { ...kit, passwords: own };
  const freshMs = settings.session.stepUpWindowMs;
  const account = onDemand<Account>(accountFlows, async () =>
    (await import('./password/account.ts')).account(kit, own),
  );
  const recovery = onDemand<Recovery>(recoveryFlows, async () =>
    (await import('./password/recovery.ts')).recovery(kit, own),
  );
  return {
    routes: [
      registerRoute({ register: account.register, checkProfile, keep, transports }),
      loginRoute({ login: login(needs), keep, transports }),
      changePasswordRoute({ changePassword: account.changePassword, keep, freshMs }),
      verifyEmailRoute(account),
      sendVerificationRoute(account),
      ...recoveryRoutes({ ...recovery, keep }),
      ...changeEmailRoutes({ ...recovery, keep, freshMs }),
    ],
    pages: linkPages.flatMap((path) => pagesAt(path, settings.basePath)),
    stepUp: { member: 'password', route: stepUpByPassword({ stepUp: stepUp(needs), keep }) },
    startReset: recovery.startReset,
  };
};

const accountFlows = ['register', 'verifyEmail', 'sendVerification', 'changePassword'] as const;
const recoveryFlows = [
  'forgotPassword',
  'resetPassword',
  'startReset',
  'changeEmail',
  'confirmEmailChange',
  'revertEmailChange',
] as const;

/** What the links in mails open, and where a form without JavaScript ends. */
const linkPages = ['/verify-email', '/reset-password', '/change-email/confirm', '/change-email/revert'] as const;

const pagesAt = (path: (typeof linkPages)[number], basePath: string): readonly Page[] => [
  { path, text: async (url) => (await import('../http/pages/links.ts')).linkPage(path, url, basePath) },
  { path: `${path}/done`, text: async () => (await import('../http/pages/links.ts')).donePage(path) },
];

const loadRules = async (): Promise<Rules> => {
  const [{ passwordFlaws }, { commonPasswords }] = await Promise.all([
    import('../primitives/password-policy.ts'),
    import('../primitives/common-passwords.ts'),
  ]);
  const isCommon = commonPasswords();
  return (password, context) => passwordFlaws(password, { ...context, isCommon });
};
