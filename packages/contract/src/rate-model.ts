import type { RateTake } from '@sallyport/core/ports';

/** The reference model of `take` (ITU-T I.371, virtual scheduling). */
export const model = (stored: number | null, take: RateTake): { readonly allowed: boolean; readonly tat: number } => {
  const next = Math.max(stored ?? 0, take.now) + take.incrementMs;
  return next - take.now <= take.ceilingMs ? { allowed: true, tat: next } : { allowed: false, tat: stored ?? 0 };
};

/** A whole number from 0 to below `limit`, from a seed: mulberry32. */
export type Random = (limit: number) => number;

export const randomOf = (seed: number): Random => {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
};

const minute = 60_000;
const start = 1_700_000_000_000;

/** Four hundred takes: a clock that mostly creeps and at times jumps, policies that change under one key. */
export const histories = (random: Random): readonly RateTake[] => {
  let now = start;
  return Array.from({ length: 400 }, (): RateTake => {
    const jump = random(20);
    if (jump === 0) now = Math.max(0, now - random(3_600_000));
    else if (jump === 1) now += random(86_400_000);
    else if (jump < 12) now += random(2 * minute);
    // Long beside the test: a store may let go of a key when it is full again by the clock on the wall.
    const incrementMs = minute + random(10 * minute);
    const ceilings = [incrementMs * (1 + random(6)), incrementMs * 2 + random(minute), incrementMs - 1, incrementMs];
    return { now, incrementMs, ceilingMs: ceilings[random(ceilings.length)] ?? incrementMs };
  });
};
