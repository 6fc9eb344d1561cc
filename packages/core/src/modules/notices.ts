import type { Caller, Journal } from '../ports/journal.ts';
import type { AuthMessage, Notifier } from '../ports/notifier.ts';

export interface Notices {
  /** Never rejects: a message that cannot be sent is an event, and nobody's failed request. */
  send(caller: Caller, message: AuthMessage): Promise<void>;
}

export const notices = (notifier: Notifier, journal: Journal): Notices => ({
  send: async (caller, message) => {
    try {
      await notifier.send(message);
    } catch {
      journal.note(caller, 'notifier.failed', {
        userId: message.userId,
        code: 'internal',
        data: { type: message.type },
      });
    }
  },
});
