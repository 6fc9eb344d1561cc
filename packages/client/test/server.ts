import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  /** In the place of JSON. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer is lost: the connection is cut after the request was heard. */
  readonly lost?: boolean;
}

export interface TestServer {
  readonly origin: string;
  readonly seen: readonly Seen[];
  /** Those to that path. */
  to(path: string): readonly Seen[];
  close(): Promise<void>;
}

export const problem = (status: number, code: string, more: object = {}): Reply => ({
  status,
  json: { type: `https://sallyport.example/errors/${code}`, title: code, status, code, requestId: 'req_1', ...more },
  headers: { 'content-type': 'application/problem+json' },
});

/** A real server that says what a test tells it to. */
export const testServer = async (answer: (seen: Seen) => Reply | Promise<Reply>): Promise<TestServer> => {
  const seen: Seen[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', async () => {
      const one: Seen = {
        method: req.method ?? '',
        path: new URL(req.url ?? '', 'http://x').pathname,
        headers: req.headers,
        body: Buffer.concat(chunks).toString('latin1'),
      };
      seen.push(one);
      write(res, await answer(one));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    to: (path) => seen.filter((one) => one.path === path),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const write = (res: ServerResponse, { status = 200, json, text, headers = {}, lost = false }: Reply): void => {
  if (lost) {
    res.destroy();
    return;
  }
  const type = json === undefined ? 'text/html' : 'application/json';
  res.writeHead(status, { 'content-type': type, ...headers });
  res.end(json === undefined ? (text ?? '') : JSON.stringify(json));
};

/** A server of tokens: each is named by its number, and what it gives is as good as the test says. */
export interface TokenServer extends TestServer {
  /** What the next calls of `/auth/refresh` answer in the place of a token. */
  readonly script: (Reply | 'token')[];
  /** Tokens that every other route refuses as expired. */
  readonly expired: Set<string>;
  /** What other routes answer to whoever has a good token. */
  answer: (seen: Seen) => Reply | Promise<Reply>;
  refreshes(): number;
}

export const alice = { id: 'usr_1', email: 'alice@example.com', emailVerified: true, createdAt: 1, profile: {} };

export const tokenServer = async (expiresIn = 600): Promise<TokenServer> => {
  const script: (Reply | 'token')[] = [];
  const expired = new Set<string>();
  let issued = 0;
  const token = (): object => {
    issued += 1;
    return { accessToken: `t${issued}`, expiresIn };
  };
  const server = await testServer(async (seen): Promise<Reply> => {
    if (seen.path === '/auth/refresh') {
      const next = script.shift() ?? 'token';
      return next === 'token' ? { json: token() } : next;
    }
    if (seen.path === '/auth/login') return { json: { status: 'signed_in', user: alice, ...token() } };
    if (seen.path === '/auth/logout') return { status: 204 };
    const bearer = /^Bearer (.+)$/.exec(seen.headers.authorization ?? '')?.[1];
    if (bearer === undefined) return problem(401, 'unauthenticated');
    if (expired.has(bearer)) return problem(401, 'access_token_expired');
    return seen.path === '/auth/session' ? { json: { user: alice, session: { id: 'ses_1' } } } : made.answer(seen);
  });
  const made: TokenServer = {
    ...server,
    script,
    expired,
    answer: ({ body, headers, method }) => ({ json: { body, method, type: headers['content-type'] ?? null } }),
    refreshes: () => server.to('/auth/refresh').length,
  };
  return made;
};
