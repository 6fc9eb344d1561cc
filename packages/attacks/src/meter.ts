import { Unclear } from './verdict.ts';

export interface Bounds {
  /** Requests of one attack; default 300. */
  readonly requestsPerAttack: number;
  /** Requests of the whole run; default 20,000. */
  readonly requests: number;
  /** How long one attack may take; default 60 s. */
  readonly attackMs: number;
  /** How long the whole run may take; default 15 min. */
  readonly runMs: number;
  /** Requests a second at most; `null` = as fast as answers come. Default: none in process; by URL 100 on this computer, 10 elsewhere. */
  readonly perSecond: number | null;
}

export const defaultBounds: Bounds = {
  requestsPerAttack: 300,
  requests: 20_000,
  attackMs: 60_000,
  runMs: 15 * 60_000,
  perSecond: null,
};

/** Counts requests and time of a run, and ends what would go beyond what it was allowed. */
export interface Meter {
  readonly spent: () => number;
  /** A new attack begins. `null` = the run is used up. */
  begin(): Turn | null;
  /** Whether the bounds of the run have ended an attack, or kept one from beginning. */
  isUsedUp(): boolean;
}

/** What one attack may do. */
export interface Turn {
  /** To be called before each request. Throws when the attack is over, even for what it has left behind. */
  tick(): Promise<void>;
  /** Does the attack, and rejects when its time is over, whether it waits for anything or not. */
  within<T>(work: () => Promise<T>): Promise<T>;
}

/** Of a clock that only rises: the target may share this process, and its clock is moved. */
const elapsed = (): number => performance.now();

/** The longest that `setTimeout` can wait. */
const longest = 2 ** 31 - 1;

export const meter = ({ requestsPerAttack, requests, attackMs, runMs, perSecond }: Bounds): Meter => {
  const started = elapsed();
  let total = 0;
  let isUsedUp = false;
  let next = started;

  const runIsOver = (why: string): Unclear => {
    isUsedUp = true;
    return new Unclear(`stopped: the run has ${why}`);
  };

  const turn = (): Turn => {
    const begun = elapsed();
    let ofAttack = 0;
    let end: Unclear | null = null;
    const attackIsLong = (): Unclear => new Unclear(`stopped after ${attackMs} ms`);
    const runIsLong = (): Unclear => runIsOver(`taken its ${runMs} ms`);
    const timeIsOver = (now: number): Unclear | null => {
      if (now - begun > attackMs) return attackIsLong();
      return now - started > runMs ? runIsLong() : null;
    };
    return {
      tick: async () => {
        const now = elapsed();
        if (ofAttack >= requestsPerAttack) throw new Unclear(`stopped after ${ofAttack} requests`);
        if (total >= requests) throw runIsOver(`made its ${total} requests`);
        const over = end ?? timeIsOver(now);
        if (over !== null) throw over;
        ofAttack += 1;
        total += 1;
        if (perSecond === null) return;
        const wait = next - now;
        next = Math.max(now, next) + 1_000 / perSecond;
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      },
      within: async (work) => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const left = Math.min(begun + attackMs, started + runMs) - elapsed();
        const over = new Promise<never>((_, reject) => {
          timer = setTimeout(
            () => {
              end = begun + attackMs <= started + runMs ? attackIsLong() : runIsLong();
              reject(end);
            },
            Math.min(Math.max(left, 0), longest),
          );
        });
        try {
          return await Promise.race([work(), over]);
        } finally {
          clearTimeout(timer);
          end ??= new Unclear('the attack is over');
        }
      },
    };
  };

  return {
    spent: () => total,
    isUsedUp: () => isUsedUp,
    begin: () => {
      if (total < requests && elapsed() - started < runMs) return turn();
      isUsedUp = true;
      return null;
    },
  };
};
