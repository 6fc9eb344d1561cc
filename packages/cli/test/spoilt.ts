import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Auth, createAuth, type JsonObject, memoryStores, password } from '@sallyport/core';
import type { AuthMessage, PasswordHasher } from '@sallyport/core/ports';

export const account = { email: 'known@example.com', password: 'correct horse battery staple' };

/** One thing that a deployment does wrong, around a core that does it right. */
export interface Flaw {
  /** A request of the visitor, before the core sees it; a response answers in its place. */
  before?(request: Request, world: World): Promise<Request | Response> | Request | Response;
  after?(response: Response, request: Request, world: World): Promise<Response> | Response;
  /** The address that the core takes for the client's. */
  peer?(request: Request): string;
}

export interface World {
  readonly origin: string;
  /** Whatever a flaw has to remember. */
  readonly notes: Map<string, string>;
  /** As if the answer had taken longer. */
  late(ms: number): void;
}

const quick: PasswordHasher = {
  hash: async (text) => `$quick$${text}`,
  verify: async (text, encoded) => encoded === `$quick$${text}`,
  needsRehash: () => false,
};

const page = { 'content-type': 'text/html', 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" };

export interface Deployment {
  readonly origin: string;
  /** A clock that stands still but for flaws that are late. */
  elapsed(): number;
  stop(): Promise<void>;
}

interface Tls {
  readonly key: string;
  readonly cert: string;
}

/** The core on a free port, an account in it, and the flaws around it. */
export const deploy = async (flaws: readonly Flaw[], tls?: Tls): Promise<Deployment> => {
  let listener: RequestListener = (_, response) => response.end();
  const forward: RequestListener = (request, response) => listener(request, response);
  const server = tls === undefined ? createServer(forward) : createTlsServer(tls, forward);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const scheme = tls === undefined ? 'http' : 'https';
  const origin = `${scheme}://localhost:${(server.address() as AddressInfo).port}`;
  const auth = await authAt(origin);
  let now = 0;
  const late = (ms: number): void => {
    now += ms;
  };
  const world: World = { origin, notes: new Map(), late };
  listener = (request, response) => {
    void answer(auth, flaws, world, request).then((made) => write(made, response));
  };
  return { origin, elapsed: () => now, stop: () => stop(server) };
};

const authAt = async (origin: string): Promise<Auth<JsonObject>> => {
  const mails: AuthMessage[] = [];
  const auth = createAuth({
    mode: 'development',
    origin,
    secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
    stores: memoryStores(),
    notifier: {
      send: async (message) => {
        mails.push(message);
      },
    },
    hasher: quick,
    features: [password()],
  });
  const post = (path: string, body: object, cookie = ''): Promise<Response> =>
    auth.handle(
      new Request(`${origin}/auth${path}`, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json', cookie },
        body: JSON.stringify(body),
      }),
    );
  const flow = (await post('/register', account)).headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);
  await auth.drain();
  const link = mails.map((mail) => ('url' in mail ? mail.url : null)).find((url) => url != null) ?? '';
  const { status } = await post('/verify-email', { token: new URL(link).searchParams.get('token') }, flow.join('; '));
  if (status !== 204) throw new Error(`the account was not confirmed: ${status}`);
  return auth;
};

const answer = async (
  auth: Auth<JsonObject>,
  flaws: readonly Flaw[],
  world: World,
  incoming: IncomingMessage,
): Promise<Response> => {
  let request = await requestOf(world.origin, incoming);
  let made: Response | null = null;
  for (const flaw of flaws) {
    const changed = (await flaw.before?.(request, world)) ?? request;
    if (changed instanceof Response) made = changed;
    else request = changed;
  }
  const peer = flaws.map((flaw) => flaw.peer?.(request)).find((one) => one !== undefined) ?? '192.0.2.1';
  made ??=
    new URL(request.url).pathname === '/'
      ? new Response('<p>home', { headers: page })
      : await auth.handle(request.clone(), { peer });
  for (const flaw of flaws) made = (await flaw.after?.(new Response(made.body, made), request, world)) ?? made;
  return made;
};

const requestOf = async (origin: string, incoming: IncomingMessage): Promise<Request> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as [string, string]);
  const { method = 'GET', url = '/' } = incoming;
  const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
  return new Request(new URL(url, origin), { method, headers, ...body });
};

const write = async (made: Response, response: ServerResponse): Promise<void> => {
  response.statusCode = made.status;
  for (const [name, value] of made.headers) if (name !== 'set-cookie') response.setHeader(name, value);
  const cookies = made.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  response.end(Buffer.from(await made.arrayBuffer()));
};

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
