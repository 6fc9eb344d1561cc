import type { BreachCheck } from '../ports/breach.ts';
import { withDeadline } from './deadline.ts';

/** What the port promises: a registration waits no longer than this for somebody else's service. */
const deadlineMs = 2_000;

/** A check that is late, rejects or throws is one that did not answer. */
export const boundedBreach = (breach: BreachCheck): BreachCheck => {
  const ask = async (password: string): Promise<boolean | null> => breach.isBreached(password);
  return {
    isBreached: (password) =>
      withDeadline(
        ask(password).catch(() => null),
        deadlineMs,
        null,
      ),
  };
};
