import type { Millis } from './json.ts';

/** One step of the Generic Cell Rate Algorithm (ITU-T I.371). The core owns the policy and the arithmetic of the answer. */
export interface RateTake {
  readonly now: Millis;
  /** What one request costs: the refill time of one token. */
  readonly incrementMs: number;
  /** How far ahead of `now` the stored instant may run: burst times `incrementMs`. */
  readonly ceilingMs: number;
}

/** One integer per key: the "theoretical arrival time". */
export interface RateLimitStore {
  /**
   * Atomically: `next = max(stored ?? 0, now) + incrementMs`; if `next - now <= ceilingMs`, store it and allow. A refused
   * take changes nothing. `tat` is what is stored afterwards (0 for a refused take on a missing key).
   */
  take(key: string, take: RateTake): Promise<{ readonly allowed: boolean; readonly tat: Millis }>;
  /** Forgets the key. */
  reset(key: string): Promise<void>;
}
