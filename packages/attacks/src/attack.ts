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

/** Attacks of one class. */
export const attacksOf = (kind: AttackClass, drafts: readonly Omit<Attack, 'class'>[]): readonly Attack[] =>
  drafts.map((draft) => ({ ...draft, class: kind }));
