import type { Feature, FeatureParts, Kit } from '../config/feature.ts';
import type { ConfigIssue } from '../errors.ts';
import { loginMfaRoute } from '../http/routes/login-mfa.ts';
import { mfaRoutes } from '../http/routes/mfa.ts';
import { stepUpByFactor } from '../http/routes/step-up-ways.ts';
import { hasControl } from '../primitives/text.ts';
import type { SecondFactors } from './totp/second-factors.ts';

export interface TotpOptions {
  /** The name under which authenticator apps list the account, e.g. the product's. No colon: it ends the name there. */
  readonly issuer: string;
  /** Lets a browser in which a code was right go without for 30 days, if its user asks for that. Default off. */
  readonly trustedDevices?: boolean;
}

/** A second factor by codes of an authenticator app (RFC 6238), with recovery codes, at sign-in and at step-up. */
export const totp = (options: TotpOptions): Feature => ({
  name: 'totp',
  check: () => issuerIssues(options?.issuer),
  install: (kit) => install(kit, options),
});

const issuerIssues = (issuer: unknown): readonly ConfigIssue[] =>
  typeof issuer === 'string' && issuer.trim() !== '' && issuer.length <= 64 && !/:/.test(issuer) && !hasControl(issuer)
    ? []
    : [
        {
          code: 'totp_issuer_invalid',
          path: 'features: totp({ issuer })',
          message: 'It is no name of up to 64 characters without a colon.',
          fix: "Name the product as users know it, e.g. totp({ issuer: 'Example' }).",
        },
      ];

const install = (kit: Kit, { issuer, trustedDevices = false }: TotpOptions): FeatureParts => {
  const { settings, keep, cookies } = kit;
  const freshMs = settings.session.stepUpWindowMs;
  const later = onDemand(kit, trustedDevices);
  const needs = { ...later, keep, cookies, freshMs, trusts: trustedDevices, spell: later.spellFor(issuer) };
  return {
    routes: [loginMfaRoute(needs), ...mfaRoutes(needs)],
    pages: [
      {
        path: '/login/second-factor',
        text: async (url) =>
          (await import('../http/pages/second-factor.ts')).secondFactorPage(url, {
            action: `${settings.basePath}/login/mfa`,
            trusts: trustedDevices,
          }),
      },
    ],
    stepUp: { member: 'code', route: stepUpByFactor({ stepUp: later.stepUp, keep }) },
    challenge: later.challenge,
    resetFactors: later.resetFactors,
  };
};

/** The arithmetic, the box and the flows are loaded when somebody is asked for a second factor, or enrols one. */
const onDemand = (kit: Kit, trusts: boolean): SecondFactors => {
  let loading: Promise<SecondFactors> | null = null;
  const load = (): Promise<SecondFactors> => {
    loading ??= import('./totp/second-factors.ts').then(
      ({ secondFactors }) => secondFactors(kit, trusts),
      (error) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  };
  return {
    challenge: async (caller, proof, entrance) => (await load()).challenge(caller, proof, entrance),
    loginMfa: async (caller, input) => (await load()).loginMfa(caller, input),
    stepUp: async (caller, subject, shown) => (await load()).stepUp(caller, subject, shown),
    listFactors: async (account) => (await load()).listFactors(account),
    enrolTotp: async (subject, label) => (await load()).enrolTotp(subject, label),
    confirmTotp: async (caller, input) => (await load()).confirmTotp(caller, input),
    renameFactor: async (account, change) => (await load()).renameFactor(account, change),
    removeFactor: async (caller, subject, id) => (await load()).removeFactor(caller, subject, id),
    regenerateCodes: async (caller, subject) => (await load()).regenerateCodes(caller, subject),
    resetFactors: async (caller, userId) => (await load()).resetFactors(caller, userId),
    spellFor: (issuer) => async (secret, account) => (await load()).spellFor(issuer)(secret, account),
  };
};
