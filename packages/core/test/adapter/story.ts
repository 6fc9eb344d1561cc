import { describe, expect, it } from 'vitest';
import type { Adapter } from './adapter.ts';
import { goodPassword, world } from './world.ts';

const email = 'alice@example.com';

export const storyCases = (adapter: Adapter): void => {
  describe('the main story', () => {
    it('registers, confirms, signs in, reads who that is, signs out', async () => {
      const w = await world(adapter, {
        build: (site) => {
          site.routes();
          site.load();
          site.on('/me', [], { need: {}, run: ({ me }) => me?.user });
          site.on('/hello', [], ({ known }) => `Hello ${known()?.user.email ?? 'stranger'}`);
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
      const { status, body, headers } = login;
      expect([status, body.status, headers.get('cache-control')]).toEqual([200, 'signed_in', 'no-store']);
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
      const w = await world(adapter);
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
};
