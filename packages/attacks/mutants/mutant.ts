import type { Change, Kind } from './app.ts';

/** Our own stack with one defence taken out, and the attack that has to see it. */
export interface Mutant {
  /** What is wrong. */
  readonly name: string;
  /** The id of an attack. */
  readonly kills: string;
  readonly change: Change;
  /** Which of the applications is spoiled. */
  readonly kind: Kind;
}

export const mutant = (kills: string, name: string, change: Change): Mutant => ({
  kills,
  name,
  change,
  kind: 'sessions',
});

/** A mutant of the application with access tokens. */
export const ofTokens = (kills: string, name: string, change: Change): Mutant => ({
  kills,
  name,
  change,
  kind: 'tokens',
});

/** A mutant of the application with a provider. */
export const ofProvider = (kills: string, name: string, change: Change): Mutant => ({
  kills,
  name,
  change,
  kind: 'provider',
});
