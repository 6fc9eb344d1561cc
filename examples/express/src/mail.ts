import { AuthConfigError, type Notifier } from '@sallyport/core';
import { type MailEvent, type SmtpNotifier, smtpNotifier } from '@sallyport/smtp';

export interface MailSettings {
  readonly smtpUrl: string | undefined;
  readonly from: string | undefined;
}

export interface DemoMail {
  /** `null` = the outbox. */
  readonly notifier: Notifier | null;
  /** For the terminal: where mails go. */
  readonly where: string;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** To the outbox, unless a URL names a mail server. That one is tried at once, and not by the first person who registers. */
export const openMail = async ({ smtpUrl, from }: MailSettings): Promise<DemoMail> => {
  if (!smtpUrl) return { notifier: null, where: 'to the outbox', close: async () => {} };
  const notifier = mailer(smtpUrl, from || 'Sallyport demo <no-reply@example.com>');
  try {
    await notifier.verify();
  } catch (error) {
    await notifier.drain();
    throw new RangeError(
      `SMTP_URL names no server that takes our mail: ${error instanceof Error ? error.message : error}`,
    );
  }
  return { notifier, where: `to ${new URL(smtpUrl).host}`, close: () => notifier.drain() };
};

const mailer = (url: string, from: string): SmtpNotifier => {
  try {
    return smtpNotifier({ url, from, appName: 'Sallyport demo', events: complain });
  } catch (error) {
    if (error instanceof AuthConfigError) throw new RangeError(error.issues.map(lineOf).join(' '));
    throw error;
  }
};

/** By the name that it has at the terminal. */
const lineOf = ({ path, message, fix }: AuthConfigError['issues'][number]): string => {
  const name = path.endsWith('.from') ? 'MAIL_FROM' : 'SMTP_URL';
  return `${name}: ${message} ${fix}`;
};

/** Nobody's request fails with a mail; without this line a person would wait for one that never comes. */
const complain = ({ outcome, type, code }: MailEvent): void => {
  if (outcome === 'failed') console.error(`a mail was not sent: ${type}, ${code}`);
};
