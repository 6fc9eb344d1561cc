import { randomUUID } from 'node:crypto';
import type { Notifier } from '@sallyport/core/ports';
import { createTransport, type SendMailOptions, type SMTPPoolOptions } from 'nodemailer';
import { checked, type Settings } from './check.ts';
import { type Composed, composer } from './letter/compose.ts';
import type { SmtpOptions } from './options.ts';
import { delivery } from './transport/delivery.ts';
import { failureOf } from './transport/failure.ts';
import { domainOf } from './transport/mailbox.ts';

export interface SmtpNotifier extends Notifier {
  /** Connects, secures the connection and authenticates; sends nothing. Rejects with `MailError`. */
  verify(): Promise<void>;
  /** For shutting down: waits for what is under way, `deadlineMs` at most, and closes the connections. What comes later is refused. */
  drain(): Promise<void>;
}

/** Mails over SMTP. Throws `AuthConfigError`; connects when the first mail is sent. */
export const smtpNotifier = (options: SmtpOptions): SmtpNotifier => {
  const settings = checked(options);
  const now = options.clock === undefined ? Date.now : options.clock.now.bind(options.clock);
  const transport = createTransport({ ...poolOf(settings, options), pool: true });
  const compose = composer({ ...settings, now });
  const { deliver, drain } = delivery({
    ...settings,
    most: settings.connections + settings.waiting,
    events: options.events ?? (() => {}),
    random: Math.random,
  });
  return {
    send: async (message) => {
      const mail = mailOf(compose(message), message.to, { sender: settings.sender, date: new Date(now()) });
      await deliver({ type: message.type, userId: message.userId }, (signal) =>
        transport.sendMail({ ...mail, signal }),
      );
    },
    verify: async () => {
      try {
        await transport.verify();
      } catch (thrown) {
        throw failureOf(thrown);
      }
    },
    drain: async () => {
      await drain();
      transport.close({ force: true });
    },
  };
};

/** Every try of a mail has the same `Message-ID`, by which a mailbox can tell that it has it already. */
const mailOf = (
  { subject, text, html, language }: Composed,
  to: string,
  { sender, date }: { readonly sender: Settings['sender']; readonly date: Date },
): SendMailOptions => ({
  // As objects: a string would be parsed, and a comma in it would make two of one.
  from: { name: sender.name, address: sender.address },
  to: { name: '', address: to },
  envelope: { from: sender.address, to: [to] },
  messageId: `<${randomUUID()}@${domainOf(sender.address)}>`,
  date,
  subject,
  text,
  html,
  // RFC 3834 §5: no answering machine answers it.
  headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': language },
});

const poolOf = (settings: Settings, { ca, clientName }: SmtpOptions): SMTPPoolOptions => {
  const { target, timeoutMs } = settings;
  return {
    host: target.host,
    port: target.port,
    secure: target.tls === 'implicit',
    requireTLS: target.tls === 'starttls',
    ignoreTLS: target.tls === 'none',
    // A server that offers no AUTH is not given the mail without it.
    ...(target.auth === null ? {} : { auth: target.auth, forceAuth: true }),
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    ...(clientName === undefined ? {} : { name: clientName }),
    maxConnections: settings.connections,
    maxMessages: 100,
    // Tries are counted in one place.
    maxRequeues: 0,
    maxRecipients: 1,
    // From the name lookup to the end of TLS, the greeting included.
    connectionTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Goodbye is said before the silence counts as a failure.
    idleTimeout: Math.ceil(timeoutMs / 2),
    socketCloseTimeout: 1_000,
    maxResponseSize: 65_536,
    // A template returns strings; what looks like a path in them is not read.
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  };
};
