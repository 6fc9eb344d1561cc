import type { AuthEvent, EventSink } from '../ports/events.ts';
import type { Notifier } from '../ports/notifier.ts';
import { consoleMark } from '../primitives/marks.ts';

/** Writes every message, links included, to the console: for development, and refused in production. */
export const consoleNotifier = (write: (line: string) => void = console.info): Notifier => ({
  ...{ [consoleMark]: true },
  send: async (message) => {
    const what = 'url' in message ? message.url : 'code' in message ? message.code : '';
    write(`mail to ${message.to}: ${message.type} ${what ?? ''}`.trimEnd());
  },
});

/** Writes every event as one line of JSON, so that no value in it can start a second line. */
export const consoleEvents = (write: (line: string) => void = console.info): EventSink => ({
  emit: (event: AuthEvent) => write(JSON.stringify(event)),
});
