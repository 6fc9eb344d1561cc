import { describe, expect, it } from 'vitest';
import type { Adapter } from './adapter.ts';
import { spellings } from './spellings.ts';
import { rawRequest } from './wire.ts';
import { goodPassword, origin, world } from './world.ts';

const email = 'alice@example.com';
const credentials = JSON.stringify({ email, password: goodPassword });
const headers = { 'content-type': 'application/json', origin };

export const pathCases = (adapter: Adapter): void => {
  describe('a path', () => {
    it.each([...spellings, ...adapter.unparsed])('%s is no other spelling of a route', async (path) => {
      const w = await world(adapter);
      await w.signedIn(email);
      w.log.length = 0;
      const answer = await rawRequest({ port: w.port, method: 'POST', path, headers }, credentials);
      expect(answer.status).toBe(404);
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect([w.log, w.errors]).toEqual([[], []]);
    });

    it('that is not under basePath is the application’s own', async () => {
      const w = await world(adapter, {
        basePath: '/api/auth',
        build: (site) => {
          site.routes();
          site.rest(({ path }) => `own ${path}`);
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
      const w = await world(adapter, { build: (site) => site.routesIn(mount) });
      expect((await w.browser().get(path)).body).toEqual({ user: null, session: null });
      expect((await w.browser().post('/auth/login', { email, password: goodPassword })).status).toBe(401);
    });

    it('works in an application inside an application', async () => {
      const w = await world(adapter, { basePath: '/inner/auth', build: (site) => site.routesInside('/inner') });
      expect((await w.browser().get('/inner/auth/session')).status).toBe(200);
      expect((await w.browser().get('/inner/inner/auth/session')).status).toBe(404);
    });

    it('of a route answers TRACE with 405', async () => {
      const w = await world(adapter);
      const answer = await rawRequest({ port: w.port, method: 'TRACE', path: '/auth/login' });
      expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
      expect(w.errors).toEqual([]);
    });
  });

  describe('what a client says of itself', () => {
    it('is not the URL that the core sees', async () => {
      const seen: string[] = [];
      const w = await world(adapter, {
        build: (site, auth) => {
          const { handle } = auth;
          Object.assign(auth, {
            handle: (request: Request) => {
              seen.push(request.url);
              return handle(request);
            },
          });
          site.routes();
        },
      });
      const path = '/auth/error?code=internal&next=//evil.example';
      await rawRequest({ port: w.port, path, headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' } });
      expect(seen).toEqual([origin + path]);
    });

    it('is not where links lead', async () => {
      const w = await world(adapter, {
        build: (site) => {
          site.trustsForwarded();
          site.routes();
        },
      });
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
      const w = await world(adapter, {
        limits: { login_ip: { burst: 3 } },
        build: (site) => {
          site.trustsForwarded();
          site.routes();
        },
      });
      const statuses: number[] = [];
      for (let n = 1; n <= 5; n += 1) {
        const from = { 'x-forwarded-for': `203.0.113.${n}`, 'x-real-ip': `203.0.113.${n}` };
        const input = { email: `user${n}@example.com`, password: goodPassword };
        statuses.push((await w.browser().post('/auth/login', input, from)).status);
      }
      expect(statuses).toEqual([401, 401, 401, 429, 429]);
      const addresses = w.events.filter(({ name }) => name === 'login.failed').map(({ client }) => client.ip);
      expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
    });
  });
};
