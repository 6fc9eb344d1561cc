import type { Clock } from '@sallyport/core/ports';
import type { Templates } from './letter/templates.ts';
import type { MailEvent } from './transport/delivery.ts';
import type { Sender } from './transport/mailbox.ts';
import type { SmtpServer, Tls } from './transport/server.ts';
import type { Words } from './words/words.ts';

/** The server, one way or the other. */
type Server =
  /** `smtp://user:password@host:587` or `smtps://…`: what an environment holds as `SMTP_URL`. */
  { readonly url: string | undefined; readonly server?: never } | { readonly server: SmtpServer; readonly url?: never };

export type SmtpOptions = Server & {
  /** `App <no-reply@example.com>`, the address alone, or the two apart. */
  readonly from: string | Sender;
  /** What the mails call the application. */
  readonly appName: string;
  /** The application's page; notices link to it. */
  readonly homeUrl?: string;

  /** Default: `implicit` for `smtps:` and port 465, `none` for this machine, else `starttls`. */
  readonly tls?: Tls;
  /** PEM of the authority that signed the server's certificate, where that is no public one. */
  readonly ca?: string;
  /** What the client calls itself in EHLO. Default: the name of the machine. */
  readonly clientName?: string;

  /** For users whose locale is unknown or not spoken. Default `en`. */
  readonly locale?: string;
  /** Further languages by tag, or other words for `en` and `de`. */
  readonly catalogues?: Readonly<Record<string, Words>>;
  readonly templates?: Templates;
  /** IANA name; mails state it. Default `UTC`. */
  readonly timeZone?: string;

  /** Connections at once, from 1 to 50. Default 5. */
  readonly connections?: number;
  /** Mails that wait for a connection, from 0. Default 1,000. */
  readonly waiting?: number;
  /** Tries of one mail, from 1 to 5. Default 3. */
  readonly attempts?: number;
  /** Before the second try, give or take a half; three times as long before the next. From 10. Default 1,000. */
  readonly retryMs?: number;
  /** For connecting up to TLS, and for every silence after. From 100. Default 10,000. */
  readonly timeoutMs?: number;
  /** For all tries of a mail. From 100 to 29,000: the core waits 30 s. Default 25,000. */
  readonly deadlineMs?: number;

  /** Hears of every try. */
  readonly events?: (event: MailEvent) => void;
  readonly clock?: Clock;
};
