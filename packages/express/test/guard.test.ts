import { inspect } from 'node:util';
import { AuthProblem, createAuth, memoryStores, minutes, password, StoreUnavailableError } from '@sallyport/core';
import type { RequestHandler } from 'express';
import { describe, expect, it, vi } from 'vitest';
import { expressAuth } from '../src/index.ts';
import { frameworks, goodPassword, type Parts, world } from './harness.ts';

const email = 'alice@example.com';
const down = async (call: string) => {
  if (call.startsWith('session.')) throw new StoreUnavailableError(call, { cause: new Error('planned') });
};
const reads = (log: readonly string[]): number => log.filter((call) => call === 'session.get').length;

describe.each(frameworks)('$name: load', ({ express }) => {
  it('reads the store once a request, whoever asks how often, and sets no cookie', async () => {
    const w = await world(express, {
      build: ({ app, web }) => {
        app.use(web.router, web.load, web.load);
        const guard = web.require({});
        app.get(
          '/me',
          guard,
          web.require({ aal: 1 }, (req, res, me) => {
            res.json([me.user.email, web.get(req)?.user.email]);
          }),
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

  it('keeps answers for somebody out of caches, and leaves those for nobody alone', async () => {
    const w = await world(express, {
      build: ({ app, web }) => {
        app.use(web.router);
        app.use((_req, res, next) => {
          res.set('Vary', 'Accept-Encoding').set('Cache-Control', 'public, s-maxage=600');
          next();
        });
        app.use(web.load);
        app.get('/page', (_req, res) => void res.send('page'));
        app.get('/fails', () => {
          throw new Error('planned');
        });
        app.get('/own', (_req, res) => void res.set('Cache-Control', 'private, max-age=5').send('own'));
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
    expect(await seen('/own')).toEqual(['private, max-age=5', 'Accept-Encoding, Cookie']);
    expect(await seen('/page', w.browser())).toEqual(['public, s-maxage=600', 'Accept-Encoding, Cookie']);
  });

  it('is missed by get', async () => {
    const w = await world(express, {
      build: ({ app, web }) => void app.get('/', (req, res) => void res.json(web.get(req))),
    });
    expect((await w.browser().get('/')).status).toBe(500);
    expect(String(w.errors[0])).toBe('Error: web.get(req) has nothing to read: app.use(web.load) must run before');
  });

  it('does not mix up a hundred users at once', async () => {
    const w = await world(express, {
      registration: 'open',
      build: ({ app, web }) => {
        app.use(web.router, web.load);
        app.get(
          '/me',
          web.require({}, async (req, res, me) => {
            await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
            res.json([me.user.email, web.get(req)?.user.email]);
          }),
        );
        app.get('/who', (req, res) => void res.json(web.get(req)?.user.email ?? null));
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

describe.each(frameworks)('$name: an outage of the store', ({ express }) => {
  const ran = vi.fn();
  const build = ({ app, web }: Parts) => {
    app.use(web.router);
    const handler: RequestHandler = (_req, res) => {
      ran();
      res.send('ran');
    };
    app.get('/loaded', web.load, handler);
    app.get('/guarded', web.require({}), handler);
    app.get(
      '/required',
      web.require({}, (_req, res) => {
        ran();
        res.send('ran');
      }),
    );
    app.get('/exact', web.load, web.require({ live: true }), handler);
  };

  it.each(['/loaded', '/guarded', '/required', '/exact', '/auth/session', '/auth/sessions'])(
    'is one 503 on %s, never "anonymous", and over when it is over',
    async (path) => {
      const w = await world(express, { build });
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
    const w = await world(express, { build });
    const browser = await w.signedIn(email);
    ran.mockClear();
    w.before = () => Promise.reject(new Error('planned'));
    for (const path of ['/loaded', '/guarded', '/required', '/exact', '/auth/session']) {
      expect((await browser.get(path)).body.code).toBe('internal');
    }
    expect([ran.mock.calls.length, w.errors]).toEqual([0, []]);
  });

  it('that is no refusal of ours goes to the error handler', async () => {
    for (const fault of [new Error('planned'), undefined]) {
      const w = await world(express, {
        build: ({ app, web, auth }) => {
          Object.assign(auth, {
            authenticate: () => Promise.reject(fault),
            require: () => Promise.reject(fault),
            csrf: () => Promise.reject(fault),
          });
          app.get('/loaded', web.load, (_req, res) => void res.send('ran'));
          app.get('/guarded', web.require({}), (_req, res) => void res.send('ran'));
          app.get('/checked', web.csrf(), (_req, res) => void res.send('ran'));
        },
      });
      for (const path of ['/loaded', '/guarded', '/checked']) {
        expect((await w.browser().get(path)).body).toBe('the error handler of the application');
      }
      expect(w.errors).toHaveLength(3);
    }
  });
});

describe.each(frameworks)('$name: require', ({ express }) => {
  it('answers 401 and 403 with what is missing', async () => {
    const w = await world(express, {
      build: ({ app, web }) => {
        app.use(web.router);
        app.get('/strict', web.require({ aal: 2 }), (_req, res) => void res.send('in'));
        app.get('/loaded', web.load, web.require({ aal: 2 }), (_req, res) => void res.send('in'));
        app.get('/open', web.require({}), (req, res) => void res.json(web.get(req)?.user.email));
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
    const w = await world(express, {
      clock: { now: () => now },
      build: ({ app, web }) => {
        app.use(web.router, web.load);
        app.get('/fresh', web.require({ fresh: minutes(5) }), (_req, res) => void res.send('in'));
        app.get('/live', web.require({ live: true }), (_req, res) => void res.send('in'));
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

  it('hands what a handler throws to the error handler, once', async () => {
    const thrown = new Error('planned');
    const passed: unknown[] = [];
    const refusal = new AuthProblem({ type: 'x:', title: 'x', status: 403, code: 'not_found', requestId: 'r' }, []);
    const w = await world(express, {
      build: ({ app, web }) => {
        app.use(web.router);
        const counted =
          (guard: RequestHandler): RequestHandler =>
          (req, res, next) =>
            guard(req, res, (error?: unknown) => {
              passed.push(error);
              next(error);
            });
        const throws = web.require({}, () => {
          throw thrown;
        });
        const rejects = web.require({}, async () => {
          await Promise.resolve();
          throw thrown;
        });
        const refuses = web.require({}, () => {
          throw refusal;
        });
        const vague = web.require({}, () => Promise.reject());
        app.get('/a', counted(throws));
        app.get('/b', web.load, counted(throws));
        app.get('/c', counted(rejects));
        app.get('/d', web.load, counted(rejects));
        app.get('/e', counted(refuses));
        app.get('/f', counted(vague));
      },
    });
    const browser = await w.signedIn(email);
    for (const path of ['/a', '/b', '/c', '/d', '/e', '/f']) {
      expect((await browser.get(path)).body).toBe('the error handler of the application');
    }
    expect(w.errors.slice(0, 4)).toEqual([thrown, thrown, thrown, thrown]);
    expect(w.errors[4]).toBe(refusal);
    expect(passed).toEqual(w.errors);
    expect(w.errors).toHaveLength(6);
  });

  it('waits for what is no promise but can be waited for, as query builders are', async () => {
    const asked: string[] = [];
    const w = await world(express, {
      build: ({ app, web }) => {
        const lazily = web.require({}, (req) => ({
          // biome-ignore lint/suspicious/noThenProperty: what is tested
          then: (_done: unknown, fail: (error: Error) => void) => {
            asked.push(req.path);
            fail(new Error('planned'));
          },
        }));
        app.use(web.router);
        app.get('/a', lazily);
        app.get('/b', web.load, lazily);
      },
    });
    const browser = await w.signedIn(email);
    for (const path of ['/a', '/b']) {
      expect((await browser.get(path)).body).toBe('the error handler of the application');
    }
    expect(asked).toEqual(['/a', '/b']);
    expect(w.errors.map(String)).toEqual(['Error: planned', 'Error: planned']);
  });

  it('takes nothing from what another instance found', async () => {
    const w = await world(express, {
      build: ({ app, web }) => {
        const other = createAuth({
          origin: 'https://app.example.com',
          mode: 'development',
          secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
          stores: memoryStores(),
          notifier: { send: async () => {} },
          features: [password()],
        });
        const elsewhere = expressAuth(other);
        app.use(web.router, web.load);
        app.get('/here', web.require({}), (_req, res) => void res.send('here'));
        app.get('/there', elsewhere.require({}), (_req, res) => void res.send('there'));
        app.get('/both', elsewhere.load, (req, res) => void res.json([web.get(req)?.user.email, elsewhere.get(req)]));
      },
    });
    const browser = await w.signedIn(email);
    expect((await browser.get('/here')).body).toBe('here');
    expect((await browser.get('/there')).status).toBe(401);
    expect((await browser.get('/both')).body).toEqual([email, null]);
  });

  it('asks anew of a request that is copied or derived from one that it knows, with headers of its own', async () => {
    const told: unknown[] = [];
    const w = await world(express, {
      build: ({ app, web }) => {
        const guarded = web.require({}, (_req, res, me) => {
          told.push(me.user.email);
          res.end();
        });
        app.use(web.router, web.load);
        app.get('/batch', (req, res) => {
          const headers = { host: 'app.example.com' };
          const derived: typeof req = Object.create(req, { headers: { value: headers } });
          web.load(derived, res, () => {
            told.push(web.get(derived));
            guarded({ ...req, headers } as typeof req, res, () => {});
          });
        });
      },
    });
    const browser = await w.signedIn(email);
    expect((await browser.get('/batch')).status).toBe(401);
    expect(told).toEqual([null]);
  });

  it('keeps who is signed in out of what prints a request', async () => {
    const w = await world(express, {
      build: ({ app, web }) => {
        app.use(web.router, web.load);
        app.get('/printed', (req, res) => void res.send(inspect(req, { depth: 9 })));
      },
    });
    const browser = await w.signedIn(email);
    expect((await browser.get('/printed')).body).not.toContain(email);
  });

  it('does not answer over an answer that was given', async () => {
    const w = await world(express, {
      build: ({ app, web }) => {
        const early: RequestHandler = (_req, res, next) => {
          res.send('early');
          next();
        };
        app.use(early, web.router, web.load);
        app.get('/me', web.require({}));
      },
    });
    const browser = w.browser();
    for (const path of ['/auth/session', '/me']) expect((await browser.get(path)).body).toBe('early');
    expect(w.errors).toEqual([]);
  });
});
