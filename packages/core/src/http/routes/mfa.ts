import type { PublicFactor } from '../../api/view.ts';
import type { ConfirmTotpFlow } from '../../flows/mfa/confirm.ts';
import type { EnrolTotpFlow } from '../../flows/mfa/enrol.ts';
import type { ListFactorsFlow, RenameFactorFlow } from '../../flows/mfa/list.ts';
import type { RegenerateCodesFlow } from '../../flows/mfa/regenerate.ts';
import type { RemoveFactorFlow } from '../../flows/mfa/remove.ts';
import type { Minted } from '../../modules/gate.ts';
import type { Subject } from '../../modules/subjects.ts';
import type { MfaFactor } from '../../ports/domain.ts';
import { hasControl, isWellFormed } from '../../primitives/text.ts';
import { renewedReply, tokensOf } from '../entry.ts';
import { id } from '../fields.ts';
import { type Field, optional, token, wrong } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, reply, route } from '../route.ts';
import { mfaHeads } from './mfa-heads.ts';

export interface MfaNeeds {
  readonly listFactors: ListFactorsFlow;
  readonly enrolTotp: EnrolTotpFlow;
  readonly confirmTotp: ConfirmTotpFlow;
  readonly renameFactor: RenameFactorFlow;
  readonly removeFactor: RemoveFactorFlow;
  readonly regenerateCodes: RegenerateCodesFlow;
  /** How the secret is typed in, and what a QR code says. */
  readonly spell: (secret: Uint8Array, account: string) => { readonly secret: string; readonly uri: string };
  readonly keep: Keepsakes;
  readonly freshMs: number;
}

export const mfaRoutes = (needs: MfaNeeds): readonly Route[] => [
  factorsRoute(needs),
  enrolRoute(needs),
  confirmRoute(needs),
  codesRoute(needs),
  renameRoute(needs),
  removeRoute(needs),
];

const publicFactor = ({ id, label, confirmedAt, createdAt }: MfaFactor): PublicFactor => ({
  id,
  type: 'totp',
  label,
  confirmedAt: confirmedAt ?? createdAt,
});

const factorsRoute = ({ listFactors }: MfaNeeds): Route =>
  route({
    ...mfaHeads.factors,
    input: {},
    run: async (_input, exchange) => {
      const asked = await exchange.demand();
      if (!asked.ok) return asked;
      const { apps, recoveryCodesLeft } = await listFactors(asked.subject);
      return reply(200, { factors: apps.map(publicFactor), recoveryCodesLeft });
    },
  });

/** What a person calls a factor: shown in lists, so that no line of it breaks out. */
const label: Field<string> = {
  optional: false,
  read: (value) => {
    if (typeof value !== 'string') return wrong('type');
    if (value.length > 64) return wrong('too_long');
    if (value.trim() === '') return wrong('required');
    if (!isWellFormed(value)) return wrong('ill_formed');
    return hasControl(value) ? wrong('value') : value.trim();
  },
};

const enrolRoute = ({ enrolTotp, spell, freshMs }: MfaNeeds): Route =>
  route({
    ...mfaHeads.enrolTotp,
    input: { label: optional(label) },
    run: async (input, exchange) => {
      const asked = await exchange.demand({ fresh: freshMs });
      if (!asked.ok) return asked;
      const { user } = asked.subject;
      const proposed = await enrolTotp(asked.subject, input.label);
      if (!proposed.ok) return proposed;
      const spelt = spell(proposed.secret, user.email ?? user.id);
      return reply(201, { factorId: proposed.factor.id, ...spelt });
    },
  });

const confirmRoute = (needs: MfaNeeds): Route =>
  route({
    ...mfaHeads.confirmTotp,
    input: { id, code: token },
    run: async (input, exchange) => {
      const asked = await exchange.demand();
      if (!asked.ok) return asked;
      const confirmed = await needs.confirmTotp(exchange.caller, { ...input, subject: asked.subject });
      if (!confirmed.ok) return confirmed;
      const { renewed, recoveryCodes } = confirmed;
      const tokens = renewed === null ? null : tokensOf(renewed);
      return reply(200, { recoveryCodes, ...tokens }, cookiesOf(needs, asked.subject, renewed));
    },
  });

const cookiesOf = ({ keep }: MfaNeeds, { session }: Subject, renewed: Minted | null): readonly string[] =>
  renewed === null ? keep.forget(session) : keep.session(renewed);

const codesRoute = ({ regenerateCodes, freshMs }: MfaNeeds): Route =>
  route({
    ...mfaHeads.regenerateRecoveryCodes,
    input: {},
    run: async (_input, exchange) => {
      const asked = await exchange.demand({ fresh: freshMs, aal: 2 });
      if (!asked.ok) return asked;
      const made = await regenerateCodes(exchange.caller, asked.subject);
      return made.ok ? reply(200, { recoveryCodes: made.codes }) : made;
    },
  });

const renameRoute = ({ renameFactor }: MfaNeeds): Route =>
  route({
    ...mfaHeads.renameFactor,
    input: { id, label },
    run: async (input, exchange) => {
      const asked = await exchange.demand();
      if (!asked.ok) return asked;
      const renamed = await renameFactor(asked.subject, input);
      return renamed.ok ? reply(204, null) : renamed;
    },
  });

const removeRoute = (needs: MfaNeeds): Route =>
  route({
    ...mfaHeads.removeFactor,
    input: { id },
    run: async (input, exchange) => {
      const asked = await exchange.demand({ fresh: needs.freshMs, aal: 2 });
      if (!asked.ok) return asked;
      const removed = await needs.removeFactor(exchange.caller, asked.subject, input.id);
      if (!removed.ok) return removed;
      if (removed.renewed !== null) return renewedReply(needs.keep, removed.renewed);
      return reply(204, null, cookiesOf(needs, asked.subject, null));
    },
  });
