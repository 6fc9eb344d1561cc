import { type Refusal, refuse } from '../../errors.ts';
import type { Belongings } from '../../modules/belongings.ts';
import type { Chores } from '../../modules/chores.ts';
import type { Credentials } from '../../modules/credentials.ts';
import type { Factors } from '../../modules/factors.ts';
import type { Gate, Minted } from '../../modules/gate.ts';
import type { Sessions } from '../../modules/sessions.ts';
import type { Account, Subject, Subjects } from '../../modules/subjects.ts';
import type { Amr, CredentialRecord } from '../../ports/domain.ts';
import type { Caller } from '../../ports/journal.ts';

export interface ChangeNeeds {
  readonly subjects: Subjects;
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly belongings: Belongings;
  readonly factors: Factors;
  readonly gate: Gate;
  readonly chores: Chores;
}

export interface Planned {
  readonly ok: true;
  /** The factors that the credential record is to name. */
  readonly factors: readonly string[];
  /** Recovery codes that are new with it, to be shown once. */
  readonly codes: readonly string[] | null;
}

/** What is to change, or why it stays as it is. */
type Plan = (account: Account) => Promise<Planned | Refusal>;

export interface Changed extends Planned {
  readonly before: CredentialRecord;
  readonly after: CredentialRecord;
}

const tries = 3;

/**
 * One compare-and-set on the record that decides. A lost one reads again and repeats every check: the session must still be
 * alive. `raises` ends every other session, pending link, challenge and trusted device by the same write.
 */
export const changeFactors = async (
  { subjects, credentials, sessions }: ChangeNeeds,
  { user, session, credential }: Subject,
  { plan, raises }: { readonly plan: Plan; readonly raises: boolean },
): Promise<Changed | Refusal> => {
  let current: Account | null = { user, credential };
  for (let attempt = 0; attempt < tries && current !== null; attempt += 1) {
    const before: CredentialRecord = current.credential;
    if (!sessions.isLive(session, before)) return refuse('unauthenticated');
    const planned = await plan(current);
    if (!planned.ok) return planned;
    const epoch = raises ? before.epoch + 1 : before.epoch;
    const after = await credentials.replace(before, { factors: planned.factors, epoch });
    if (after !== null) return { ...planned, before, after };
    current = await subjects.byUser(user.id);
  }
  return current === null ? refuse('unauthenticated') : refuse('conflict');
};

interface Settlement {
  readonly subject: Subject;
  readonly changed: Changed;
  readonly aal: 1 | 2;
  readonly amr: readonly Amr[];
  readonly provedAt?: number;
}

/** The caller's own session under the new epoch; `null` = it ended meanwhile. What is no longer named goes. */
export const settle = async (
  { gate, chores, sessions, belongings, factors }: ChangeNeeds,
  caller: Caller,
  { subject: { user, session }, changed: { before, after }, ...level }: Settlement,
): Promise<Minted | null> => {
  const renewed = await gate.renew(caller, session, { user, credential: after, ...level });
  const dropped = before.factors.filter((id) => !after.factors.includes(id));
  chores.run(caller, () => belongings.remove({ accounts: [], factors: dropped }));
  chores.run(caller, () => factors.tidy(after));
  // Not before: it would take the session that is being renewed.
  chores.run(caller, () => sessions.sweepUser(user.id, after.epoch));
  return renewed;
};
