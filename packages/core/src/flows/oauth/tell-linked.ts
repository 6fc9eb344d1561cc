import type { Notices } from '../../modules/notices.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Caller } from '../../ports/journal.ts';
import type { UserRecord } from '../../ports/users.ts';

export interface TellNeeds {
  readonly notices: Notices;
  readonly clock: Clock;
}

/** One more way into the account is news for its owner. */
export const tellLinked = async (
  { notices, clock }: TellNeeds,
  caller: Caller,
  { id: userId, email: to }: UserRecord,
): Promise<void> => {
  if (to === null) return;
  const { client } = caller;
  await notices.send(caller, { type: 'account_linked', to, userId, locale: null, at: clock.now(), client });
};
