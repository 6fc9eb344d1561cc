import { describe, expect, it } from 'vitest';
import type { Auth, JsonObject } from '../../src/index.ts';
import type { Adapter, Site } from './adapter.ts';
import { rawRequest } from './wire.ts';
import { origin, world } from './world.ts';

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';

export const csrfCases = (adapter: Adapter): void => {
  describe('csrf()', () => {
    const build = (site: Site, auth: Auth<JsonObject>) => {
      site.routes();
      site.on('/token', [], ({ header }) => auth.csrfToken({ get: header }));
      site.on('/own', ['csrf'], () => 'done');
    };

    it.each([
      ['POST', { 'sec-fetch-site': 'same-origin' }, 200],
      ['POST', { 'sec-fetch-site': 'none' }, 200],
      ['POST', { 'sec-fetch-site': 'cross-site' }, 403],
      ['POST', { 'sec-fetch-site': 'same-site' }, 403],
      ['POST', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
      ['POST', { 'sec-fetch-site': 'same-site', origin: 'https://www.example.com' }, 200],
      ['POST', { origin }, 200],
      ['POST', { origin: 'https://www.example.com' }, 200],
      ['POST', { origin: 'https://evil.example' }, 403],
      ['POST', { origin: 'null' }, 403],
      ['POST', { origin: `${origin}.evil.example` }, 403],
      ['POST', { origin: 'https://evil.example', host: 'evil.example' }, 403],
      ['PUT', { origin: 'https://evil.example' }, 403],
      ['PATCH', { origin: 'https://evil.example' }, 403],
      ['DELETE', { origin: 'https://evil.example' }, 403],
      ['GET', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 200],
      ['HEAD', { origin: 'https://evil.example' }, 200],
      ['POST', { 'content-type': json }, 200],
      ['POST', { 'content-type': json, cookie: '__Host-session=v1.x' }, 403],
      ['POST', { 'content-type': form }, 403],
      ['POST', {}, 403],
    ])('%s %o is answered %i', async (method, headers, status) => {
      const w = await world(adapter, { build, trustedOrigins: ['https://www.example.com'] });
      const answer = await rawRequest({ port: w.port, method, path: '/own', headers });
      expect(answer.status).toBe(status);
      if (status === 200) return;
      expect([JSON.parse(answer.text).code, answer.headers['cache-control']]).toEqual(['csrf_rejected', 'no-store']);
      expect(answer.headers['content-type']).toBe('application/problem+json');
    });

    it('lets a token speak for a browser that sends neither header', async () => {
      const w = await world(adapter, { build });
      const browser = await w.signedIn('alice@example.com');
      const cookie = `__Host-session=${browser.jar.get('__Host-session')}`;
      const { text: token } = await rawRequest({ port: w.port, path: '/token', headers: { cookie } });
      const post = async (headers: Record<string, string>, body = '') =>
        (await rawRequest({ port: w.port, method: 'POST', path: '/own', headers: { cookie, ...headers } }, body))
          .status;
      const formType = { 'content-type': form };
      expect(await post({ 'x-csrf-token': token })).toBe(200);
      expect(await post(formType, `_csrf=${encodeURIComponent(token)}`)).toBe(200);
      expect(await post({})).toBe(403);
      expect(await post({ 'x-csrf-token': `${token}x` })).toBe(403);
      expect(await post(formType, '_csrf=nonsense')).toBe(403);
      expect(await post(formType, `_csrf[]=${encodeURIComponent(token)}`)).toBe(403);
      expect(await post({ origin: 'https://evil.example', 'x-csrf-token': token })).toBe(403);
    });
  });
};
