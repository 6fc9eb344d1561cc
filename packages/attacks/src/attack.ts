import type { Ground } from './ground.ts';

/** What an attack is about; the classes of the catalogue in the guide. */
export type AttackClass =
  | 'passwords'
  | 'enumeration'
  | 'e-mail'
  | 'tokens'
  | 'sessions'
  | 'csrf'
  | 'redirects'
  | 'limits'
  | 'mfa'
  | 'jwt'
  | 'refresh'
  | 'oauth'
  | 'injection'
  | 'framework';

/** One attack, as a value: it knows no test runner. */
export interface Attack {
  /** Stable: never renamed, never given to another attack. */
  readonly id: string;
  readonly class: AttackClass;
  /** What the attacker does. */
  readonly title: string;
  /** What holds where the attack fails, in one sentence. */
  readonly claim: string;
  /** Resolves with what was seen to hold. Throws `Finding`, `NotApplicable` or `Unclear`; anything else counts as unclear. */
  readonly run: (ground: Ground) => Promise<string>;
}

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

/** Attacks of one class. */
export const attacksOf = (kind: AttackClass, drafts: readonly Omit<Attack, 'class'>[]): readonly Attack[] =>
  drafts.map((draft) => ({ ...draft, class: kind }));
