interface Ended {
  readonly results: readonly { readonly verdict: string }[];
  /** The bounds of the run ended it. */
  readonly isUsedUp: boolean;
  /** The last attack that was tried got no answer. */
  readonly isSilent: boolean;
}

/** How many of a hundred attacks that were tried may tell nothing. */
const mostUnclear = 25;

/** Why results do not speak for what was to be tried; `null` where they do. */
export const incompleteness = ({ results, isUsedUp, isSilent }: Ended): string | null => {
  if (isSilent) return 'the target has stopped answering';
  if (isUsedUp) return 'the run was cut short by its bounds';
  const tried = results.filter(({ verdict }) => verdict !== 'not applicable').length;
  const unclear = results.filter(({ verdict }) => verdict === 'inconclusive').length;
  if (unclear * 100 <= tried * mostUnclear) return null;
  return `${unclear} of ${tried} attacks that were tried tell nothing, more than ${mostUnclear} in 100`;
};
