import type { Notices } from '../../modules/notices.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Caller } from '../../ports/journal.ts';
import type { UserRecord } from '../../ports/users.ts';

interface Needs {
  readonly notices: Notices;
  readonly clock: Clock;
}

type Told = 'mfa_enabled' | 'mfa_disabled' | 'mfa_attempts' | 'recovery_code_used';

/** The owner hears of what became of the second factor (ASVS 5.0, 6.3.7; NIST SP 800-63B-4 §4.6). */
export const tell =
  ({ notices, clock }: Needs) =>
  async (caller: Caller, { id: userId, email: to }: UserRecord, type: Told): Promise<void> => {
    if (to === null) return;
    const { client } = caller;
    await notices.send(caller, { type, to, userId, locale: null, at: clock.now(), client });
  };
