import type { MailType, MessageOf, Words } from '../words/words.ts';

/** A mail as it is sent. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
  /** Whoever writes it escapes what comes from the message. */
  readonly html: string;
}

/** What a template is given beside the message. */
export interface Context {
  readonly appName: string;
  readonly words: Words;
  /** For `Intl`. */
  readonly locale: string;
  /** The mail that would be sent without the template. */
  readonly standard: MailContent;
  readonly date: (at: number) => string;
  /** How long it is from now: "24 hours". */
  readonly span: (until: number) => string;
  readonly escapeHtml: (text: string) => string;
}

/** A mail of your own, by type; the others stay ours. */
export type Templates = {
  readonly [T in MailType]?: (message: MessageOf<T>, context: Context) => MailContent;
};
