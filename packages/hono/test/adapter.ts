import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Auth, Identity, JsonObject } from '@sallyport/core';
import { type Context, Hono, type HonoRequest, type MiddlewareHandler } from 'hono';
import { setCookie } from 'hono/cookie';
import {
  type Adapter,
  type Asker,
  errorPage,
  type Guard,
  type Handler,
  type Site,
} from '../../core/test/adapter/adapter.ts';
import { BodyConsumedError, type HonoAuth, type HonoAuthOptions, honoAuth } from '../src/index.ts';

export interface Parts {
  readonly app: Hono;
  readonly web: HonoAuth<JsonObject>;
  readonly auth: Auth<JsonObject>;
}

export interface Mounted extends HonoAuthOptions {
  readonly build: (parts: Parts) => void;
}

/** An application on `@hono/node-server`, with an error handler that tells `failed`. */
export const serverOf = (
  auth: Auth<JsonObject>,
  { build, failed, ...options }: Mounted & { readonly failed: (error: unknown) => void },
): Server => {
  const app = new Hono();
  app.onError((error, c) => {
    failed(error);
    return c.text(errorPage, 500);
  });
  build({ app, web: honoAuth(auth, options), auth });
  return createAdaptorServer({ fetch: app.fetch, hostname: '127.0.0.1' }) as Server;
};

const reads =
  (read: (req: HonoRequest) => Promise<unknown>): MiddlewareHandler =>
  async (c, next) => {
    if (c.req.method === 'POST') await read(c.req).catch(() => {});
    await next();
  };

const isForm = (req: HonoRequest): boolean => (req.header('content-type') ?? '').includes('form');

const parsers: Readonly<Record<string, MiddlewareHandler>> = {
  'text()': reads((req) => req.text()),
  'arrayBuffer()': reads((req) => req.arrayBuffer()),
  'blob()': reads((req) => req.blob()),
  'json() or parseBody()': reads((req) => (isForm(req) ? req.parseBody() : req.json())),
};

/** Reads the body past Hono, which keeps nothing of it. */
const consume: MiddlewareHandler = async (c, next) => {
  await c.req.raw.text();
  await next();
};

const parserOf = (name: string): MiddlewareHandler => {
  const parser = parsers[name];
  if (parser === undefined) throw new Error(`no parser ${name}`);
  return parser;
};

const siteOf = ({ app, web }: Parts): Site => {
  const askerOf = (c: Context, me: Identity<JsonObject> | null = null): Asker => ({
    me,
    known: () => web.get(c),
    path: c.req.path,
    header: (name) => c.req.header(name) ?? null,
    set: (name, value) => c.header(name, value),
  });
  const answer = async (handler: Handler, c: Context, me: Identity<JsonObject> | null = null): Promise<Response> => {
    const value = await handler(askerOf(c, me));
    return typeof value === 'string' ? c.text(value) : c.json(value);
  };
  const guardOf = (guard: Guard): MiddlewareHandler => {
    if (guard === 'load') return web.load;
    if (guard === 'csrf') return web.csrf(async (c) => (await c.req.parseBody())['_csrf']);
    return web.require(guard);
  };
  return {
    routes: () => void app.use(web.routes),
    routesIn: (path) => void app.route(path, new Hono().use(web.routes)),
    routesInside: (path) => void app.route(path, new Hono().use('/auth/*', web.routes)),
    load: () => void app.use(web.load),
    sets: (headers, cookies = {}) =>
      void app.use(async (c, next) => {
        for (const [name, value] of Object.entries(cookies)) setCookie(c, name, value);
        for (const [name, value] of Object.entries(headers)) c.header(name, value);
        await next();
      }),
    parses: (parser) => void app.use(parserOf(parser)),
    consumes: () => void app.use(consume),
    // Hono believes none of them, whatever it is told.
    trustsForwarded: () => {},
    on: (path, guards, handler) => {
      const last: MiddlewareHandler =
        typeof handler === 'function'
          ? (c) => answer(handler, c)
          : web.require(handler.need, (c, me) => answer(handler.run, c, me));
      app.on('ALL', [path], ...guards.map(guardOf), last);
    },
    rest: (handler) => void app.all('*', (c) => answer(handler, c)),
  };
};

export const adapter: Adapter = {
  name: 'Hono',
  framework: 'hono',
  serve: (auth, { build, ...rest }) => serverOf(auth, { ...rest, build: (parts) => build(siteOf(parts)) }),
  parsers: Object.keys(parsers),
  consumed: { cause: BodyConsumedError, advice: 'mount web.routes earlier' },
  // What is larger, `@hono/node-server` cuts off.
  drained: [20],
  unparsed: [],
};
