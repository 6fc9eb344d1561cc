import { describe, expect, it } from 'vitest';
import { rawRequest } from '../../core/test/adapter/wire.ts';
import { frameworks, world } from './harness.ts';

describe.each(frameworks)('$name: csrf()', ({ express }) => {
  it('finds a token in a body of JSON, whatever that may be', async () => {
    const w = await world(express, {
      build: ({ app, web, auth }) => {
        app.use(web.router, express.json({ strict: false }));
        app.get('/token', (req, res, next) => {
          auth.csrfToken({ get: (name) => req.get(name) ?? null }).then((token) => res.send(token), next);
        });
        app.post('/own', web.csrf(), (_req, res) => void res.send('done'));
      },
    });
    const browser = await w.signedIn('alice@example.com');
    const cookie = `__Host-session=${browser.jar.get('__Host-session')}`;
    const { text: token } = await rawRequest({ port: w.port, path: '/token', headers: { cookie } });
    const post = async (body: unknown) => {
      const headers = { cookie, 'content-type': 'application/json' };
      return (await rawRequest({ port: w.port, method: 'POST', path: '/own', headers }, JSON.stringify(body))).status;
    };
    expect(await post({ _csrf: token })).toBe(200);
    expect(await post({ _csrf: [token] })).toBe(403);
    expect(await post(null)).toBe(403);
  });
});
