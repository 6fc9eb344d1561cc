import { type Refusal, refuse } from '../../errors.ts';
import type { Minted } from '../../modules/gate.ts';
import type { Notices } from '../../modules/notices.ts';
import type { Account, Subject } from '../../modules/subjects.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import { withoutSecond } from './amr.ts';
import { type ChangeNeeds, changeFactors, type Planned, settle } from './change.ts';
import { tell } from './tell.ts';

interface Needs extends ChangeNeeds {
  readonly notices: Notices;
  readonly journal: Journal;
  readonly clock: Clock;
}

export type RemoveFactorFlow = (
  caller: Caller,
  subject: Subject,
  id: string,
) => Promise<{ readonly ok: true; readonly renewed: Minted | null } | Refusal>;

/** The credential record forgets the factor first, then its row goes. Recovery codes go with the last app that they stand in for. */
export const removeFactor =
  (needs: Needs): RemoveFactorFlow =>
  async (caller, subject, id) => {
    const { chores, journal } = needs;
    const { user, session } = subject;
    const plan = (account: Account) => planFor(needs, account, id);
    const changed = await changeFactors(needs, subject, { plan, raises: true });
    if (!changed.ok) return changed;
    const isLast = changed.after.factors.length === 0;
    journal.note(caller, 'mfa.removed', { userId: user.id, data: { type: 'totp', last: isLast } });
    chores.run(caller, () => tell(needs)(caller, user, 'mfa_disabled'));
    // No factor was proved by it: what asks for a fresh proof still does.
    const { aal, amr, authenticatedAt: provedAt } = session;
    const level = isLast ? withoutSecond(amr) : { aal, amr };
    return { ok: true, renewed: await settle(needs, caller, { subject, changed, ...level, provedAt }) };
  };

const planFor = async ({ factors }: Needs, { credential }: Account, id: string): Promise<Planned | Refusal> => {
  const apps = (await factors.named(credential)).filter(({ type }) => type === 'totp');
  if (!apps.some((app) => app.id === id)) return refuse('not_found');
  const rest = apps.length === 1 ? [] : credential.factors.filter((other) => other !== id);
  return { ok: true, factors: rest, codes: null };
};
