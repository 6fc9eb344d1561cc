import { setTimeout as wait } from 'node:timers/promises';
import type { MailType } from '../words/words.ts';
import { failureOf, MailError, type MailErrorCode } from './failure.ts';

/** One try of one mail. Holds no address, link or code. */
export interface MailEvent {
  readonly type: MailType;
  readonly userId: string | null;
  readonly outcome: 'accepted' | 'retrying' | 'failed';
  /** From 1. */
  readonly attempt: number;
  readonly code: MailErrorCode | null;
  readonly reply: number | null;
  readonly status: string | null;
  readonly stage: string | null;
}

export interface DeliveryNeeds {
  readonly attempts: number;
  readonly retryMs: number;
  readonly deadlineMs: number;
  /** Mails under way at once, those that wait for a connection included. */
  readonly most: number;
  readonly events: (event: MailEvent) => void;
  readonly random: () => number;
}

/** Hands a mail to the server once; rejects with an error of Nodemailer. */
export type Attempt = (signal: AbortSignal) => Promise<unknown>;

export interface Delivery {
  /** Fulfils when the server has accepted the mail; rejects with `MailError`. */
  deliver(about: Pick<MailEvent, 'type' | 'userId'>, attempt: Attempt): Promise<void>;
  /** Refuses what comes from now on; fulfils when nothing is under way, `deadlineMs` later at the latest. */
  drain(): Promise<void>;
}

export const delivery = (needs: DeliveryNeeds): Delivery => {
  const underWay = new Set<Promise<void>>();
  let isDrained = false;
  return {
    deliver: async (about, attempt) => {
      if (isDrained) throw new MailError('mail_closed', 'the notifier was drained');
      if (underWay.size >= needs.most) throw new MailError('mail_busy', 'too many mails are waiting');
      const task = withRetries(needs, about, attempt);
      underWay.add(task);
      try {
        await task;
      } finally {
        underWay.delete(task);
      }
    },
    drain: async () => {
      isDrained = true;
      await Promise.allSettled(underWay);
    },
  };
};

/** Half to one and a half times `retryMs`, and three times as long before every further try: a crowd comes back spread out. */
export const pauseAfter = (attempt: number, retryMs: number, random: number): number =>
  Math.round(retryMs * 3 ** (attempt - 1) * (0.5 + random));

const withRetries = async (
  { attempts, retryMs, deadlineMs, random, events }: DeliveryNeeds,
  about: Pick<MailEvent, 'type' | 'userId'>,
  attempt: Attempt,
): Promise<void> => {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), deadlineMs);
  const endsAt = performance.now() + deadlineMs;
  try {
    for (let nth = 1; ; nth += 1) {
      const failure = await tried(attempt, end.signal);
      const pause = pauseAfter(nth, retryMs, random());
      const isLast = failure === null || !failure.isTransient || nth >= attempts || performance.now() + pause >= endsAt;
      const outcome = failure === null ? 'accepted' : isLast ? 'failed' : 'retrying';
      const { code, reply, status, stage } = failure ?? { code: null, reply: null, status: null, stage: null };
      tell(events, { type: about.type, userId: about.userId, outcome, attempt: nth, code, reply, status, stage });
      if (failure === null) return;
      if (isLast) throw failure;
      await wait(pause);
    }
  } finally {
    clearTimeout(timer);
  }
};

/** The deadline ends a try whether or not the library hears of it. */
const tried = async (attempt: Attempt, signal: AbortSignal): Promise<MailError | null> => {
  const late = new Promise<MailError>((resolve) => {
    const stop = () => resolve(new MailError('mail_deadline', 'the mail was not accepted in time'));
    signal.addEventListener('abort', stop, { once: true });
  });
  const answered = attempt(signal).then(() => null, failureOf);
  return Promise.race([answered, late]);
};

const tell = (events: DeliveryNeeds['events'], event: MailEvent): void => {
  try {
    events(event);
  } catch {
    // Nobody's mail fails because a log does.
  }
};
