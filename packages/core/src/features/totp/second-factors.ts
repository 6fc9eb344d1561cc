import type { Kit } from '../../config/feature.ts';
import { challenge } from '../../flows/mfa/challenge.ts';
import { confirmTotp } from '../../flows/mfa/confirm.ts';
import { enrolTotp } from '../../flows/mfa/enrol.ts';
import { listFactors, renameFactor } from '../../flows/mfa/list.ts';
import { loginMfa } from '../../flows/mfa/login.ts';
import { regenerateCodes } from '../../flows/mfa/regenerate.ts';
import { removeFactor } from '../../flows/mfa/remove.ts';
import { type ResetFactorsFlow, resetFactors } from '../../flows/mfa/reset.ts';
import { stepUpByFactor } from '../../flows/mfa/step-up.ts';
import type { Route } from '../../http/route.ts';
import { loginMfaRoute } from '../../http/routes/login-mfa.ts';
import { mfaRoutes } from '../../http/routes/mfa.ts';
import { stepUpByFactor as stepUpRoute } from '../../http/routes/step-up-ways.ts';
import { factors } from '../../modules/factors.ts';
import type { Challenge } from '../../modules/gate.ts';
import { recoveryCodes } from '../../modules/recovery-codes.ts';
import { secretBox } from '../../modules/secret-box.ts';
import { trustedDevices } from '../../modules/trusted-devices.ts';
import { base32, keyUri } from '../../vendor/otpauth.ts';

export interface SecondFactors {
  readonly routes: readonly Route[];
  readonly challenge: Challenge;
  readonly resetFactors: ResetFactorsFlow;
}

export interface SecondFactorOptions {
  readonly issuer: string;
  /** Whether a browser can be trusted. */
  readonly trusts: boolean;
}

/** The arithmetic, the box, the flows and the routes: needed when somebody is asked for a second factor, or enrols one. */
export const secondFactors = (kit: Kit, { issuer, trusts }: SecondFactorOptions): SecondFactors => {
  const { keys, random, clock, settings } = kit;
  const needs = {
    ...kit,
    factors: factors({
      store: kit.factorStore,
      box: secretBox({ keys, random, purpose: 'mfa_factor' }),
      clock,
      random,
      unreadable: () => kit.journal.noticeOnce(nobody, 'factor_unreadable'),
    }),
    recoveryCodes: recoveryCodes({ store: kit.factorStore, clock, random }),
    trusted: trusts ? trustedDevices({ store: kit.trustedStore, clock, random }) : null,
    challengeMs: settings.challengeMs,
  };
  return {
    routes: [
      loginMfaRoute({ ...kit, loginMfa: loginMfa(needs), trusts }),
      ...mfaRoutes({
        ...kit,
        listFactors: listFactors(needs),
        enrolTotp: enrolTotp(needs),
        confirmTotp: confirmTotp(needs),
        renameFactor: renameFactor(needs),
        removeFactor: removeFactor(needs),
        regenerateCodes: regenerateCodes(needs),
        spell: (secret, account) => ({ secret: base32(secret), uri: keyUri({ issuer, account, secret }) }),
        freshMs: settings.session.stepUpWindowMs,
      }),
      stepUpRoute({ ...kit, stepUp: stepUpByFactor(needs) }),
    ],
    challenge: challenge(needs),
    resetFactors: resetFactors(needs),
  };
};

/** A key that is missing is nobody's request. */
const nobody = { requestId: 'req_none', client: { ip: null, agent: null }, address: null, device: null };
