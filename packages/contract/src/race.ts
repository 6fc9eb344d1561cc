import { must } from './cases.ts';
import type { Pair } from './options.ts';

/** Enough to fill a pool of connections, and more than any backend serves in one go. */
export const racers = 24;

/** Everybody at once, alternating over both clients. A rejected call fails the case, after all have ended. */
export const race = async <X, T>(clients: Pair<X>, act: (client: X, n: number) => Promise<T>): Promise<readonly T[]> =>
  together(Array.from({ length: racers }, (_, n) => act(clients[n % 2 === 0 ? 0 : 1], n)));

/** Like `Promise.all`, but nothing is left running behind a failed case. */
export const together = async <T>(calls: readonly Promise<T>[]): Promise<readonly T[]> => {
  const settled = await Promise.allSettled(calls);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
};

/** Exactly one has the winning word and all others the losing one. Gives the number of the winner. */
export const oneWinner = <T>(
  answers: readonly T[],
  what: string,
  words: { readonly won: T; readonly lost: T },
): number => {
  const won = answers.filter((answer) => answer === words.won).length;
  must(won === 1, `${answers.length} racing ${what}: ${won} callers were told ${words.won}, exactly 1 may be`);
  const strange = answers.find((answer) => answer !== words.won && answer !== words.lost);
  must(strange === undefined, `${answers.length} racing ${what}: a loser was told ${strange}, not ${words.lost}`);
  return answers.indexOf(words.won);
};

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Asks until `look` finds nothing wrong any more, for as long as the law lets an answer lag. */
export const within = async (ms: number, look: () => Promise<string | null>): Promise<void> => {
  const end = Date.now() + ms;
  for (;;) {
    const late = Date.now() >= end;
    const wrong = await look();
    if (wrong === null) return;
    must(!late, `${wrong}, more than ${ms} ms after the last write`);
    await pause(20);
  }
};

/** Small letters and digits: fits ids, kinds and user ids, and is not used twice. */
export const freshWord = (): string =>
  [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => (byte % 36).toString(36)).join('');
