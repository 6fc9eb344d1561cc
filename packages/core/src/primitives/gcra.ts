/** A policy in words a person would use: `burst` at once, then one every `refillMs`. */
export interface Rate {
  readonly burst: number;
  readonly refillMs: number;
}

interface Take {
  readonly now: number;
  readonly incrementMs: number;
  readonly ceilingMs: number;
}

export const takeOf = (rate: Rate, now: number): Take => ({
  now,
  incrementMs: rate.refillMs,
  ceilingMs: rate.burst * rate.refillMs,
});

/** The reference model of `RateLimitStore.take` (ITU-T I.371, virtual scheduling): every store agrees with it step by step. */
export const gcra = (stored: number | null, take: Take): { readonly allowed: boolean; readonly tat: number } => {
  const next = Math.max(stored ?? 0, take.now) + take.incrementMs;
  return next - take.now <= take.ceilingMs ? { allowed: true, tat: next } : { allowed: false, tat: stored ?? 0 };
};

/** Milliseconds until a take that was just refused would be allowed; at least 1. */
export const waitAfterRefusal = (tat: number, take: Take): number =>
  Math.max(1, Math.max(tat, take.now) + take.incrementMs - take.ceilingMs - take.now);
