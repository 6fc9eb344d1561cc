import { inspect } from 'node:util';
import { createAuth, memoryStores, password } from '@sallyport/core';
import type { RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { errorPage } from '../../core/test/adapter/adapter.ts';
import { expressAuth } from '../src/index.ts';
import { frameworks, origin, testSecrets, world } from './harness.ts';

const email = 'alice@example.com';

describe.each(frameworks)('$name: an outage of the store', ({ express }) => {
  it('that rejects without a reason goes to the error handler', async () => {
    const vague = () => Promise.reject();
    const w = await world(express, {
      build: ({ app, web, auth }) => {
        Object.assign(auth, { authenticate: vague, require: vague, csrf: vague });
        app.get('/loaded', web.load, (_req, res) => void res.send('ran'));
        app.get('/guarded', web.require({}), (_req, res) => void res.send('ran'));
        app.get('/checked', web.csrf(), (_req, res) => void res.send('ran'));
      },
    });
    for (const path of ['/loaded', '/guarded', '/checked']) {
      expect((await w.browser().get(path)).body).toBe(errorPage);
    }
    expect(w.errors).toHaveLength(3);
  });
});

describe.each(frameworks)('$name: require', ({ express }) => {
  it('hands what a handler throws to the error handler, once', async () => {
    const thrown = new Error('planned');
    const passed: unknown[] = [];
    const counted =
      (guard: RequestHandler): RequestHandler =>
      (req, res, next) =>
        guard(req, res, (error?: unknown) => {
          passed.push(error);
          next(error);
        });
    const w = await world(express, {
      build: ({ app, web }) => {
        app.use(web.router);
        const throws = web.require({}, () => {
          throw thrown;
        });
        const rejects = web.require({}, async () => {
          await Promise.resolve();
          throw thrown;
        });
        const vague = web.require({}, () => Promise.reject());
        for (const [name, handler] of Object.entries({ throws, rejects, vague })) {
          app.get(`/asked/${name}`, counted(handler));
          app.get(`/known/${name}`, web.load, counted(handler));
        }
      },
    });
    const browser = await w.signedIn(email);
    for (const name of ['throws', 'rejects', 'vague']) {
      for (const way of ['asked', 'known']) {
        expect((await browser.get(`/${way}/${name}`)).body).toBe(errorPage);
      }
    }
    expect(w.errors.slice(0, 4)).toEqual([thrown, thrown, thrown, thrown]);
    expect(w.errors.slice(4).map(String)).toEqual(Array(2).fill('Error: rejected without a reason'));
    expect(passed).toEqual(w.errors);
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
      expect((await browser.get(path)).body).toBe(errorPage);
    }
    expect(asked).toEqual(['/a', '/b']);
    expect(w.errors.map(String)).toEqual(['Error: planned', 'Error: planned']);
  });

  it('takes nothing from what another instance found', async () => {
    const w = await world(express, {
      build: ({ app, web }) => {
        const other = createAuth({
          origin,
          mode: 'development',
          secrets: testSecrets,
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
