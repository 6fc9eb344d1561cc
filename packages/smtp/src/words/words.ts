import type { AuthMessage } from '@sallyport/core/ports';

export type MailType = AuthMessage['type'];

/** What one kind of mail says. Plain text: it is escaped where it becomes HTML. */
export interface MailWords {
  /** Holds no code and no link: it is shown on lock screens and kept in the logs of mail servers. */
  readonly subject: string;
  readonly heading: string;
  readonly lead: string;
  /** What to do for somebody who had no part in it. */
  readonly notYou: string;
  /** Why the mail came; ends it. */
  readonly why: string;
}

/** A mail with a link: the label of its button. */
export interface ActionWords extends MailWords {
  readonly action: string;
}

/** A mail whose link may be missing: what to do for somebody who had no part in it and has no link. */
export interface WayBackWords extends ActionWords {
  readonly notYouWithoutLink: string;
}

/** The members of the union one by one: some hold several types. */
export type MessageOf<T extends MailType, M = AuthMessage> = M extends { readonly type: infer K }
  ? T extends K
    ? M
    : never
  : never;
type UrlOf<T extends MailType> = MessageOf<T> extends { readonly url: infer U } ? U : never;

export type WordsOf<T extends MailType> = [UrlOf<T>] extends [never]
  ? MailWords
  : null extends UrlOf<T>
    ? WayBackWords
    : ActionWords;

/** One language. A kind of mail without words does not compile. */
export interface Words {
  /** How dates and numbers are written where the message names no country. */
  readonly locale: string;
  readonly mails: { readonly [T in MailType]: (app: string) => WordsOf<T> };
  /** `span`: "24 hours"; `until`: a date with its time zone. */
  readonly linkLife: (span: string, until: string) => string;
  /** Where the message does not say until when. */
  readonly linkOnce: string;
  readonly codeLife: (span: string, until: string) => string;
  readonly linkBelow: string;
  /** The label of the link to the application, in notices. */
  readonly home: (app: string) => string;
  readonly when: string;
  readonly device: string;
  readonly address: string;
  readonly on: (browser: string, system: string) => string;
}
