import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedQueue } from './bounded-queue.ts';

class Shed extends Error {}
const shed = () => new Shed();

/** Tasks that end when told to, and the count of those in flight. */
const stage = () => {
  const ends: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const seen = { started: 0, inFlight: 0, most: 0 };
  const task = async (): Promise<string> => {
    seen.started += 1;
    seen.inFlight += 1;
    seen.most = Math.max(seen.most, seen.inFlight);
    try {
      return await new Promise<string>((resolve, reject) => ends.push({ resolve, reject }));
    } finally {
      seen.inFlight -= 1;
    }
  };
  return { seen, ends, task };
};

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('boundedQueue', () => {
  it.each([
    { running: 1, waiting: 0 },
    { running: 1, waiting: 3 },
    { running: 3, waiting: 5 },
  ])('runs $running, holds $waiting, sheds the rest at once', async ({ running, waiting }) => {
    const { seen, ends, task } = stage();
    const run = boundedQueue({ running, waiting, shed });
    const all = Array.from({ length: 20 }, () => run(task).catch((error: unknown) => error));

    const refused = await Promise.all(all.slice(running + waiting));
    expect(refused.every((error) => error instanceof Shed)).toBe(true);
    expect(refused).toHaveLength(20 - running - waiting);
    expect(seen).toEqual({ started: running, inFlight: running, most: running });

    for (let done = 0; done < running + waiting; done += 1) {
      ends[done]?.resolve(`done ${done}`);
      await turn();
    }
    expect(await Promise.all(all.slice(0, running + waiting))).toEqual(
      Array.from({ length: running + waiting }, (_, index) => `done ${index}`),
    );
    expect(seen).toEqual({ started: running + waiting, inFlight: 0, most: running });
  });

  it('goes on after a task that rejects and one that throws', async () => {
    const run = boundedQueue({ running: 1, waiting: 3, shed });
    const results = await Promise.allSettled([
      run(() => Promise.reject(new Error('rejected'))),
      run(() => {
        throw new Error('thrown');
      }),
      run(async () => 'ran'),
    ]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(await run(async () => 'ran again')).toBe('ran again');
  });

  it('gives no place away twice when a newcomer arrives in the very turn in which one ends', async () => {
    const { seen, ends, task } = stage();
    const run = boundedQueue({ running: 1, waiting: 10, shed });
    const first = run(task);
    const others = [run(task)];
    void first.then(() => others.push(run(task)));
    ends[0]?.resolve('');
    await first;
    others.push(run(task));
    for (let index = 1; index <= 3; index += 1) {
      await turn();
      ends[index]?.resolve('');
    }
    await Promise.all(others);
    expect(seen).toEqual({ started: 4, inFlight: 0, most: 1 });
  });

  it('keeps its bounds under any interleaving of arrivals and ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 5 }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        async (running, waiting, arrivals) => {
          const { seen, ends, task } = stage();
          const run = boundedQueue({ running, waiting, shed });
          const all: Promise<unknown>[] = [];
          let held = 0;
          let expectedShed = 0;
          let ended = 0;
          for (const arrives of arrivals) {
            if (arrives && held === running + waiting) expectedShed += 1;
            else if (arrives) held += 1;
            if (arrives) all.push(run(task).catch((error: unknown) => error));
            else if (ends[ended] !== undefined) {
              ends[ended]?.resolve('');
              ended += 1;
              held -= 1;
            }
            await turn();
          }
          while (ended < ends.length) {
            ends[ended]?.resolve('');
            ended += 1;
            await turn();
          }
          const results = await Promise.all(all);
          expect(seen.most).toBeLessThanOrEqual(running);
          expect(results.filter((result) => result instanceof Shed)).toHaveLength(expectedShed);
          expect(seen.started).toBe(all.length - expectedShed);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    { running: 0, waiting: 1 },
    { running: Number.NaN, waiting: 1 },
    { running: 1.5, waiting: 1 },
    { running: 1, waiting: -1 },
    { running: 1, waiting: Number.NaN },
  ])('refuses $running running, $waiting waiting', (bounds) => {
    expect(() => boundedQueue({ ...bounds, shed })).toThrow(RangeError);
  });
});
