import { inspect } from 'node:util';
import { AuthProblem, minutes, StoreUnavailableError } from '@sallyport/core';
import type { Handler } from 'hono';
import { describe, expect, it, vi } from 'vitest';
import { goodPassword, type Parts, world } from './harness.ts';

const email = 'alice@example.com';
const down = async (call: string) => {
  if (call.startsWith('session.')) throw new StoreUnavailableError(call, { cause: new Error('planned') });
};
const reads = (log: readonly string[]): number => log.filter((call) => call === 'session.get').length;

describe('load', () => {
  it('reads the store once a request, whoever asks how often, and sets no cookie', async () => {
    const w = await world({
      build: ({ app, web }) => {
        app.use(web.routes).use(web.load).use(web.load);
        const guard = web.require({});
        app.get(
          '/me',
          guard,
          web.require({ aal: 1 }, (c, me) => c.json([me.user.email, web.get(c)?.user.email])),
        );
      },
    });
    const browser = await w.signedIn(email);
    w.log.length = 0;
    const answer = await browser.get('/me');
    expect(answer.body).toEqual([email, email]);
    expect(w.log).toEqual(['session.get', 'credential.get', 'users.get']);
    expect(answer.cookies).toEqual([]);
    w.log.length = 0;
    expect((await w.browser().get('/me')).status).toBe(401);
    expect(w.log).toEqual([]);
  });

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

  it('keeps answers for somebody out of caches, and leaves those for nobody alone', async () => {
    const w = await world({
      build: ({ app, web }) => {
        app.use(web.routes);
        app.use(async (c, next) => {
          c.header('Vary', 'Accept-Encoding');
          c.header('Cache-Control', 'public, s-maxage=600');
          await next();
        });
        app.use(web.load);
        app.get('/page', (c) => c.text('page'));
        app.get('/raw', () => new Response('raw'));
        app.get('/fails', () => {
          throw new Error('planned');
        });
        app.get('/own', (c) => c.text('own', 200, { 'Cache-Control': 'private, max-age=5' }));
        app.get('/raw-own', () => new Response('own', { headers: { 'cache-control': 'private, max-age=5' } }));
        app.get(
          '/handled',
          web.require({}, () => new Response('raw')),
        );
      },
    });
    const browser = await w.signedIn(email);
    const seen = async (path: string, asker = browser) => {
      const { headers } = await asker.get(path);
      return [headers.get('cache-control'), headers.get('vary')];
    };
    expect(await seen('/page')).toEqual(['no-store', 'Accept-Encoding, Cookie']);
    expect(await seen('/fails')).toEqual(['no-store', 'Accept-Encoding, Cookie']);
    expect(await seen('/nowhere')).toEqual(['no-store', 'Accept-Encoding, Cookie']);
    // Hono drops what earlier middleware set where a handler answers with a Response of its own.
    expect(await seen('/raw')).toEqual(['no-store', 'Cookie']);
    expect(await seen('/handled')).toEqual(['no-store', 'Cookie']);
    expect(await seen('/raw-own')).toEqual(['private, max-age=5', 'Cookie']);
    expect(await seen('/own')).toEqual(['private, max-age=5', 'Accept-Encoding, Cookie']);
    expect(await seen('/page', w.browser())).toEqual(['public, s-maxage=600', 'Accept-Encoding, Cookie']);
  });

  it('is missed by get', async () => {
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

  it('does not mix up a hundred users at once', async () => {
    const w = await world({
      registration: 'open',
      build: ({ app, web }) => {
        app.use(web.routes).use(web.load);
        app.get(
          '/me',
          web.require({}, async (c, me) => {
            await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
            return c.json([me.user.email, web.get(c)?.user.email]);
          }),
        );
        app.get('/who', (c) => c.json(web.get(c)?.user.email ?? null));
      },
    });
    const users = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const browser = w.browser();
        const address = `user${n}@example.com`;
        expect((await browser.post('/auth/register', { email: address, password: goodPassword })).status).toBe(201);
        return { browser, address };
      }),
    );
    w.before = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
    const answers = users.map(async ({ browser, address }) => {
      const [me, session, nobody] = await Promise.all([
        browser.get('/me'),
        browser.get('/auth/session'),
        w.browser().get('/who'),
      ]);
      expect([me.body, session.body.user.email, nobody.body]).toEqual([[address, address], address, null]);
    });
    await Promise.all(answers);
  });
});

describe('an outage of the store', () => {
  const ran = vi.fn();
  const build = ({ app, web }: Parts) => {
    app.use(web.routes);
    const handler: Handler = (c) => {
      ran();
      return c.text('ran');
    };
    app.get('/loaded', web.load, handler);
    app.get('/guarded', web.require({}), handler);
    app.get(
      '/required',
      web.require({}, (c) => {
        ran();
        return c.text('ran');
      }),
    );
    app.get('/exact', web.load, web.require({ live: true }), handler);
  };

  it.each(['/loaded', '/guarded', '/required', '/exact', '/auth/session', '/auth/sessions'])(
    'is one 503 on %s, never "anonymous", and over when it is over',
    async (path) => {
      const w = await world({ build });
      const browser = await w.signedIn(email);
      ran.mockClear();
      w.before = down;
      const answer = await browser.get(path);
      expect([answer.status, answer.body.code]).toEqual([503, 'store_unavailable']);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect([answer.headers.get('retry-after'), answer.headers.get('cache-control')]).toEqual(['5', 'no-store']);
      expect([ran.mock.calls.length, w.errors]).toEqual([0, []]);
      w.before = async () => {};
      expect((await browser.get(path)).status).toBe(200);
    },
  );

  it('of an unforeseen kind is a 500 that lets nobody in', async () => {
    const w = await world({ build });
    const browser = await w.signedIn(email);
    ran.mockClear();
    w.before = () => Promise.reject(new Error('planned'));
    for (const path of ['/loaded', '/guarded', '/required', '/exact', '/auth/session']) {
      expect((await browser.get(path)).body.code).toBe('internal');
    }
    expect([ran.mock.calls.length, w.errors]).toEqual([0, []]);
  });

  it('that is no refusal of ours goes to the error handler', async () => {
    for (const fault of [new Error('planned')]) {
      const w = await world({
        build: ({ app, web, auth }) => {
          Object.assign(auth, {
            authenticate: () => Promise.reject(fault),
            require: () => Promise.reject(fault),
            csrf: () => Promise.reject(fault),
          });
          app.get('/loaded', web.load, (c) => c.text('ran'));
          app.get('/guarded', web.require({}), (c) => c.text('ran'));
          app.get('/checked', web.csrf(), (c) => c.text('ran'));
        },
      });
      for (const path of ['/loaded', '/guarded', '/checked']) {
        expect((await w.browser().get(path)).body).toBe('the error handler of the application');
      }
      expect(w.errors).toHaveLength(3);
    }
  });
});

describe('require', () => {
  it('answers 401 and 403 with what is missing', async () => {
    const w = await world({
      build: ({ app, web }) => {
        app.use(web.routes);
        app.get('/strict', web.require({ aal: 2 }), (c) => c.text('in'));
        app.get('/loaded', web.load, web.require({ aal: 2 }), (c) => c.text('in'));
        app.get('/open', web.require({}), (c) => c.json(web.get(c)?.user.email));
      },
    });
    const browser = await w.signedIn(email);
    for (const path of ['/strict', '/loaded']) {
      const answer = await browser.get(path);
      expect([answer.status, answer.body.code, answer.body.need]).toEqual([403, 'step_up_required', { aal: 2 }]);
      expect([answer.headers.get('cache-control'), answer.headers.get('vary')]).toEqual(['no-store', 'Cookie, Origin']);
      expect((await w.browser().get(path)).body.code).toBe('unauthenticated');
    }
    const open = await browser.get('/open');
    expect([open.body, open.headers.get('cache-control'), open.headers.get('vary')]).toEqual([
      email,
      'no-store',
      'Cookie',
    ]);
  });

  it('asks the store again where freshness or liveness is asked for', async () => {
    let now = Date.now();
    const w = await world({
      clock: { now: () => now },
      build: ({ app, web }) => {
        app.use(web.routes).use(web.load);
        app.get('/fresh', web.require({ fresh: minutes(5) }), (c) => c.text('in'));
        app.get('/live', web.require({ live: true }), (c) => c.text('in'));
      },
    });
    const browser = await w.signedIn(email);
    for (const path of ['/fresh', '/live']) {
      w.log.length = 0;
      expect((await browser.get(path)).status).toBe(200);
      expect(reads(w.log)).toBe(2);
    }
    now += minutes(5);
    expect((await browser.get('/fresh')).body.code).toBe('step_up_required');
    expect((await browser.get('/live')).status).toBe(200);
  });

  it('hands what a handler throws to app.onError', async () => {
    const thrown = new Error('planned');
    const refusal = new AuthProblem({ type: 'x:', title: 'x', status: 403, code: 'not_found', requestId: 'r' }, []);
    const w = await world({
      build: ({ app, web }) => {
        app.use(web.routes);
        const fails = (error: Error) =>
          web.require({}, async () => {
            throw error;
          });
        app.get('/a', fails(thrown));
        app.get('/b', web.load, fails(thrown));
        app.get('/c', fails(refusal));
      },
    });
    const browser = await w.signedIn(email);
    for (const path of ['/a', '/b', '/c']) {
      expect((await browser.get(path)).body).toBe('the error handler of the application');
    }
    expect(w.errors).toEqual([thrown, thrown, refusal]);
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
