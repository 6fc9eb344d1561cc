export interface QueueBounds {
  /** Tasks in flight at once; a whole number from 1. */
  readonly running: number;
  /** Tasks waiting for a place, first come first served; a whole number from 0. */
  readonly waiting: number;
  /** Makes the error of a task that found every place taken. */
  readonly shed: () => Error;
}

/**
 * Bounds costly work: `run(task)` settles like the task, or rejects with `shed()` at once, the task never started.
 * Throws `RangeError` on bounds that are no whole numbers: a queue that runs nothing would hang every caller.
 */
export const boundedQueue = ({ running, waiting, shed }: QueueBounds): (<T>(task: () => Promise<T>) => Promise<T>) => {
  if (!Number.isSafeInteger(running) || running < 1) throw new RangeError('running: a whole number from 1');
  if (!Number.isSafeInteger(waiting) || waiting < 0) throw new RangeError('waiting: a whole number from 0');
  const line: (() => void)[] = [];
  let taken = 0;

  return async (task) => {
    if (taken === running && line.length >= waiting) throw shed();
    if (taken === running) await new Promise<void>((turn) => line.push(turn));
    else taken += 1;
    try {
      return await task();
    } finally {
      // The place passes on as it is: given back first, it could go to a newcomer and to the one who waited.
      const next = line.shift();
      if (next === undefined) taken -= 1;
      else next();
    }
  };
};
