import { StoreUnavailableError } from '@sallyport/core/ports';
import { must } from './cases.ts';
import { show } from './equal.ts';
import type { Setting } from './options.ts';

/** A call that must not be answered. Rejects with a finding unless it rejects, in time, with the right class. */
export const mustBeUnavailable = async (what: string, ms: number, call: () => Promise<unknown>): Promise<void> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`had no outcome after ${ms} ms`), ms);
  });
  const outcome = await Promise.race([outcomeOf(call), late]);
  clearTimeout(timer);
  must(outcome === 'unavailable', `${what} ${outcome}, where a StoreUnavailableError is due`);
};

/** All at once, so that an adapter that waits for its own deadline costs it once. */
export const mustAllBeUnavailable = async (
  ms: number,
  calls: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<void> => {
  await Promise.all(Object.entries(calls).map(([what, call]) => mustBeUnavailable(what, ms, call)));
};

export const needsUnreachable = <X>({ unreachable }: Setting<X>): string | null =>
  unreachable === null ? 'the option `unreachable` was not given' : null;

export const needsLostAnswer = <X>({ lostAnswer }: Setting<X>): string | null =>
  lostAnswer === null ? 'the option `lostAnswer` was not given' : null;

/** What `whyNot` has made sure of. */
export const given = <T>(value: T | null): T => {
  if (value === null) throw new TypeError('a case ran without what it needs');
  return value;
};

const outcomeOf = async (call: () => Promise<unknown>): Promise<string> => {
  try {
    return `answered ${show(await call())}`;
  } catch (error) {
    if (error instanceof StoreUnavailableError) return 'unavailable';
    const twin = error instanceof Error && error.name === 'StoreUnavailableError';
    return `rejected with ${twin ? 'the StoreUnavailableError of another copy of @sallyport/core' : String(error)}`;
  }
};
