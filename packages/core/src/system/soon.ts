/** Starts something after everything that is already on its way has had its turn: an answer leaves before its chores begin. */
export type Soon = (start: () => void) => void;

export const soon: Soon = (start) => {
  setTimeout(start, 0);
};
