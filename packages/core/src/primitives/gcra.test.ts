import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gcra, type Rate, takeOf, waitAfterRefusal } from './gcra.ts';

const rate: fc.Arbitrary<Rate> = fc.record({
  burst: fc.integer({ min: 1, max: 60 }),
  refillMs: fc.integer({ min: 1, max: 900_000 }),
});
const start = 1_767_225_600_000;

/** A token bucket in rational steps, written without a look at the code: tokens are counted in units of 1/refillMs. */
const bucket = ({ burst, refillMs }: Rate) => {
  let units = burst * refillMs;
  let at = start;
  return (now: number): boolean => {
    units = Math.min(burst * refillMs, units + (now - at));
    at = now;
    if (units < refillMs) return false;
    units -= refillMs;
    return true;
  };
};

describe('GCRA', () => {
  it('B1: agrees step by step with a token bucket while the clock goes on', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 1_200_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(rate, steps, (given, waits) => {
        const allows = bucket(given);
        let now = start;
        let tat: number | null = null;
        for (const wait of waits) {
          now += wait;
          const answer = gcra(tat, takeOf(given, now));
          expect(answer.allowed).toBe(allows(now));
          if (answer.allowed) tat = answer.tat;
        }
      }),
    );
  });

  it('B2: a fresh key allows exactly the burst at once, then one every refill', () => {
    fc.assert(
      fc.property(rate, (given) => {
        let tat: number | null = null;
        const take = (now: number): boolean => {
          const answer = gcra(tat, takeOf(given, now));
          if (answer.allowed) tat = answer.tat;
          return answer.allowed;
        };
        const atOnce = Array.from({ length: given.burst + 5 }, () => take(start)).filter(Boolean).length;
        expect(atOnce).toBe(given.burst);
        expect(take(start + given.refillMs - 1)).toBe(false);
        expect(take(start + given.refillMs)).toBe(true);
        expect(take(start + given.refillMs)).toBe(false);
      }),
    );
  });

  it('B3: a refusal costs nothing and says what is stored', () => {
    fc.assert(
      fc.property(rate, fc.nat(10 ** 9), (given, ahead) => {
        const stored = start + given.burst * given.refillMs + ahead;
        expect(gcra(stored, takeOf(given, start))).toEqual({ allowed: false, tat: stored });
      }),
    );
  });

  it('B4: a cost above the ceiling is refused on an empty key, which stays empty', () => {
    expect(gcra(null, { now: start, incrementMs: 11, ceilingMs: 10 })).toEqual({ allowed: false, tat: 0 });
    expect(gcra(null, { now: start, incrementMs: 10, ceilingMs: 10 })).toEqual({ allowed: true, tat: start + 10 });
  });

  it('RL-16: the wait after a refusal is the truth: not before it, but at it', () => {
    fc.assert(
      fc.property(rate, fc.nat(10 ** 7), (given, ahead) => {
        const stored = start + given.burst * given.refillMs - given.refillMs + 1 + ahead;
        const refused = gcra(stored, takeOf(given, start));
        expect(refused.allowed).toBe(false);
        const wait = waitAfterRefusal(refused.tat, takeOf(given, start));
        expect(wait).toBeGreaterThanOrEqual(1);
        expect(gcra(stored, takeOf(given, start + wait)).allowed).toBe(true);
        expect(gcra(stored, takeOf(given, start + wait - 1)).allowed).toBe(false);
      }),
    );
  });

  it('a clock that jumps back allows nothing more than the burst', () => {
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 10 ** 9 }), (given, back) => {
        let tat: number | null = null;
        let allowed = 0;
        for (const now of [start, start - back]) {
          for (let i = 0; i < given.burst * 2 + 2; i += 1) {
            const answer = gcra(tat, takeOf(given, now));
            if (answer.allowed) {
              tat = answer.tat;
              allowed += 1;
            }
          }
        }
        expect(allowed).toBe(given.burst);
      }),
    );
  });
});
