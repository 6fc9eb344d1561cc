import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { goodPassword, origin, rawRequest, world } from './harness.ts';

const email = 'alice@example.com';
const credentials = JSON.stringify({ email, password: goodPassword });
const headers = { 'content-type': 'application/json', origin };

const tricks = [
  '//auth/login',
  '/AUTH/login',
  '/Auth/login',
  '/auth/Login',
  '/auth/login/',
  '/auth//login',
  '/auth%2flogin',
  '/auth%2Flogin',
  '/%61uth/login',
  '/auth/log%69n',
  '/auth/login%2f',
  '/auth/login%00',
  '/auth/login;a=b',
  '/auth',
  '/auth?/login',
];

/** A `Request` has an absolute URL: these are the route itself, spelled before it was parsed. Nobody behind sees another path. */
const parsed = [
  '/auth/./login',
  '/auth/../auth/login',
  '/x/../auth/login',
  '/auth/x/../login',
  '/auth/%2e%2e/auth/login',
  '/auth/%2e/login',
  '/auth/login#x',
  '/authx/../auth/login',
  'http://app.example.com/auth/login',
  'https://evil.example/auth/login',
];

/** Refused by `@hono/node-server`. */
const refused = ['/auth\\login', '/auth/\\..\\login'];

describe('a path', () => {
  it.each(tricks)('%s is no other spelling of a route', async (path) => {
    const w = await world();
    await w.signedIn(email);
    w.log.length = 0;
    const answer = await rawRequest({ port: w.port, method: 'POST', path, headers }, credentials);
    expect(answer.status).toBe(404);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect([w.log, w.errors]).toEqual([[], []]);
  });

  it('is the route that its URL says, in the same bucket of the limiter', async () => {
    const seen: string[] = [];
    const w = await world({
      limits: { login_ip: { burst: parsed.length } },
      build: ({ app, web }) => {
        app.use(async (c, next) => {
          seen.push(c.req.path);
          await next();
        });
        app.use(web.routes);
      },
    });
    for (const [n, path] of parsed.entries()) {
      const other = JSON.stringify({ email: `user${n}@example.com`, password: goodPassword });
      const answer = await rawRequest({ port: w.port, method: 'POST', path, headers }, other);
      expect([path, answer.status]).toEqual([path, 401]);
    }
    expect(new Set(seen)).toEqual(new Set(['/auth/login']));
    const last = await rawRequest({ port: w.port, method: 'POST', path: '/auth/login', headers }, credentials);
    expect(last.status).toBe(429);
  });

  it.each(refused)('%s is refused', async (path) => {
    const w = await world();
    const answer = await rawRequest({ port: w.port, method: 'POST', path, headers }, credentials);
    expect([answer.status, w.log]).toEqual([400, []]);
  });

  it('that is not under basePath is the application’s own', async () => {
    const w = await world({
      basePath: '/api/auth',
      build: ({ app, web }) => {
        app.use(web.routes);
        app.all('*', (c) => c.text(`own ${c.req.path}`));
      },
    });
    const browser = w.browser();
    for (const path of ['/', '/auth/login', '/api', '/api/auth', '/api/authx/login', '/api/auth-login']) {
      expect((await browser.get(path)).body).toBe(`own ${path}`);
    }
    expect((await browser.get('/api/auth/session?own=1')).body).toEqual({ user: null, session: null });
    expect((await browser.get('/api/auth/nothing')).body.code).toBe('not_found');
  });

  it.each([
    ['/auth', '/auth/session'],
    ['/', '/auth/session'],
  ])('works where the router is mounted at %s', async (mount, path) => {
    const w = await world({
      build: ({ app, web }) => {
        const outer = new Hono();
        outer.use(web.routes);
        app.route(mount, outer);
      },
    });
    expect((await w.browser().get(path)).body).toEqual({ user: null, session: null });
    expect((await w.browser().post('/auth/login', { email, password: goodPassword })).status).toBe(401);
  });

  it('works in an application inside an application', async () => {
    const w = await world({
      basePath: '/inner/auth',
      build: ({ app, web }) => {
        const inner = new Hono();
        inner.use('/auth/*', web.routes);
        app.route('/inner', inner);
      },
    });
    expect((await w.browser().get('/inner/auth/session')).status).toBe(200);
    expect((await w.browser().get('/inner/inner/auth/session')).status).toBe(404);
  });

  it('of a route answers TRACE with 405', async () => {
    const w = await world();
    const answer = await rawRequest({ port: w.port, method: 'TRACE', path: '/auth/login' });
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
    expect(w.errors).toEqual([]);
  });
});

describe('what a client says of itself', () => {
  it('is not the URL that the core sees', async () => {
    const seen: string[] = [];
    const w = await world({
      build: ({ app, web, auth }) => {
        const { handle } = auth;
        Object.assign(auth, {
          handle: (request: Request) => {
            seen.push(request.url);
            return handle(request);
          },
        });
        app.use(web.routes);
      },
    });
    const path = '/auth/error?code=internal&next=//evil.example';
    await rawRequest({ port: w.port, path, headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' } });
    expect(seen).toEqual([origin + path]);
  });

  it('is not where links lead', async () => {
    const w = await world({ build: ({ app, web }) => void app.use(web.routes) });
    const forged = {
      ...headers,
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      forwarded: 'host=evil.example',
    };
    const path = '/auth/register';
    const answer = await rawRequest({ port: w.port, method: 'POST', path, headers: forged }, credentials);
    expect(answer.status).toBe(202);
    await w.auth.drain();
    expect(w.linkFor(email).href.startsWith(`${origin}/auth/verify-email?token=`)).toBe(true);
  });

  it('is not its address', async () => {
    const limits = { login_ip: { burst: 3 } };
    const w = await world({
      limits,
      build: ({ app, web }) => void app.use(web.routes),
    });
    const statuses: number[] = [];
    for (let n = 1; n <= 5; n += 1) {
      const from = { 'x-forwarded-for': `203.0.113.${n}`, 'x-real-ip': `203.0.113.${n}` };
      const input = { email: `user${n}@example.com`, password: goodPassword };
      statuses.push((await w.browser().post('/auth/login', input, from)).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect(new Set(w.events.filter(({ name }) => name === 'login.failed').map(({ client }) => client.ip))).toEqual(
      new Set(['127.0.0.1']),
    );
  });
});
