import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/events.ts';
import type { Journal } from '../ports/journal.ts';

/** Writes events. A sink that throws is ignored: telling must not change what happened. */
export const journal = (sink: EventSink, clock: Clock): Journal => {
  const noticed = new Set<string>();
  const note: Journal['note'] = (caller, name, { userId = null, code, data = {} } = {}) => {
    const { requestId, client } = caller;
    const outcome = code === undefined ? 'success' : 'failure';
    const named = code === undefined ? {} : { code };
    try {
      const told: unknown = sink.emit({ name, at: clock.now(), userId, requestId, outcome, ...named, client, data });
      // A sink that is asynchronous all the same must not end the process by a rejection.
      if (told instanceof Promise) told.catch(() => {});
    } catch {}
  };
  return {
    note,
    noticeOnce: (caller, code) => {
      if (noticed.has(code)) return;
      noticed.add(code);
      note(caller, 'config.notice', { code });
    },
  };
};
