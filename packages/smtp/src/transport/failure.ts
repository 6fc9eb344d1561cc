/** Closed. The last four are not the server's. */
export type MailErrorCode =
  /** A 5xx reply: no further try would change it. */
  | 'mail_refused'
  /** A 4xx reply, until the tries were used up. */
  | 'mail_deferred'
  /** The server refused the credentials, or cannot be given them. */
  | 'mail_auth'
  /** No TLS where it is required, or a certificate that is not trusted. Nothing was sent in clear. */
  | 'mail_tls'
  /** No connection, or one that broke or fell silent. The server may have accepted the mail. */
  | 'mail_unreachable'
  /** Not accepted within `deadlineMs`. The server may have accepted the mail. */
  | 'mail_deadline'
  /** The message cannot be a mail: its recipient, link, code, type or template. */
  | 'mail_invalid'
  /** `waiting` mails wait already. */
  | 'mail_busy'
  /** After `drain()`. */
  | 'mail_closed'
  | 'mail_failed';

/**
 * What a log may hold of a mail that was not sent. Neither the server's words nor the error of the library are kept:
 * both repeat addresses, and filters repeat the link that they refuse.
 */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly code: MailErrorCode;
  /** The SMTP reply (RFC 5321 §4.2). */
  readonly reply: number | null;
  /** The enhanced status (RFC 3463). */
  readonly status: string | null;
  /** What the reply was to: `RCPT TO`, `DATA`. */
  readonly stage: string | null;
  constructor(code: MailErrorCode, what: string, reply: Reply = none) {
    super(what);
    this.code = code;
    this.reply = reply.reply;
    this.status = reply.status;
    this.stage = reply.stage;
  }
  /** Whether the same mail may be accepted a moment later. */
  get isTransient(): boolean {
    return this.code === 'mail_deferred' || this.code === 'mail_unreachable';
  }
}

interface Reply {
  readonly reply: number | null;
  readonly status: string | null;
  readonly stage: string | null;
}

/** An error of Nodemailer. */
export const failureOf = (thrown: unknown): MailError => {
  const reply = replyOf(thrown);
  const code = codeOf(thrown, reply);
  const said = [reply.reply, reply.status].filter((part) => part !== null).join(' ');
  const where = reply.stage === null ? '' : `, at ${reply.stage}`;
  return new MailError(code, `${sentences[code]}${said === '' ? '' : ` (${said})`}${where}`, reply);
};

const none: Reply = { reply: null, status: null, stage: null };

const sentences: Readonly<Record<MailErrorCode, string>> = {
  mail_refused: 'the mail server refused the mail',
  mail_deferred: 'the mail server did not accept the mail for now',
  mail_auth: 'the mail server did not accept the credentials',
  mail_tls: 'no trusted TLS connection to the mail server',
  mail_unreachable: 'the mail server could not be reached, or fell silent',
  mail_deadline: 'the mail was not accepted in time',
  mail_invalid: 'the message cannot be a mail',
  mail_busy: 'too many mails are waiting',
  mail_closed: 'the notifier was drained',
  mail_failed: 'the mail could not be sent',
};

const codeOf = (thrown: unknown, { reply }: Reply): MailErrorCode => {
  const code = read(thrown, 'code');
  if (code === 'EABORT') return 'mail_deadline';
  if (reply !== null && reply >= 400 && reply < 500) return 'mail_deferred';
  if (code === 'EAUTH') return 'mail_auth';
  if (code === 'ETLS' || isUntrusted(read(thrown, 'originalCode'))) return 'mail_tls';
  if (reply !== null && reply >= 500) return 'mail_refused';
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return 'mail_refused';
  return unreachable.includes(code) ? 'mail_unreachable' : 'mail_failed';
};

const unreachable: readonly unknown[] = ['ECONNECTION', 'ESOCKET', 'ETIMEDOUT', 'EDNS'];

/** Node's codes for certificates (OpenSSL's X509_V_ERR_*) and for a peer that does not speak TLS. */
const isUntrusted = (code: unknown): boolean =>
  typeof code === 'string' && /CERT|SIGNATURE|ISSUER|CRL|HOSTNAME_MISMATCH|^ERR_(?:SSL|TLS)_|^EPROTO$/.test(code);

const replyOf = (thrown: unknown): Reply => {
  const [reply, response, stage] = ['responseCode', 'response', 'command'].map((key) => read(thrown, key));
  const status = typeof response === 'string' ? /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] : undefined;
  return {
    reply: typeof reply === 'number' ? reply : null,
    status: status ?? null,
    stage: typeof stage === 'string' && /^[A-Z][A-Z0-9 -]{0,23}$/.test(stage) ? stage : null,
  };
};

const read = (thrown: unknown, key: string): unknown => Reflect.get(Object(thrown), key);
