import { describe, expect, it } from 'vitest';
import { frameworks, goodPassword, world } from './harness.ts';

describe.each(frameworks)('$name: the main story', ({ express }) => {
  it('registers, confirms, signs in, reads who that is, signs out', async () => {
    const w = await world(express, {
      build: ({ app, web }) => {
        app.use(web.router);
        app.use(web.load);
        app.get(
          '/me',
          web.require({}, (_req, res, me) => {
            res.json(me.user);
          }),
        );
        app.get('/hello', (req, res) => {
          res.send(`Hello ${web.get(req)?.user.email ?? 'stranger'}`);
        });
      },
    });
    const alice = w.browser();
    const email = 'alice@example.com';
    expect((await alice.get('/me')).body.code).toBe('unauthenticated');
    expect((await alice.get('/hello')).body).toBe('Hello stranger');
    expect((await alice.post('/auth/register', { email, password: goodPassword })).status).toBe(202);
    await w.auth.drain();
    const token = w.linkFor(email).searchParams.get('token');
    expect((await alice.post('/auth/verify-email', { token })).status).toBe(204);
    const login = await alice.post('/auth/login', { email, password: goodPassword });
    expect([login.status, login.body.status, login.headers.get('cache-control')]).toEqual([
      200,
      'signed_in',
      'no-store',
    ]);
    const me = await alice.get('/me');
    expect([me.status, me.body.email]).toEqual([200, email]);
    expect((await alice.get('/hello')).body).toBe(`Hello ${email}`);
    const out = await alice.post('/auth/logout');
    expect([out.status, out.body, out.cookies.length]).toEqual([204, '', 1]);
    const after = await alice.get('/me');
    expect([after.status, after.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
    expect(w.errors).toEqual([]);
  });

  it('answers a HEAD without a body, a page as HTML, an unknown method with 405', async () => {
    const w = await world(express);
    const browser = w.browser();
    const head = await browser.send('HEAD', '/auth/session');
    expect([head.status, head.body, head.headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    const page = await browser.get('/auth/error?code=token_invalid');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.body).toContain('This link is invalid');
    for (const method of ['PUT', 'PATCH', 'PROPFIND']) {
      const answer = await browser.send(method, '/auth/login');
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });
});
