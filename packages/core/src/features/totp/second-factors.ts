import type { Kit } from '../../config/feature.ts';
import { challenge } from '../../flows/mfa/challenge.ts';
import { type ConfirmTotpFlow, confirmTotp } from '../../flows/mfa/confirm.ts';
import { type EnrolTotpFlow, enrolTotp } from '../../flows/mfa/enrol.ts';
import { type ListFactorsFlow, listFactors, type RenameFactorFlow, renameFactor } from '../../flows/mfa/list.ts';
import { type LoginMfaFlow, loginMfa } from '../../flows/mfa/login.ts';
import { type RegenerateCodesFlow, regenerateCodes } from '../../flows/mfa/regenerate.ts';
import { type RemoveFactorFlow, removeFactor } from '../../flows/mfa/remove.ts';
import { type ResetFactorsFlow, resetFactors } from '../../flows/mfa/reset.ts';
import { type StepUpByFactorFlow, stepUpByFactor } from '../../flows/mfa/step-up.ts';
import { factors } from '../../modules/factors.ts';
import type { Challenge } from '../../modules/gate.ts';
import { recoveryCodes } from '../../modules/recovery-codes.ts';
import { secretBox } from '../../modules/secret-box.ts';
import { trustedDevices } from '../../modules/trusted-devices.ts';
import { base32, keyUri } from '../../vendor/otpauth.ts';

type Spell = (secret: Uint8Array, account: string) => Promise<{ readonly secret: string; readonly uri: string }>;

export interface SecondFactors {
  readonly challenge: Challenge;
  readonly loginMfa: LoginMfaFlow;
  readonly stepUp: StepUpByFactorFlow;
  readonly listFactors: ListFactorsFlow;
  readonly enrolTotp: EnrolTotpFlow;
  readonly confirmTotp: ConfirmTotpFlow;
  readonly renameFactor: RenameFactorFlow;
  readonly removeFactor: RemoveFactorFlow;
  readonly regenerateCodes: RegenerateCodesFlow;
  readonly resetFactors: ResetFactorsFlow;
  readonly spellFor: (issuer: string) => Spell;
}

export const secondFactors = (kit: Kit, trusts: boolean): SecondFactors => {
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
    challenge: challenge(needs),
    loginMfa: loginMfa(needs),
    stepUp: stepUpByFactor(needs),
    listFactors: listFactors(needs),
    enrolTotp: enrolTotp(needs),
    confirmTotp: confirmTotp(needs),
    renameFactor: renameFactor(needs),
    removeFactor: removeFactor(needs),
    regenerateCodes: regenerateCodes(needs),
    resetFactors: resetFactors(needs),
    spellFor: (issuer) => async (secret, account) => ({
      secret: base32(secret),
      uri: keyUri({ issuer, account, secret }),
    }),
  };
};

/** A key that is missing is nobody's request. */
const nobody = { requestId: 'req_none', client: { ip: null, agent: null }, address: null, device: null };
