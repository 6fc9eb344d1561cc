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

/** Counts requests and time, and ends an attack that would go beyond what it was allowed. */
export interface Meter {
  readonly spent: () => number;
  /** To be called before each request. */
  tick(): Promise<void>;
  /** A new attack begins. `false` = the run is used up. */
  begin(): boolean;
}

/** Of a clock that only rises: the target may share this process, and its clock is moved. */
const elapsed = (): number => performance.now();

export const meter = ({ requestsPerAttack, requests, attackMs, runMs, perSecond }: Bounds): Meter => {
  const started = elapsed();
  let total = 0;
  let ofAttack = 0;
  let attackStarted = started;
  let next = started;
  return {
    spent: () => total,
    begin: () => {
      ofAttack = 0;
      attackStarted = elapsed();
      return total < requests && attackStarted - started < runMs;
    },
    tick: async () => {
      if (ofAttack >= requestsPerAttack) throw new Unclear(`stopped after ${ofAttack} requests`);
      if (total >= requests) throw new Unclear(`stopped: the run has made its ${total} requests`);
      const now = elapsed();
      if (now - attackStarted > attackMs) throw new Unclear(`stopped after ${attackMs} ms`);
      if (now - started > runMs) throw new Unclear(`stopped: the run has taken its ${runMs} ms`);
      ofAttack += 1;
      total += 1;
      if (perSecond === null) return;
      const wait = next - now;
      next = Math.max(now, next) + 1_000 / perSecond;
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    },
  };
};
