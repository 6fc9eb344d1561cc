import type { Feature, FeatureParts, Kit } from '../config/feature.ts';
import { login } from '../flows/login.ts';
import { lazyHasher } from '../hasher/lazy.ts';
import { lateRoute } from '../http/late-routes.ts';
import type { Page } from '../http/route.ts';
import { heads } from '../http/routes/heads.ts';
import { loginRoute } from '../http/routes/login.ts';
import { passwords, type Rules } from '../modules/passwords.ts';
import { once } from '../primitives/on-demand.ts';
import { passwordLength } from '../primitives/password-form.ts';

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
  const { settings, keep, transports } = kit;
  const own = passwords({
    hasher: kit.hasher ?? lazyHasher(kit.random),
    random: kit.random,
    minLength,
    appName: settings.appName,
    breach: kit.breach,
    journal: kit.journal,
    loadRules: once(loadRules),
  });
  // Whatever mails loads all of it for everybody: what only a known account loads, the next request would tell by its time.
  const account = once(async () => {
    const [{ accountRoutes }] = await Promise.all([import('./password/account.ts'), kit.prepareMail()]);
    return accountRoutes(kit, own);
  });
  const recovery = once(async () => {
    const [part] = await Promise.all([import('./password/recovery.ts'), kit.prepareMail()]);
    return part.recovery(kit, own);
  });
  const ofAccount = lateRoute(account);
  return {
    routes: [
      ...[heads.register, heads.changePassword, heads.verifyEmail, heads.sendVerification].map(ofAccount),
      loginRoute({ login: login({ ...kit, passwords: own }), keep, transports }),
      ...ofRecovery.map(lateRoute(async () => (await recovery()).routes)),
    ],
    pages: linkPages(settings.basePath),
    stepUp: { member: 'password', route: ofAccount(heads.stepUp) },
    startReset: async (caller, userId) => (await recovery()).startReset(caller, userId),
  };
};

const ofRecovery = [
  heads.forgotPassword,
  heads.resetPassword,
  heads.changeEmail,
  heads.confirmEmailChange,
  heads.revertEmailChange,
];

/** What the links in mails open, and where a form without JavaScript ends. */
const linkPages = (basePath: string): readonly Page[] => {
  const load = once(() => import('../http/pages/links.ts'));
  return paths.flatMap((path) => [
    { path, text: async (url) => (await load()).linkPage(path, url, basePath) },
    { path: `${path}/done`, text: async () => (await load()).donePage(path) },
  ]);
};

const paths = ['/verify-email', '/reset-password', '/change-email/confirm', '/change-email/revert'] as const;

const loadRules = async (): Promise<Rules> => {
  const [{ passwordFlaws }, { commonPasswords }] = await Promise.all([
    import('../primitives/password-policy.ts'),
    import('../primitives/common-passwords.ts'),
  ]);
  const isCommon = commonPasswords();
  return (password, context) => passwordFlaws(password, { ...context, isCommon });
};
