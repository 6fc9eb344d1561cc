import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/events.ts';
import type { Journal } from '../ports/journal.ts';

/** Writes events. A sink that throws is ignored: telling must not change what happened. */
export const journal = (sink: EventSink, clock: Clock): Journal => ({
  note: (caller, name, { userId = null, code, data = {} } = {}) => {
    const outcome = code === undefined ? 'success' : 'failure';
    try {
      sink.emit({
        name,
        at: clock.now(),
        userId,
        requestId: caller.requestId,
        outcome,
        ...(code === undefined ? {} : { code }),
        client: caller.client,
        data,
      });
    } catch {}
  },
});
