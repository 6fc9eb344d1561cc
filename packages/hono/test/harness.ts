import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, type RequestOptions, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import {
  type Auth,
  type AuthEvent,
  type AuthMessage,
  type AuthOptions,
  createAuth,
  type JsonObject,
  memoryStores,
  type OwnedRecordStore,
  type PasswordHasher,
  password,
  type RecordSpace,
  type StandardSchema,
  type StoredRecord,
  type Stores,
} from '@sallyport/core';
import { Hono } from 'hono';
import { onTestFinished } from 'vitest';
import { type HonoAuth, type HonoAuthOptions, honoAuth } from '../src/index.ts';

export const origin = 'https://app.example.com';
export const goodPassword = 'correct horse battery staple';

/** Quick; writes strings that only it can check. */
export const testHasher: PasswordHasher = {
  hash: async (text) => `$test$${digest(text)}`,
  verify: async (text, encoded) => encoded === `$test$${digest(text)}`,
  needsRehash: () => false,
};
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The stores with every call named in `log`, and `before` asked first: it may wait, it may throw. */
const watched = (inner: Stores, log: string[], before: (call: string) => Promise<void>): Stores => {
  const watch = <T extends object>(name: string, target: T): T =>
    new Proxy(target, {
      get: (object, key) => {
        const method: unknown = Reflect.get(object, key);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          log.push(`${name}.${String(key)}`);
          await before(`${name}.${String(key)}`);
          return method.apply(object, args);
        };
      },
    });
  const space = (target: RecordSpace): RecordSpace => ({
    open: <R extends StoredRecord>(kind: string): OwnedRecordStore<R> => watch(kind, target.open<R>(kind)),
  });
  const { users, durable, ephemeral, rateLimits } = inner;
  return {
    users: watch('users', users),
    durable: space(durable),
    ephemeral: space(ephemeral),
    rateLimits: watch('limits', rateLimits),
  };
};

export interface Parts {
  readonly app: Hono;
  readonly web: HonoAuth<JsonObject>;
  readonly auth: Auth<JsonObject>;
}

export interface WorldOptions
  extends Partial<Omit<AuthOptions<StandardSchema<JsonObject>>, 'stores'>>,
    HonoAuthOptions {
  /** What the application mounts; the default is `routes` alone. */
  readonly build?: (parts: Parts) => void;
}

export interface World {
  readonly auth: Auth<JsonObject>;
  readonly url: string;
  readonly port: number;
  readonly log: string[];
  readonly outbox: AuthMessage[];
  readonly events: AuthEvent[];
  /** What reached the application's error handler. */
  readonly errors: unknown[];
  /** Replaced by a test to delay or fail store calls. */
  before: (call: string) => Promise<void>;
  browser(): Browser;
  signedIn(email: string): Promise<Browser>;
  /** The newest link mailed to an address. */
  linkFor(email: string): URL;
}

/** A real server on a port of its own, closed when the test ends. */
export const world = async (options: WorldOptions = {}): Promise<World> => {
  const { build = ({ app, web }) => void app.use(web.routes), onError, connInfo, ...rest } = options;
  const log: string[] = [];
  const outbox: AuthMessage[] = [];
  const events: AuthEvent[] = [];
  const errors: unknown[] = [];
  const auth = createAuth<StandardSchema<JsonObject>>({
    origin,
    secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
    mode: 'development',
    stores: watched(memoryStores(), log, (call) => w.before(call)),
    notifier: { send: async (message) => void outbox.push(message) },
    events: { emit: (event) => void events.push(event) },
    hasher: testHasher,
    clientIp: 'peer',
    limits: { register_ip: { burst: 1_000 }, login_ip: { burst: 1_000 }, mail_ip: { burst: 1_000 } },
    features: [password()],
    ...rest,
  });
  const app = new Hono();
  const chosen = { ...(onError === undefined ? {} : { onError }), ...(connInfo === undefined ? {} : { connInfo }) };
  app.onError((error, c) => {
    errors.push(error);
    return c.text('the error handler of the application', 500);
  });
  build({ app, web: honoAuth(auth, chosen), auth });
  const server = await new Promise<Server>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started as Server));
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await auth.drain();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const linkFor = (email: string): URL => {
    const message = outbox.findLast(({ to }) => to === email);
    if (message === undefined || !('url' in message) || message.url === null) throw new Error(`no link for ${email}`);
    return new URL(message.url);
  };
  const w: World = {
    auth,
    url,
    port,
    log,
    outbox,
    events,
    errors,
    before: async () => {},
    browser: () => browserAt(url),
    signedIn: async (email) => {
      const browser = browserAt(url);
      await browser.post('/auth/register', { email, password: goodPassword });
      await auth.drain();
      await browser.post('/auth/verify-email', { token: linkFor(email).searchParams.get('token') });
      const { status, body } = await browser.post('/auth/login', { email, password: goodPassword });
      if (status !== 200) throw new Error(`login answered ${status} ${JSON.stringify(body)}`);
      await auth.drain();
      return browser;
    },
    linkFor,
  };
  return w;
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or text. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly body: any;
  readonly cookies: readonly string[];
}

export interface Browser {
  readonly jar: Map<string, string>;
  send(method: string, path: string, init?: RequestInit): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  form(path: string, fields: Record<string, string>): Promise<Answer>;
}

const browserAt = (url: string): Browser => {
  const jar = new Map<string, string>();
  const send = async (method: string, path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = new Headers({ 'sec-fetch-site': 'same-origin', origin });
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    const response = await fetch(url + path, { ...init, method, headers, redirect: 'manual' });
    const cookies = response.headers.getSetCookie();
    for (const cookie of cookies) {
      const [pair = '', ...attributes] = cookie.split('; ');
      const at = pair.indexOf('=');
      if (attributes.includes('Max-Age=0')) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await response.text();
    const isJson = text !== '' && (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text, cookies };
  };
  return {
    jar,
    send,
    get: (path, headers = {}) => send('GET', path, { headers }),
    post: (path, body = {}, headers = {}) =>
      send('POST', path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }),
    form: (path, fields) => send('POST', path, { body: new URLSearchParams(fields) }),
  };
};

/** A request as it is written, its target untouched by a URL parser. */
export const rawRequest = (
  options: RequestOptions,
  body = '',
): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', ...options }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
