import { readdirSync, readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import type { Auth, JsonObject } from '@sallyport/core';
import { pageHeaders } from '@sallyport/example-express/headers';
import type { Outbox } from '@sallyport/example-express/outbox';
import { folder, pageText } from '@sallyport/example-express/pages';
import { honoAuth } from '@sallyport/hono';
import { type Context, type Handler, Hono, type MiddlewareHandler } from 'hono';

/** The demo of `examples/express` on Hono: the same pages, the same routes. `null`: mail is sent. */
export const demoApp = (auth: Auth<JsonObject>, mails: Outbox | null): Hono => {
  const shown = auth.mode === 'development' ? mails : null;
  const page = (name: string): Handler => {
    const html = pageText(name, shown === null ? 'sent' : 'outbox');
    return (c) => c.html(html);
  };
  const web = honoAuth(auth);
  const app = new Hono();
  app.use(web.routes);
  app.use(securityHeaders);
  app.get('/assets/:name', assets());
  app.get('/', page('index'));
  for (const name of ['verify', 'reset', 'change-email', 'revert-email']) app.get(`/${name}`, page(name));
  if (shown !== null) {
    app.get('/outbox', onThisComputer, page('outbox'));
    app.get('/outbox.json', onThisComputer, (c) => c.json(shown.mails()));
  }
  app.get(
    '/api/profile',
    web.require({}, (c, { user, session }) => c.json({ user, session })),
  );
  app.notFound((c) => problem(c, 404, 'not_found'));
  app.onError((error, c) => {
    console.error(error);
    return problem(c, 500, 'internal');
  });
  return app;
};

const securityHeaders: MiddlewareHandler = async (c, next) => {
  for (const [name, value] of Object.entries(pageHeaders())) c.header(name, value);
  await next();
};

const types: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };

/** Read once: a name that is no file of the folder names nothing. */
const assets = (): Handler => {
  const within = new URL('assets/', folder);
  const files = new Map(readdirSync(within).map((name) => [name, readFileSync(new URL(name, within), 'utf8')]));
  return (c) => {
    const name = c.req.param('name') ?? '';
    const text = files.get(name);
    if (text === undefined) return c.notFound();
    const type = `${types[name.split('.').at(-1) ?? ''] ?? 'text/plain'}; charset=utf-8`;
    return c.body(text, 200, { 'content-type': type, 'cache-control': 'no-cache' });
  };
};

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** A name that another site points at 127.0.0.1 (DNS rebinding) brings that name along as the host. */
const onThisComputer: MiddlewareHandler = async (c, next) =>
  loopback.includes(new URL(c.req.url).hostname) ? next() : c.notFound();

/** The same kind of answer that the routes under `/auth` give (RFC 9457). */
const problem = (c: Context, status: 404 | 500, code: string): Response =>
  c.body(JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, code }), status, {
    'content-type': 'application/problem+json',
  });
