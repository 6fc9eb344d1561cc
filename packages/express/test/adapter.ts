import { createServer, type Server } from 'node:http';
import type { Auth, Identity, JsonObject } from '@sallyport/core';
import type express from 'express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import {
  type Adapter,
  type Asker,
  errorPage,
  type Guard,
  type Handler,
  type Site,
} from '../../core/test/adapter/adapter.ts';
import { parsedAway, withBackslash } from '../../core/test/adapter/spellings.ts';
import { BodyConsumedError, type ExpressAuth, type ExpressAuthOptions, expressAuth } from '../src/index.ts';
import { type Framework, frameworks } from './frameworks.ts';

export interface Parts {
  readonly app: express.Express;
  readonly web: ExpressAuth<JsonObject>;
  readonly auth: Auth<JsonObject>;
}

export interface Mounted extends ExpressAuthOptions {
  readonly build: (parts: Parts) => void;
}

/** An application with an error handler that tells `failed`. */
export const serverOf = (
  framework: Framework,
  auth: Auth<JsonObject>,
  { build, failed, ...options }: Mounted & { readonly failed: (error: unknown) => void },
): Server => {
  const app = framework();
  build({ app, web: expressAuth(auth, options), auth });
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    failed(error);
    res.status(500).send(errorPage);
  });
  return createServer(app);
};

const parsersOf = (framework: Framework): Readonly<Record<string, readonly RequestHandler[]>> => ({
  'express.json()': [framework.json()],
  'both parsers': [framework.json(), framework.urlencoded({ extended: true })],
  'express.urlencoded() of its own kind': [framework.urlencoded({ extended: false })],
  'express.text()': [framework.text({ type: () => true })],
  'express.raw()': [framework.raw({ type: () => true })],
  setEncoding: [
    (req, _res, next) => {
      req.setEncoding('latin1');
      next();
    },
  ],
});

/** Reads the body and keeps nothing. */
const consume: RequestHandler = (req, _res, next) => {
  req.on('data', () => {});
  req.on('end', () => next());
};

const send = (res: Response, value: unknown): void =>
  void (typeof value === 'string' ? res.send(value) : res.json(value));

/** Says at once what is known at once: what a handler throws is thrown, what it promises is promised. */
const running = (handler: Handler, asker: Asker, res: Response): Promise<void> | null => {
  const value = handler(asker);
  if (value instanceof Promise) return value.then((found: unknown) => send(res, found));
  send(res, value);
  return null;
};

const siteOf = (framework: Framework, { app, web }: Parts): Site => {
  const askerOf = (req: Request, res: Response, me: Identity<JsonObject> | null = null): Asker => ({
    me,
    known: () => web.get(req),
    path: req.originalUrl,
    header: (name) => req.get(name) ?? null,
    set: (name, value) => void res.set(name, value),
  });
  const plain =
    (handler: Handler): RequestHandler =>
    (req, res, next) =>
      void running(handler, askerOf(req, res), res)?.catch(next);
  const guardsOf = (guard: Guard): readonly RequestHandler[] => {
    if (guard === 'load') return [web.load];
    if (guard === 'csrf') return [framework.urlencoded({ extended: true }), web.csrf()];
    return [web.require(guard)];
  };
  return {
    routes: () => void app.use(web.router),
    routesIn: (path) => {
      const outer = framework.Router();
      outer.use((_req, _res, next) => void setImmediate(next));
      outer.use(web.router);
      app.use(path, outer);
    },
    routesInside: (path) => void app.use(path, framework().use(web.router)),
    load: () => void app.use(web.load),
    sets: (headers, cookies = {}) =>
      void app.use((_req, res, next) => {
        for (const [name, value] of Object.entries(cookies)) res.cookie(name, value);
        res.set(headers);
        next();
      }),
    parses: (parser) => void app.use(...(parsersOf(framework)[parser] ?? [])),
    consumes: () => void app.use(consume),
    trustsForwarded: () => void app.set('trust proxy', true),
    on: (path, guards, handler) => {
      const last =
        typeof handler === 'function'
          ? plain(handler)
          : web.require(handler.need, (req, res, me) => running(handler.run, askerOf(req, res, me), res));
      app.all(path, ...guards.flatMap(guardsOf), last);
    },
    rest: (handler) => void app.use(plain(handler)),
  };
};

export const adapters: readonly Adapter[] = frameworks.map(({ name, express: framework }) => ({
  name,
  framework: 'express',
  serve: (auth, { build, ...rest }) =>
    serverOf(framework, auth, { ...rest, build: (parts) => build(siteOf(framework, parts)) }),
  parsers: Object.keys(parsersOf(framework)),
  consumed: { cause: BodyConsumedError, advice: 'mount web.router before other body parsers' },
  drained: [20, 1_024],
  unparsed: [...parsedAway, ...withBackslash],
}));
