const alphabets: readonly (readonly [letters: number, pattern: RegExp])[] = [
  [10, /^[0-9]+$/],
  [16, /^[0-9a-f]+$/i],
  [36, /^(?:[0-9a-z]+|[0-9A-Z]+)$/],
  [62, /^[0-9a-z]+$/i],
];

/** Bits of a token, if every character is drawn from the smallest alphabet that holds all of them. */
export const bitsOf = (tokens: readonly string[]): number => {
  const all = tokens.join('');
  const alphabet = alphabets.find(([, pattern]) => pattern.test(all))?.[0] ?? 64;
  const [first = ''] = tokens;
  let shared = 0;
  while (shared < first.length && tokens.every((token) => token[shared] === first[shared])) shared += 1;
  const shortest = Math.min(...tokens.map(({ length }) => length));
  return Math.floor((shortest - shared) * Math.log2(alphabet));
};
