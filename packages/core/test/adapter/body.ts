import { describe, expect, it, vi } from 'vitest';
import type { Adapter, Site } from './adapter.ts';
import { goodPassword, origin, world } from './world.ts';

const email = 'alice@example.com';
const credentials = { email, password: goodPassword };
const nothing = 'nothing';

/** A body that came whole: what reads it before, what it may be, and what is said when it is gone. */
export const bodyCases = (adapter: Adapter): void => {
  const readers = [nothing, ...adapter.parsers];
  const behind = (reader: string) => (site: Site) => {
    if (reader !== nothing) site.parses(reader);
    site.routes();
  };

  describe('a body', () => {
    describe.each(readers)('behind %s', (reader) => {
      const build = behind(reader);

      it('is read as JSON', async () => {
        const w = await world(adapter, { build, registration: 'open' });
        const browser = w.browser();
        const registered = await browser.post('/auth/register', {
          ...credentials,
          password: 'пароль 🔑 correct horse',
        });
        expect([registered.status, registered.body.user.email]).toEqual([201, email]);
        const said = { email, password: 'пароль 🔑 correct horse' };
        expect((await w.auth.api.login(said, new Headers())).value.status).toBe('signed_in');
        expect((await w.browser().post('/auth/login', said)).status).toBe(200);
        const mass = await browser.post('/auth/login', { ...credentials, __proto__: 1, admin: true });
        expect([mass.status, mass.body.code]).toEqual([422, 'validation_failed']);
        expect((await browser.post('/auth/logout', {})).status).toBe(204);
        expect((await browser.send('POST', '/auth/logout')).status).toBe(204);
      });

      it('is read as a form, and answered 303', async () => {
        const w = await world(adapter, { build, registration: 'open' });
        const browser = w.browser();
        const made = await browser.form('/auth/register', { ...credentials, returnTo: '/app?tab=1' });
        expect([made.status, made.headers.get('location'), made.body]).toEqual([303, '/app?tab=1', '']);
        expect(made.cookies).toHaveLength(3);
        const wrong = await browser.form('/auth/login', { email, password: 'not this one at all', returnTo: '/app' });
        expect([wrong.status, wrong.headers.get('location')]).toEqual([
          303,
          `${origin}/auth/error?code=invalid_credentials`,
        ]);
        const odd = await browser.form('/auth/login', { email, 'password[a]': goodPassword, returnTo: '/app' });
        expect(odd.headers.get('location')).toBe(`${origin}/auth/error?code=validation_failed`);
        const mass = await browser.form('/auth/login', { ...credentials, 'admin[is]': 'true' });
        expect(mass.headers.get('location')).toBe(`${origin}/auth/error?code=validation_failed`);
        const twice = await browser.send('POST', '/auth/login', {
          body: new URLSearchParams([
            ['email', email],
            ['password', goodPassword],
            ['password', 'another'],
          ]),
        });
        expect([twice.status, twice.body.code]).toEqual([400, 'malformed_request']);
      });

      it('of another type is refused', async () => {
        const w = await world(adapter, { build });
        const answer = await w.browser().send('POST', '/auth/login', {
          body: JSON.stringify(credentials),
          headers: { 'content-type': 'text/plain' },
        });
        expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
      });
    });

    it('of 20 KiB is a 413 to fetch, with a parser before it or not', async () => {
      for (const reader of readers) {
        const browser = (await world(adapter, { build: behind(reader) })).browser();
        const large = { email, password: 'x'.repeat(20 * 1_024) };
        expect((await browser.post('/auth/login', large)).status).toBe(413);
        const streamed = await browser.send('POST', '/auth/login', {
          body: new Blob([JSON.stringify(large)]).stream(),
          duplex: 'half',
          headers: { 'content-type': 'application/json' },
        });
        expect([streamed.status, streamed.body.code]).toEqual([413, 'body_too_large']);
      }
    });
  });

  describe('a body', () => {
    const { cause, advice } = adapter.consumed;
    const build = (site: Site) => {
      site.consumes();
      site.routes();
    };

    it('that something else consumed is a 500 with a cause for the developer, and none for the client', async () => {
      const onError = vi.fn();
      const w = await world(adapter, { onError, build });
      const answer = await w.browser().post('/auth/login', credentials);
      expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(JSON.stringify(answer.body)).not.toMatch(new RegExp(`consumed|${adapter.framework}`));
      expect(onError).toHaveBeenCalledTimes(1);
      expect(onError.mock.calls[0]?.[0]).toBeInstanceOf(cause);
      expect(onError.mock.calls[0]?.[0].message).toContain(advice);
      const failed = w.events.find(({ name }) => name === 'request.failed');
      expect(failed?.data).toMatchObject({ error: 'BodyConsumedError' });
      expect(w.log).toEqual([]);

      expect((await w.browser().get('/auth/session')).body).toEqual({ user: null, session: null });
      const foreign = { 'sec-fetch-site': 'cross-site', origin: 'x:' };
      expect((await w.browser().post('/auth/login', credentials, foreign)).status).toBe(403);
      expect([onError.mock.calls.length, w.errors]).toEqual([1, []]);
    });

    it('that is not there cannot be consumed', async () => {
      const w = await world(adapter, { build });
      expect((await w.browser().send('POST', '/auth/logout')).status).toBe(204);
    });

    it('that something else consumed is told to the console unless said otherwise', async () => {
      const told = vi.spyOn(console, 'error').mockImplementation(() => {});
      const w = await world(adapter, { build });
      expect((await w.browser().post('/auth/login', credentials)).status).toBe(500);
      expect(told.mock.calls.map(([said]) => said instanceof cause)).toEqual([true]);
      told.mockRestore();
    });

    it('survives an onError that throws', async () => {
      const onError = () => {
        throw new Error('from onError');
      };
      const w = await world(adapter, { onError, build });
      expect((await w.browser().post('/auth/login', credentials)).body.code).toBe('internal');
      expect((await w.browser().get('/auth/session')).status).toBe(200);
    });
  });
};
