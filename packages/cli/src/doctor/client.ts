import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { ProblemError } from '../command.ts';

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'OPTIONS';
  /** `null` leaves out what would be sent otherwise. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Sent as JSON, unless it is text: then as it is, with the content type of `headers`. */
  readonly body?: unknown;
  /** The header; nothing is kept between requests. */
  readonly cookie?: string;
}

export interface Answer {
  readonly status: number;
  /** The first value; `null` = none. */
  header(name: string): string | null;
  readonly cookies: readonly string[];
  readonly text: string;
  /** `null` where the body is no JSON object. */
  readonly json: Readonly<Record<string, unknown>> | null;
  readonly tookMs: number;
  /** Days that the certificate is still good for; `null` without TLS. */
  readonly certificateDays: number | null;
}

/** No redirect is followed, no cookie is kept, and there is an end to the number of requests. */
export interface Client {
  send(url: URL, asked?: Asked): Promise<Answer>;
  readonly count: () => number;
  /** Every `Set-Cookie` that was seen. */
  readonly cookies: () => readonly string[];
  close(): void;
}

const mostBytes = 262_144;
const dayMs = 86_400_000;

/** `node:http` and not `fetch`, which adds headers of its own: those that this is about. */
export const boundedClient = (most: number, elapsed: () => number, patienceMs = 10_000): Client => {
  const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };
  const seen: string[] = [];
  let count = 0;
  return {
    send: async (url, asked = {}) => {
      if (count >= most) throw new ProblemError(`more than ${most} requests would be needed`);
      count += 1;
      const from = elapsed();
      const answer = { ...(await send(agents, url, { ...asked, patienceMs })), tookMs: elapsed() - from };
      seen.push(...answer.cookies);
      return answer;
    },
    count: () => count,
    cookies: () => seen,
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
};

interface Agents {
  readonly 'http:': HttpAgent;
  readonly 'https:': HttpsAgent;
}

const send = (
  agents: Agents,
  url: URL,
  { method = 'GET', headers = {}, body, cookie, patienceMs }: Asked & { readonly patienceMs: number },
): Promise<Untimed> =>
  new Promise((resolve, reject) => {
    const late = (): Error => new Error(`no answer within ${patienceMs / 1_000} s`);
    const isText = typeof body === 'string';
    const content = body === undefined ? null : isText ? body : JSON.stringify(body);
    const all: Readonly<Record<string, string | null>> = {
      'user-agent': 'sallyport-doctor',
      accept: 'application/json, text/html',
      ...(content === null ? {} : { 'content-length': `${Buffer.byteLength(content)}` }),
      ...(content === null || isText ? {} : { 'content-type': 'application/json' }),
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    };
    const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null);
    const options = { method, headers: Object.fromEntries(given), timeout: patienceMs };
    const answered = (message: IncomingMessage): void => {
      const days = certificateDays(message.socket);
      read(message)
        .then((text) => answerOf(message, text, days))
        .then(resolve, reject)
        .finally(() => clearTimeout(end));
    };
    const request: ClientRequest =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, agent: agents['https:'] }, answered)
        : httpRequest(url, { ...options, agent: agents['http:'] }, answered);
    // The socket's own time limit starts anew with every byte.
    const end = setTimeout(() => request.destroy(late()), patienceMs);
    request.on('timeout', () => request.destroy(late()));
    request.on('error', (error) => {
      clearTimeout(end);
      reject(error);
    });
    request.end(content ?? undefined);
  });

const read = async (message: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > mostBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** Asked before the body is read: the connection may be gone afterwards. */
const certificateDays = (socket: Socket): number | null => {
  if (!(socket instanceof TLSSocket)) return null;
  return Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / dayMs);
};

type Untimed = Omit<Answer, 'tookMs'>;

const answerOf = (message: IncomingMessage, text: string, days: number | null): Untimed => {
  const value = (name: string): string | null => {
    const found = message.headers[name];
    return (Array.isArray(found) ? found[0] : found) ?? null;
  };
  return {
    status: message.statusCode ?? 0,
    header: value,
    cookies: message.headers['set-cookie'] ?? [],
    text,
    json: parsed(text),
    certificateDays: days,
  };
};

const parsed = (text: string): Answer['json'] => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
};
