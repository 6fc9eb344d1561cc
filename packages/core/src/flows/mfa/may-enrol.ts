import { type Refusal, refuse } from '../../errors.ts';
import type { Account } from '../../modules/subjects.ts';
import type { SessionRecord } from '../../ports/domain.ts';

/** A phone, a spare, a tablet, a desk and a safe. */
export const maxFactors = 5;

/** Signed in by a recovery code: the new factor takes the place of those that were lost. */
export const isReplacing = ({ aal, amr }: SessionRecord): boolean => aal < 2 && amr.includes('rec');

/** Why this session may not add a second factor; `null` = it may. Where there is one, it or a recovery code must have been shown. */
export const roomFor = (session: SessionRecord, { user, credential }: Account): Refusal | null => {
  // Whoever squats on an address must not keep its owner out by a factor (pre-hijacking).
  if (user.emailVerifiedAt === null) return refuse('email_unverified');
  const isProved = credential.factors.length === 0 || session.aal >= 2 || isReplacing(session);
  return isProved ? null : refuse('step_up_required', { need: { aal: 2 } });
};
