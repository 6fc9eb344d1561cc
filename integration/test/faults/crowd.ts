import { until } from '../../../tools/services/child.ts';
import type { Person } from './person.ts';

/** People who act until they are told to stop. */
export interface Crowd {
  /** Resolves when so many more acts are done. */
  more(acts: number): Promise<void>;
  /** Rejects with the first promise that was broken. */
  stop(): Promise<void>;
}

/** Between two acts of one person: faults last, and a loop without a pause would be all failures. */
const pauseMs = 8;
/** Of one person; a fault is over by then. */
const most = 3_000;

export const gather = (people: readonly Person[]): Crowd => {
  let isOver = false;
  let done = 0;
  let first: unknown = null;
  const busy = people.map(async (person) => {
    for (let n = 0; n < most && !isOver; n += 1) {
      await person.act(Math.random());
      done += 1;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  });
  const all = Promise.all(busy).catch((error: unknown) => {
    isOver = true;
    first ??= error;
  });
  return {
    more: async (acts) => {
      const goal = done + acts;
      await until(`${acts} more acts`, () => isOver || done >= goal, 40_000);
      if (first !== null) throw first;
    },
    stop: async () => {
      isOver = true;
      await all;
      if (first !== null) throw first;
    },
  };
};
