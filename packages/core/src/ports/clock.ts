import type { Millis } from './json.ts';

/** The only time source of every decision. Nodes within 1 s of each other; a larger skew shortens or lengthens lifetimes, it never opens anything. */
export interface Clock {
  now(): Millis;
}
