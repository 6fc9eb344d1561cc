import type { AuthMessage, Clock, Notifier } from '@sallyport/core';

/** One mail that was not sent. */
export interface Mail {
  readonly to: string;
  readonly type: AuthMessage['type'];
  readonly url?: string;
  readonly code?: string;
  readonly at: number;
}

export interface Outbox extends Notifier {
  /** Newest last. */
  mails(): readonly Mail[];
}

/** More than a person reads; a script that registers all night long fills no memory. */
const maxMails = 200;

/** Keeps what a mailer would send, links included: for development. */
export const outbox = (clock: Clock): Outbox => {
  let kept: readonly Mail[] = [];
  return {
    send: async (message) => {
      kept = [...kept, mailOf(message, clock.now())].slice(-maxMails);
    },
    mails: () => kept,
  };
};

const mailOf = (message: AuthMessage, at: number): Mail => ({
  to: message.to,
  type: message.type,
  ...('url' in message && message.url !== null ? { url: message.url } : {}),
  ...('code' in message ? { code: message.code } : {}),
  at,
});
