import { describe, expect, it } from 'vitest';
import { AuthProblem, minutes } from '../../src/index.ts';
import { testClock } from '../harness.ts';
import { type Adapter, errorPage } from './adapter.ts';
import { goodPassword, world } from './world.ts';

const email = 'alice@example.com';
const reads = (log: readonly string[]): number => log.filter((call) => call === 'session.get').length;
const within = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * ms));

export const guardCases = (adapter: Adapter): void => {
  describe('load', () => {
    it('reads the store once a request, whoever asks how often, and sets no cookie', async () => {
      const w = await world(adapter, {
        build: (site) => {
          site.routes();
          site.load();
          site.load();
          site.on('/me', [{}], {
            need: { aal: 1 },
            run: ({ me, known }) => [me?.user.email, known()?.user.email],
          });
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
      const w = await world(adapter, {
        build: (site) => {
          site.routes();
          site.sets({ Vary: 'Accept-Encoding', 'Cache-Control': 'public, s-maxage=600' });
          site.load();
          site.on('/page', [], () => 'page');
          site.on('/fails', [], () => {
            throw new Error('planned');
          });
          site.on('/own', [], ({ set }) => {
            set('Cache-Control', 'private, max-age=5');
            return 'own';
          });
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
      const w = await world(adapter, { build: (site) => site.on('/', [], ({ known }) => known()) });
      expect((await w.browser().get('/')).status).toBe(500);
      expect(String(w.errors[0])).toMatch(
        /^Error: web\.get\(\w+\) has nothing to read: app\.use\(web\.load\) must run before$/,
      );
    });

    it('does not mix up a hundred users at once', async () => {
      const w = await world(adapter, {
        registration: 'open',
        build: (site) => {
          site.routes();
          site.load();
          site.on('/me', [], {
            need: {},
            run: async ({ me, known }) => {
              await within(10);
              return [me?.user.email, known()?.user.email];
            },
          });
          site.on('/who', [], ({ known }) => known()?.user.email ?? null);
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
      w.before = () => within(10);
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

  describe('require', () => {
    it('answers 401 and 403 with what is missing', async () => {
      const w = await world(adapter, {
        build: (site) => {
          site.routes();
          site.on('/strict', [{ aal: 2 }], () => 'in');
          site.on('/loaded', ['load', { aal: 2 }], () => 'in');
          site.on('/open', [{}], ({ known }) => known()?.user.email);
        },
      });
      const browser = await w.signedIn(email);
      for (const path of ['/strict', '/loaded']) {
        const { status, body, headers } = await browser.get(path);
        expect([status, body.code, body.need]).toEqual([403, 'step_up_required', { aal: 2 }]);
        expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['no-store', 'Cookie, Origin']);
        expect((await w.browser().get(path)).body.code).toBe('unauthenticated');
      }
      const { body, headers } = await browser.get('/open');
      expect([body, headers.get('cache-control'), headers.get('vary')]).toEqual([email, 'no-store', 'Cookie']);
    });

    it('asks the store again where freshness or liveness is asked for', async () => {
      const clock = testClock();
      const w = await world(adapter, {
        clock,
        build: (site) => {
          site.routes();
          site.load();
          site.on('/fresh', [{ fresh: minutes(5) }], () => 'in');
          site.on('/live', [{ live: true }], () => 'in');
        },
      });
      const browser = await w.signedIn(email);
      for (const path of ['/fresh', '/live']) {
        w.log.length = 0;
        expect((await browser.get(path)).status).toBe(200);
        expect(reads(w.log)).toBe(2);
      }
      clock.advance(minutes(5));
      expect((await browser.get('/fresh')).body.code).toBe('step_up_required');
      expect((await browser.get('/live')).status).toBe(200);
    });

    it('hands what a handler throws to the error handler', async () => {
      const thrown = new Error('planned');
      const refusal = new AuthProblem({ type: 'x:', title: 'x', status: 403, code: 'not_found', requestId: 'r' }, []);
      const throws = (error: Error) => () => {
        throw error;
      };
      const rejects = (error: Error) => async () => {
        await Promise.resolve();
        throw error;
      };
      const handlers = [throws(thrown), rejects(thrown), throws(refusal), rejects(refusal)];
      const w = await world(adapter, {
        build: (site) => {
          site.routes();
          for (const [n, run] of handlers.entries()) {
            site.on(`/asked/${n}`, [], { need: {}, run });
            site.on(`/known/${n}`, ['load'], { need: {}, run });
          }
        },
      });
      const browser = await w.signedIn(email);
      for (const way of ['asked', 'known']) {
        w.errors.length = 0;
        for (const n of handlers.keys()) expect((await browser.get(`/${way}/${n}`)).body).toBe(errorPage);
        expect(w.errors).toHaveLength(4);
        expect(w.errors.map((error, n) => error === (n < 2 ? thrown : refusal))).toEqual([true, true, true, true]);
      }
    });
  });
};
