import { describe, expect, it } from 'vitest';
import type { Auth, JsonObject } from '../../src/index.ts';
import type { Adapter, Site } from './adapter.ts';
import { rawRequest } from './wire.ts';
import { goodPassword, world } from './world.ts';

const credentials = { email: 'alice@example.com', password: goodPassword };

export const cookieCases = (adapter: Adapter): void => {
  describe('Set-Cookie', () => {
    const build = (site: Site) => {
      site.sets(
        { 'Cache-Control': 'public, s-maxage=600', Vary: 'Accept-Encoding', 'X-Own': 'kept' },
        { theme: 'dark', lang: 'en' },
      );
      site.routes();
    };

    it('stays one header a cookie, beside those of the application', async () => {
      const w = await world(adapter, { registration: 'open', build });
      const browser = w.browser();
      const made = await browser.post('/auth/register', credentials);
      const names = ({ cookies }: { readonly cookies: readonly string[] }) =>
        cookies.map((cookie) => cookie.split('=')[0]);
      expect(names(made)).toEqual(['theme', 'lang', '__Host-session', '__Host-device', '__Host-flow']);
      expect(made.headers.get('cache-control')).toBe('no-store');
      expect(made.headers.get('vary')).toBe('Accept-Encoding, Cookie, Origin');
      expect(made.headers.get('x-own')).toBe('kept');
      const form = await w.browser().form('/auth/login', credentials);
      expect([form.status, names(form)]).toEqual([303, ['theme', 'lang', '__Host-session', '__Host-device']]);
      expect(form.body).toBe('');
    });

    it('is written as the core gave it, commas and all', async () => {
      const given = ['a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT', 'b=2', 'c=3'];
      const answer = new Headers();
      for (const cookie of given) answer.append('set-cookie', cookie);
      const handle: Auth<JsonObject>['handle'] = async () => new Response('{}', { status: 201, headers: answer });
      const w = await world(adapter, {
        build: (site, auth) => {
          Object.assign(auth, { handle });
          site.routes();
        },
      });
      const { cookies, status } = await w.browser().get('/auth/session');
      expect([status, cookies]).toEqual([201, given]);
    });

    it('is read from a cookie that comes in two headers', async () => {
      const w = await world(adapter, { registration: 'open', build });
      const browser = w.browser();
      await browser.post('/auth/register', credentials);
      const session = `__Host-session=${browser.jar.get('__Host-session')}`;
      const ask = async (cookie: string[]) =>
        JSON.parse((await rawRequest({ port: w.port, path: '/auth/session', headers: { cookie } })).text).user?.email ??
        null;
      expect(await ask(['theme=dark', session])).toBe(credentials.email);
      expect(await ask([session, session])).toBeNull();
    });
  });
};
