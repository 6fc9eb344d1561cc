import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { world } from './harness.ts';

const email = 'alice@example.com';

describe('load', () => {
  it('keeps who is signed in out of what prints a context', async () => {
    const w = await world({
      build: ({ app, web }) => {
        app.use(web.routes).use(web.load);
        app.get('/printed', (c) => c.text(`${web.get(c)?.user.email} ${inspect({ ...c, env: null }, { depth: 9 })}`));
      },
    });
    const browser = await w.signedIn(email);
    expect((await browser.get('/printed')).body.split(email)).toHaveLength(2);
  });

  it('keeps answers for somebody out of caches that are a Response of the handler', async () => {
    const own = { 'Cache-Control': 'private, max-age=5' };
    const w = await world({
      build: ({ app, web }) => {
        app.use(web.routes);
        app.use(async (c, next) => {
          c.header('Vary', 'Accept-Encoding');
          c.header('Cache-Control', 'public, s-maxage=600');
          await next();
        });
        app.use(web.load);
        app.get('/raw', () => new Response('raw'));
        app.get('/own', (c) => c.text('own', 200, own));
        app.get('/raw-own', () => new Response('own', { headers: own }));
        app.get(
          '/handled',
          web.require({}, () => new Response('raw')),
        );
      },
    });
    const browser = await w.signedIn(email);
    const seen = async (path: string) => {
      const { headers } = await browser.get(path);
      return [headers.get('cache-control'), headers.get('vary')];
    };
    // Hono drops what earlier middleware set where a handler answers with a Response of its own.
    expect(await seen('/raw')).toEqual(['no-store', 'Cookie']);
    expect(await seen('/handled')).toEqual(['no-store', 'Cookie']);
    expect(await seen('/raw-own')).toEqual(['private, max-age=5', 'Cookie']);
    expect(await seen('/own')).toEqual(['private, max-age=5', 'Accept-Encoding, Cookie']);
  });

  it('is missed by get, whatever other middleware calls auth', async () => {
    const w = await world({
      build: ({ app, web }) =>
        void app.get('/', (c) => {
          c.set('auth' as never, { user: { id: 'forged' } } as never);
          return c.json(web.get(c));
        }),
    });
    expect((await w.browser().get('/')).status).toBe(500);
    expect(String(w.errors[0])).toBe('Error: web.get(c) has nothing to read: app.use(web.load) must run before');
  });
});

describe('require', () => {
  it('needs no requirement, and leaves under c.var.auth who was let in', async () => {
    const w = await world({
      build: ({ app, web }) => {
        app.use(web.routes);
        app.get('/me', web.require(), (c) => c.json(c.var.auth.user));
      },
    });
    expect((await w.browser().get('/me')).status).toBe(401);
    expect((await (await w.signedIn(email)).get('/me')).body.email).toBe(email);
  });

  it('opens no door to what other middleware calls auth', async () => {
    const w = await world({
      build: ({ app, web }) => {
        app.use(async (c, next) => {
          c.set('auth' as never, { user: { id: 'forged' }, session: { aal: 2 } } as never);
          await next();
        });
        app.get('/me', web.require(), (c) => c.json(c.var.auth.user));
      },
    });
    expect((await w.browser().get('/me')).status).toBe(401);
  });
});
