import { expect, it } from 'vitest';
import { goodPassword, world } from './harness.ts';

const email = 'alice@example.com';

it('registers, confirms, signs in, reads who that is, signs out', async () => {
  const w = await world({
    build: ({ app, web }) => {
      app.use('/auth/*', web.routes);
      app.use(web.load);
      app.get('/me', web.require(), (c) => c.json(c.var.auth.user));
      app.get('/hello', (c) => c.text(`Hello ${web.get(c)?.user.email ?? 'stranger'}`));
    },
  });
  const alice = w.browser();
  expect((await alice.get('/me')).body.code).toBe('unauthenticated');
  expect((await alice.get('/hello')).body).toBe('Hello stranger');
  expect((await alice.post('/auth/register', { email, password: goodPassword })).status).toBe(202);
  await w.auth.drain();
  const token = w.linkFor(email).searchParams.get('token');
  expect((await alice.post('/auth/verify-email', { token })).status).toBe(204);
  const login = await alice.post('/auth/login', { email, password: goodPassword });
  expect([login.status, login.body.status, login.headers.get('cache-control')]).toEqual([200, 'signed_in', 'no-store']);
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
  const w = await world();
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
