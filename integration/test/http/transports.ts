import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { AuthProblem } from '@sallyport/core';
import { expressAuth } from '@sallyport/express';
import { build } from 'esbuild';
import express5 from 'express';
import { Miniflare } from 'miniflare';
import { honoInEdgeVm } from './edge-vm.ts';
import { honoApp } from './hono-app.ts';
import { type Host, makeHost, origin } from './host.ts';
import { nextApp, nextHabits } from './next.ts';
import { type Got, type Sent, sendTo } from './wire.ts';

export interface Running {
  send(sent: Sent): Promise<Got>;
  close(): Promise<unknown>;
}

export interface Transport {
  readonly name: string;
  /** The target is a URL before anybody sees it: dots in a path are gone. */
  readonly parses: boolean;
  /** Nothing, where it is left out. */
  readonly habits?: Habits;
  start(): Promise<Running>;
}

/** What a framework does of itself and cannot be told to leave. All else is the same. */
export interface Habits {
  /** A line on each of its answers. */
  readonly line: string;
  /** What it answers before we are asked: a method and a target, and what is told of them. */
  readonly first: Readonly<Record<string, string>>;
  /** Sends double slashes to single ones. */
  readonly redirects: number;
}

/** Express 4 comes under an alias; what is used of it here has the types of 5. */
const express4: typeof express5 = createRequire(import.meta.url)('express4');

export const bare: Transport = { name: 'the bare handler', parses: true, start: async () => bareApp(makeHost()) };

export const others: readonly Transport[] = [
  { name: 'Express 5', parses: false, start: () => onNode(expressApp(express5, makeHost())) },
  { name: 'Express 4', parses: false, start: () => onNode(expressApp(express4, makeHost())) },
  { name: 'Hono on Node', parses: true, start: () => honoOnNode() },
  { name: 'Hono on workerd', parses: true, start: () => honoOnWorkerd() },
  { name: "Hono in Vercel's edge runtime", parses: true, start: () => honoInEdgeVm() },
  { name: 'Next', parses: true, habits: nextHabits, start: () => nextApp() },
];

/** No framework at all: what the adapters are compared with. */
const bareApp = (host: Host): Running => {
  const { auth } = host;
  const guarded: Record<string, (request: Request) => Promise<Response>> = {
    'GET /me': async (request) => Response.json((await auth.require(request)).user, { headers: ownHeaders }),
    'GET /strong': async (request) => Response.json(await auth.require(request, { aal: 2 })),
    'POST /own': async (request) => {
      await auth.csrf(request);
      return new Response('done');
    },
  };
  const answer = async (request: Request): Promise<Response> => {
    const inspected = host.inspect(request.url);
    if (inspected !== null) return inspected;
    const { pathname } = new URL(request.url);
    if (pathname === '/admin/panel') {
      await auth.require(request);
      host.ran();
      return new Response('in');
    }
    const own = guarded[`${request.method} ${pathname}`];
    if (own !== undefined) return own(request);
    return pathname.startsWith('/auth/') ? auth.handle(request) : new Response('not ours', { status: 404 });
  };
  return {
    send: async ({ method, target, headers, body }) => {
      const lists = Object.entries(headers).flatMap(([name, value]) =>
        [value].flat().map((one) => [name, one] as const),
      );
      const all = new Headers();
      for (const [name, value] of lists) all.append(name, value);
      const carries = method !== 'GET' && method !== 'HEAD' && body.length > 0;
      const request = new Request(new URL(target, origin), { method, headers: all, body: carries ? body : null });
      const response = await answer(request).catch((error: unknown) => {
        if (!(error instanceof AuthProblem)) throw error;
        return error.toResponse();
      });
      return { status: response.status, headers: [...response.headers], body: await response.text() };
    },
    close: () => host.auth.drain(),
  };
};

const ownHeaders = { 'cache-control': 'no-store', vary: 'Cookie' };

const expressApp = (express: typeof express5, host: Host): RequestListener => {
  const web = expressAuth(host.auth);
  const app = express();
  app.disable('x-powered-by');
  app.use('/test', (req, res, next) => {
    const found = host.inspect(origin + req.originalUrl);
    if (found === null) return next();
    return found.text().then((text) => res.type('json').send(text), next);
  });
  app.use(web.router);
  app.get(
    '/me',
    web.require({}, (_req, res, me) => {
      res.json(me.user);
    }),
  );
  app.get('/strong', web.require({ aal: 2 }), (_req, res) => void res.send('in'));
  app.post('/own', web.csrf(), (_req, res) => void res.send('done'));
  app.use('/admin', web.require({}));
  app.all('/admin/panel', (_req, res) => {
    host.ran();
    res.send('in');
  });
  return app;
};

const listening = (server: Server): Promise<Running> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(running(server)));
  });

const running = (server: Server): Running => ({
  send: sendTo((server.address() as AddressInfo).port),
  close: () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  },
});

const onNode = (listener: RequestListener): Promise<Running> => listening(createServer(listener));

const honoOnNode = (): Promise<Running> =>
  new Promise((resolve) => {
    const server = serve({ fetch: honoApp().fetch, port: 0, hostname: '127.0.0.1' }, () =>
      resolve(running(server as Server)),
    );
  });

const honoOnWorkerd = async (): Promise<Running> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@sallyport/source', 'workerd'],
  });
  const script = outputFiles[0]?.text ?? '';
  const worker = new Miniflare({ modules: true, script, compatibilityDate: '2026-07-01', cf: false });
  const { port } = await worker.ready;
  return { send: sendTo(Number(port)), close: () => worker.dispose() };
};
