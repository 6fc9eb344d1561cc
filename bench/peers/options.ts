export interface PeerOptions {
  readonly rounds: number;
  readonly isQuick: boolean;
  /** Part of a name; `''` = all. */
  readonly only: string;
  /** Where the results go; `null` = nowhere. */
  readonly out: string | null;
}

const known = ['--quick', '--rounds', '--only', '--out'];

/** Throws on what it does not know: a bench that measures something else than it was asked for is worse than none. */
export const peerOptions = (args: readonly string[], usual: string): PeerOptions => {
  const given = args.filter((arg) => arg !== '--');
  const valueAfter = (flag: string): string | null => {
    const at = given.indexOf(flag);
    if (at === -1) return null;
    const value = given[at + 1];
    if (value === undefined || value.startsWith('--')) throw new Error(`${flag} wants a value`);
    return value;
  };
  const values = ['--rounds', '--only', '--out'].map(valueAfter);
  const unknown = given.find((arg) => !known.includes(arg) && !values.includes(arg));
  if (unknown !== undefined) throw new Error(`unknown: ${unknown}; known are ${known.join(' ')}`);
  const [rounds, only, out] = values;
  const isQuick = given.includes('--quick');
  const count = Number(rounds ?? (isQuick ? 1 : 9));
  if (!Number.isInteger(count) || count < 1) throw new Error(`--rounds wants a count, not ${rounds}`);
  // What was tried out, or is a part, does not take the place of the whole.
  const isWhole = !isQuick && only === null;
  return { rounds: count, isQuick, only: only ?? '', out: out ?? (isWhole ? usual : null) };
};
