import type { Feature, FeatureParts, Kit } from '../config/feature.ts';
import type { ConfigIssue } from '../errors.ts';
import { lateRoute } from '../http/late-routes.ts';
import { heads } from '../http/routes/heads.ts';
import { mfaHeads } from '../http/routes/mfa-heads.ts';
import { once } from '../primitives/on-demand.ts';
import { hasControl } from '../primitives/text.ts';

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

const install = (kit: Kit, { issuer, trustedDevices: trusts = false }: TotpOptions): FeatureParts => {
  const load = once(async () => (await import('./totp/second-factors.ts')).secondFactors(kit, { issuer, trusts }));
  const loadPage = once(() => import('../http/pages/second-factor.ts'));
  const ofFactors = lateRoute(async () => (await load()).routes);
  const action = `${kit.settings.basePath}/login/mfa`;
  return {
    routes: Object.values(mfaHeads).map(ofFactors),
    pages: [
      {
        path: '/login/second-factor',
        text: async (url) => (await loadPage()).secondFactorPage(url, { action, trusts }),
      },
    ],
    stepUp: { member: 'code', route: ofFactors(heads.stepUp) },
    challenge: async (caller, proof, entrance) => (await load()).challenge(caller, proof, entrance),
    resetFactors: async (caller, userId) => (await load()).resetFactors(caller, userId),
  };
};
