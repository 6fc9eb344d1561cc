import { BusyError, StoreUnavailableError } from '../errors.ts';
import type { Background } from '../ports/background.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import { LoadError } from '../primitives/on-demand.ts';

/** Work that outlives the response: mails, rehashes, clean-up, and all that must not show in an answer's time. */
export interface Chores {
  /** Throws `BusyError` when the process has too much of it: before any work, so that the refusal tells nothing. */
  admit(): void;
  /** Never throws and never rejects: a failure becomes an event. */
  run(caller: Caller, chore: () => Promise<unknown>): void;
  /** Resolves when nothing is under way any more. */
  drain(): Promise<void>;
}

/** A thousand mails under way mean that the mail server, not the traffic, is the problem. */
const maxPending = 1_000;
const retryAfterMs = 5_000;

interface Needs {
  readonly background: Background | null;
  readonly journal: Journal;
  /** Begins a chore in a turn of its own, so that an answer that is ready leaves first. */
  readonly soon: (start: () => void) => void;
}

export const chores = ({ background, journal, soon }: Needs): Chores => {
  const pending = new Set<Promise<void>>();
  const keepAlive = (caller: Caller, task: Promise<void>): void => {
    try {
      if (caller.waitUntil !== undefined) caller.waitUntil(task);
      else background?.run(task);
    } catch {
      journal.note(caller, 'config.notice', { code: 'background_refused' });
    }
  };
  const guarded = async (caller: Caller, chore: () => Promise<unknown>): Promise<void> => {
    try {
      await chore();
    } catch (error) {
      const down = error instanceof StoreUnavailableError || error instanceof LoadError;
      const code = down ? 'store_unavailable' : error instanceof BusyError ? 'busy' : 'internal';
      journal.note(caller, 'store.failed', { code, data: { phase: 'background' } });
    }
  };
  return {
    admit: () => {
      if (pending.size >= maxPending) throw new BusyError(retryAfterMs);
    },
    run: (caller, chore) => {
      const begun = new Promise<void>((resolve) => soon(resolve));
      const task = begun.then(() => guarded(caller, chore)).finally(() => pending.delete(task));
      pending.add(task);
      keepAlive(caller, task);
    },
    drain: async () => {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
};
