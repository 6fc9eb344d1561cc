import type { Runtime } from './runtime.ts';

/** One at a time in the whole browser, where it has Web Locks. */
export interface Turns {
  take<T>(work: () => Promise<T>): Promise<T>;
  /** How many other tabs have a client like this one; `null` = nobody can tell. */
  others(): Promise<number | null>;
  /** A page that holds a lock is not kept for the way back to it. */
  rest(): void;
  resume(): void;
}

/** A tab that holds the turn and never ends must not stop the others; the server bears two at a time. */
const patienceMs = 8_000;

export const turns = ({ locks, after }: Runtime, name: string): Turns => {
  const presence = `${name} tab`;
  let leave: (() => void) | null = null;

  const resume = (): void => {
    if (locks === null || leave !== null) return;
    const gone = new Promise<void>((resolve) => {
      leave = resolve;
    });
    // Refused in a document without an origin: then nobody is counted.
    locks.request(presence, { mode: 'shared' }, () => gone).catch(() => {});
  };
  resume();
  return {
    take: async (work) => {
      if (locks === null) return work();
      let mine = false;
      const waiting = new AbortController();
      const cancel = after(patienceMs, () => waiting.abort());
      try {
        return await locks.request(name, { signal: waiting.signal }, () => {
          mine = true;
          cancel();
          return work();
        });
      } catch (error) {
        if (mine) throw error;
        return work();
      } finally {
        cancel();
      }
    },
    others: async () => {
      try {
        const { held = [] } = (await locks?.query()) ?? {};
        const all = held.filter((lock) => lock.name === presence).length;
        return all === 0 ? null : all - 1;
      } catch {
        return null;
      }
    },
    rest: () => {
      leave?.();
      leave = null;
    },
    resume,
  };
};
