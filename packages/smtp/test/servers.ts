import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { afterEach } from 'vitest';

const open: (() => Promise<void>)[] = [];

/** Whatever a test opened ends with it. */
export const closing = (close: () => Promise<void>): void => {
  open.push(close);
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

export interface Received {
  readonly raw: string;
  readonly mail: ParsedMail;
  readonly to: readonly string[];
  readonly session: SMTPServerSession;
}

export interface MailServer {
  readonly port: number;
  readonly received: readonly Received[];
  /** Connections: made so far, and the most at once. */
  readonly count: { readonly made: number; readonly most: number };
}

type Verdict = number | 'ok';
export interface Behaviour extends SMTPServerOptions {
  /** What to answer to the nth RCPT and to the nth end of DATA, from 1. */
  readonly rcpt?: (nth: number) => Verdict;
  readonly data?: (nth: number) => Verdict;
  /** How long a mail takes. */
  readonly takesMs?: number;
  readonly credentials?: readonly [string, string];
}

const refusal = (responseCode: number): Error =>
  Object.assign(new Error('no, https://app.example.com/?token=echoed'), { responseCode });

/** A real SMTP server on loopback that keeps what it accepts. In clear and without AUTH unless told otherwise. */
export const mailServer = async (behaviour: Behaviour = {}): Promise<MailServer> => {
  const { rcpt = () => 'ok', data = () => 'ok', takesMs = 0, credentials, ...options } = behaviour;
  const received: Received[] = [];
  const count = { made: 0, most: 0, now: 0 };
  const nth = { rcpt: 0, data: 0 };
  const server = new SMTPServer({
    logger: false,
    disableReverseLookup: true,
    authOptional: credentials === undefined,
    disabledCommands: credentials === undefined ? ['STARTTLS', 'AUTH'] : [],
    ...options,
    onConnect: (_session, done) => {
      count.made += 1;
      count.now += 1;
      count.most = Math.max(count.most, count.now);
      done();
    },
    onClose: () => {
      count.now -= 1;
    },
    onAuth: ({ username, password }, _session, done) => {
      if (username === credentials?.[0] && password === credentials?.[1]) done(null, { user: username });
      else done(refusal(535));
    },
    onRcptTo: (_address, _session, done) => {
      nth.rcpt += 1;
      const verdict = rcpt(nth.rcpt);
      done(verdict === 'ok' ? null : refusal(verdict));
    },
    onData: async (stream, session, done) => {
      const raw = (await stream.toArray()).join('');
      const to = session.envelope.rcptTo.map(({ address }) => address);
      await new Promise((resolve) => setTimeout(resolve, takesMs));
      nth.data += 1;
      const verdict = data(nth.data);
      if (verdict !== 'ok') return done(refusal(verdict));
      received.push({ raw, mail: await simpleParser(raw), to, session });
      done();
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  closing(() => new Promise((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, received, count };
};

export interface RawServer {
  readonly port: number;
  /** Every byte that was received, in clear. */
  readonly heard: () => string;
  readonly connections: () => number;
}

/** For what no proper server does. `answer` hears every line outside DATA, and `.` at the end of DATA. */
export const rawServer = async (
  answer: (line: string, socket: Socket, nth: number) => void,
  greet: (socket: Socket, nth: number) => void = (socket) => socket.write('220 localhost ESMTP\r\n'),
): Promise<RawServer> => {
  const sockets = new Set<Socket>();
  let heard = '';
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const nth = connections;
    let rest = '';
    let inData = false;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    socket.on('data', (bytes) => {
      heard += bytes.toString();
      rest += bytes.toString();
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (inData && line !== '.') continue;
        inData = line === 'DATA';
        answer(line, socket, nth);
      }
    });
    greet(socket, nth);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, heard: () => heard, connections: () => connections };
};

/** What a plain server says to a line. */
export const usualReply = (line: string): string => {
  if (line.startsWith('EHLO')) return '250-localhost\r\n250 8BITMIME\r\n';
  if (line === 'DATA') return '354 go on\r\n';
  return line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n';
};
