import type { Figure, Machine } from '../measure.ts';
import type { BundleSize } from './bundles.ts';
import type { Trips } from './trips.ts';

export interface CheckResult {
  readonly name: string;
  readonly of: 'floor' | 'ours' | 'peer';
  readonly about: string;
  readonly trips: Trips;
  readonly perSecond: Figure;
  /** CPU time of the server a request, microseconds. */
  readonly cpuUs: Figure;
  /** Microseconds of one check without HTTP, one after another; `null` where there is none. */
  readonly inProcessUs: Figure | null;
  readonly inProcessCpuUs: Figure | null;
}

export interface LoginResult {
  readonly name: string;
  readonly about: string;
  readonly perSecond: Figure;
  readonly cpuMs: Figure;
  readonly loopDelayP99Ms: Figure;
}

export interface GoalResult {
  readonly what: string;
  readonly unit: string;
  readonly wanted: 'at least' | 'at most';
  readonly bound: number;
  /** Of one round each; of a size, the one figure. */
  readonly ratio: Figure;
}

export interface PeerResults {
  readonly date: string;
  readonly machine: Machine;
  readonly rounds: number;
  /** That many a round for each contender, of so many seconds. */
  readonly turns: number;
  readonly turnSeconds: number;
  readonly connections: number;
  readonly loginsAtOnce: number;
  /** Whether server and load generator had a processor each. */
  readonly isPinned: boolean;
  readonly versions: Readonly<Record<string, string>>;
  readonly checks: readonly CheckResult[];
  readonly logins: readonly LoginResult[];
  readonly bundles: readonly BundleSize[];
  readonly goals: readonly GoalResult[];
}

/** By its median. */
export const isMet = ({ wanted, bound, ratio }: GoalResult): boolean =>
  wanted === 'at least' ? ratio.median >= bound : ratio.median <= bound;
