import type { Notifier } from '../ports/notifier.ts';
import { withDeadline } from './deadline.ts';

/** Longer than a mail server takes that answers at all, short enough for a process that wants to end. */
const deadlineMs = 30_000;

/** A notifier that does not answer has failed: it must not keep a draining process, or a place among the chores, for ever. */
export const boundedNotifier = (notifier: Notifier): Notifier => {
  const send: Notifier['send'] = async (message) => notifier.send(message);
  return {
    send: async (message) => {
      const isSent = await withDeadline(
        send(message).then(() => true),
        deadlineMs,
        false,
      );
      if (!isSent) throw new Error('the notifier did not answer in time');
    },
  };
};
