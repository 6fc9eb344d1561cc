import type { Change } from './app.ts';

/** Our own stack with one defence taken out, and the attack that has to see it. */
export interface Mutant {
  /** What is wrong. */
  readonly name: string;
  /** The id of an attack. */
  readonly kills: string;
  readonly change: Change;
}

export const mutant = (kills: string, name: string, change: Change): Mutant => ({ kills, name, change });
