/** The attack worked: the message says what was seen. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** The target has nothing for the attack to aim at. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** The target answered in a way that tells nothing. */
export class Unclear extends Error {
  override readonly name = 'Unclear';
}

/** No answer came at all. */
export class NoAnswer extends Unclear {}

/** A finding, unless it holds. */
export const must: (holds: boolean, seen: string) => asserts holds = (holds, seen) => {
  if (!holds) throw new Finding(seen);
};

/** Unclear, unless it holds: for what has to be so before the attack says anything. */
export const given: (holds: boolean, otherwise: string) => asserts holds = (holds, otherwise) => {
  if (!holds) throw new Unclear(otherwise);
};
