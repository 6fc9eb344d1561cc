import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Letter {
  readonly to: readonly string[];
  readonly from: string;
  /** The part that is plain text. */
  readonly text: string;
}

export interface MailServer {
  readonly url: string;
  /** Newest last. */
  readonly letters: readonly Letter[];
  close(): Promise<void>;
}

/** A real SMTP server on this machine. `takesMs`: what it needs to accept a mail. */
export const mailServer = async ({ takesMs = 0 }: { readonly takesMs?: number } = {}): Promise<MailServer> => {
  const letters: Letter[] = [];
  const server = new SMTPServer({
    logger: false,
    disableReverseLookup: true,
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: async (stream, session, done) => {
      const raw = Buffer.concat(await stream.toArray()).toString('latin1');
      await new Promise((resolve) => setTimeout(resolve, takesMs));
      const from = /^From: (.*)$/m.exec(raw)?.[1] ?? '';
      letters.push({ to: session.envelope.rcptTo.map(({ address }) => address), from, text: textOf(raw) });
      done();
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};

/** The link in the newest mail to somebody, as a person reads it: alone on its line. */
export const linkTo = ({ letters }: MailServer, to: string): string => {
  const text = letters.findLast((letter) => letter.to.includes(to))?.text;
  const link = text?.split(/\r?\n/).find((line) => /^http:\S+$/.test(line));
  if (link === undefined) throw new Error(`no link for ${to} in:\n${text}`);
  return link;
};

/** As much of MIME as a mail in two parts needs (RFC 2045 §6). */
const textOf = (raw: string): string => {
  const part = raw.split(/\r\n--/).find((one) => /^content-type: text\/plain/im.test(one.split('\r\n\r\n')[0] ?? ''));
  if (part === undefined) throw new Error(`no plain text in:\n${raw}`);
  const [head = '', ...rest] = part.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  const encoding = /^content-transfer-encoding: (\S+)/im.exec(head)?.[1]?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString();
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
};
