import { describe, expect, it } from 'vitest';
import { rawRequest } from '../../core/test/adapter/wire.ts';
import { world } from './harness.ts';

describe('csrf()', () => {
  it('finds a token in the header alone, unless it is told how to read another', async () => {
    const w = await world({
      build: ({ app, web, auth }) => {
        app.use(web.routes);
        app.get('/token', async (c) => c.text(await auth.csrfToken(c.req.raw)));
        app.post('/own', web.csrf(), (c) => c.text('done'));
      },
    });
    const browser = await w.signedIn('alice@example.com');
    const cookie = `__Host-session=${browser.jar.get('__Host-session')}`;
    const { text: token } = await rawRequest({ port: w.port, path: '/token', headers: { cookie } });
    const post = async (headers: Record<string, string>, body = '') =>
      (await rawRequest({ port: w.port, method: 'POST', path: '/own', headers: { cookie, ...headers } }, body)).status;
    expect(await post({ 'x-csrf-token': token })).toBe(200);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await post(form, `_csrf=${encodeURIComponent(token)}`)).toBe(403);
  });
});
