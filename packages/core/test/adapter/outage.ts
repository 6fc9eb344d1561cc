import { describe, expect, it, vi } from 'vitest';
import { StoreUnavailableError } from '../../src/index.ts';
import { type Adapter, errorPage, type Site } from './adapter.ts';
import { world } from './world.ts';

const email = 'alice@example.com';
const down = async (call: string): Promise<void> => {
  if (call.startsWith('session.')) throw new StoreUnavailableError(call, { cause: new Error('planned') });
};

export const outageCases = (adapter: Adapter): void => {
  describe('an outage of the store', () => {
    const ran = vi.fn();
    const handler = () => {
      ran();
      return 'ran';
    };
    const build = (site: Site) => {
      site.routes();
      site.on('/loaded', ['load'], handler);
      site.on('/guarded', [{}], handler);
      site.on('/required', [], { need: {}, run: handler });
      site.on('/exact', ['load', { live: true }], handler);
    };

    it.each(['/loaded', '/guarded', '/required', '/exact', '/auth/session', '/auth/sessions'])(
      'is one 503 on %s, never "anonymous", and over when it is over',
      async (path) => {
        const w = await world(adapter, { build });
        const browser = await w.signedIn(email);
        ran.mockClear();
        w.before = down;
        const { status, body, headers } = await browser.get(path);
        expect([status, body.code]).toEqual([503, 'store_unavailable']);
        expect(headers.get('content-type')).toBe('application/problem+json');
        expect([headers.get('retry-after'), headers.get('cache-control')]).toEqual(['5', 'no-store']);
        expect([ran.mock.calls.length, w.errors]).toEqual([0, []]);
        w.before = async () => {};
        expect((await browser.get(path)).status).toBe(200);
      },
    );

    it('of an unforeseen kind is a 500 that lets nobody in', async () => {
      const w = await world(adapter, { build });
      const browser = await w.signedIn(email);
      ran.mockClear();
      w.before = () => Promise.reject(new Error('planned'));
      for (const path of ['/loaded', '/guarded', '/required', '/exact', '/auth/session']) {
        expect((await browser.get(path)).body.code).toBe('internal');
      }
      expect([ran.mock.calls.length, w.errors]).toEqual([0, []]);
    });

    it('that is no refusal of ours goes to the error handler', async () => {
      const fault = new Error('planned');
      const fails = () => Promise.reject(fault);
      const w = await world(adapter, {
        build: (site, auth) => {
          Object.assign(auth, { authenticate: fails, require: fails, csrf: fails });
          site.on('/loaded', ['load'], handler);
          site.on('/guarded', [{}], handler);
          site.on('/checked', ['csrf'], handler);
        },
      });
      ran.mockClear();
      for (const path of ['/loaded', '/guarded', '/checked']) {
        expect((await w.browser().get(path)).body).toBe(errorPage);
      }
      expect([w.errors, ran.mock.calls.length]).toEqual([[fault, fault, fault], 0]);
    });
  });
};
