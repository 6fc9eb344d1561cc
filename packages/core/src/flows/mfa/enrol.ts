import { type Refusal, refuse } from '../../errors.ts';
import type { Factors, Proposed } from '../../modules/factors.ts';
import type { Subject } from '../../modules/subjects.ts';
import { isReplacing, maxFactors, roomFor } from './may-enrol.ts';

export type EnrolTotpFlow = (
  subject: Subject,
  label: string | null,
) => Promise<({ readonly ok: true } & Proposed) | Refusal>;

/** Each lives for ten minutes; more than that many at a time is no person in front of a QR code. */
const maxProposed = 20;

/** A secret for a new factor. What is enrolled stays as it is until a code of the new one is shown. */
export const enrolTotp =
  ({ factors }: { readonly factors: Factors }): EnrolTotpFlow =>
  async ({ user, credential, session }, label) => {
    const refusal = roomFor(session, { user, credential });
    if (refusal !== null) return refusal;
    const apps = (await factors.named(credential)).filter(({ type }) => type === 'totp');
    const isFull = apps.length >= maxFactors && !isReplacing(session);
    if (isFull || (await factors.countProposed(credential)) >= maxProposed) return refuse('factor_limit');
    return { ok: true, ...(await factors.propose(user.id, label ?? 'Authenticator app')) };
  };
