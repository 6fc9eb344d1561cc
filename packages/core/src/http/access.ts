import type { Refusal } from '../errors.ts';
import type { Caller, Journal } from '../ports/journal.ts';

/**
 * Tells of what was refused to somebody who is signed in, and to other sites (ASVS 5.0, 16.3.2). Other refusals have events of
 * their own, or none: strangers are turned away too often.
 */
export const noteRefusal = (
  journal: Journal,
  caller: Caller,
  { reason: code, need }: Refusal,
  userId: string | null = null,
): void => {
  if (code === 'csrf_rejected') journal.note(caller, 'csrf.rejected', { code });
  // Where no session was asked for, a sign-in was refused: its flow has told of whom.
  if (code === 'step_up_required' && userId)
    journal.note(caller, 'access.refused', { userId, code, data: { ...need } });
};
