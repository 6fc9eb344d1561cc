import { beforeEach, describe, expect, it, vi } from 'vitest';
import { lateRoute } from '../src/http/late-routes.ts';
import { reply, route } from '../src/http/route.ts';
import { heads } from '../src/http/routes/heads.ts';
import { AuthProblem, type Feature } from '../src/index.ts';
import { once } from '../src/primitives/on-demand.ts';
import { newBrowser, world } from './harness.ts';

const missing = 'Failed to fetch dynamically imported module';

/** Whether what ends sessions and accounts comes. */
const endings = vi.hoisted(() => ({ come: true }));
vi.mock('../src/composition/endings.ts', async (original) => {
  const real = await original<typeof import('../src/composition/endings.ts')>();
  const load: typeof real.endings = (...needs) => {
    if (!endings.come) throw new TypeError(missing);
    return real.endings(...needs);
  };
  return { endings: load };
});
beforeEach(() => {
  endings.come = true;
});

/** How often the modules were made that neither a sign-in nor a check asks. */
const modules = vi.hoisted(() => ({ made: 0 }));
vi.mock('../src/composition/late-modules.ts', async (original) => {
  const real = await original<typeof import('../src/composition/late-modules.ts')>();
  const make: typeof real.lateModules = (needs) => {
    modules.made += 1;
    return real.lateModules(needs);
  };
  return { lateModules: make };
});

/** A feature whose only route comes at the second try. */
const late = (): { readonly feature: Feature; readonly loads: () => number } => {
  let loads = 0;
  const load = once(async () => {
    loads += 1;
    if (loads === 1) throw new TypeError(missing);
    return [route({ ...heads.sendVerification, input: {}, run: async () => reply(202, { status: 'check_email' }) })];
  });
  const feature: Feature = {
    name: 'password',
    install: () => ({ routes: [lateRoute(load)(heads.sendVerification)], pages: [] }),
  };
  return { feature, loads: () => loads };
};

describe('what is loaded before an answer', () => {
  const known = 'ann@example.com';
  const madeBy = async (path: string, body: object): Promise<readonly number[]> => {
    const first = world();
    await first.signedIn(known);
    const w = world({ inner: first.stores, clock: first.clock });
    modules.made = 0;
    await newBrowser(w.auth).post(path, body);
    const before = modules.made;
    await w.auth.drain();
    return [before, modules.made];
  };

  it.each([
    ['/login', { password: 'wrong but long enough' }, 0],
    ['/register', { password: 'correct horse battery 9' }, 1],
    ['/forgot-password', {}, 1],
    ['/verify-email/send', {}, 1],
  ] as const)('ENUM-01: %s: the same for a known account as for an unknown one', async (path, body, expected) => {
    // Before the answer and after it: what one of them leaves loaded, the time of the next request tells.
    const ofKnown = await madeBy(path, { ...body, email: known });
    const ofUnknown = await madeBy(path, { ...body, email: 'nobody@example.com' });
    expect([ofKnown, ofUnknown]).toEqual([
      [expected, expected],
      [expected, expected],
    ]);
  });
});

describe('a part that does not come', () => {
  it('is an outage, 503 with Retry-After, and the next request asks for it again, once', async () => {
    const { feature, loads } = late();
    const w = world({ features: [feature] });
    const browser = newBrowser(w.auth);
    const refused = await browser.post('/verify-email/send', {});
    const retryAfter = refused.headers.get('retry-after');
    expect([refused.status, refused.body.code, retryAfter]).toEqual([503, 'store_unavailable', '5']);
    expect(JSON.stringify(refused.body)).not.toContain(missing);
    expect(w.events.filter(({ name }) => name === 'request.failed')).toMatchObject([
      { code: 'store_unavailable', data: { error: 'LoadError' } },
    ]);
    expect((await browser.post('/verify-email/send', {})).status).toBe(202);
    expect((await browser.post('/verify-email/send', {})).status).toBe(202);
    expect(loads()).toBe(2);
  });

  it('signs nobody out', async () => {
    const w = world();
    const browser = await w.signedIn('ann@example.com');
    endings.come = false;
    const refused = await browser.post('/logout', {});
    expect([refused.status, refused.cookies]).toEqual([503, []]);
    expect(await w.auth.authenticate(browser.headers())).not.toBeNull();
    endings.come = true;
    expect((await browser.post('/logout', {})).status).toBe(204);
  });

  it('is thrown to server code as the same problem, by every operation', async () => {
    endings.come = false;
    const { api } = world().auth;
    const calls = [
      () => api.logout({}, new Headers()),
      () => api.setDisabled('usr_1', true),
      () => api.revokeAll('usr_1'),
      () => api.deleteUser('usr_1'),
      () => api.startReset('usr_1'),
      () => api.resetFactors('usr_1'),
    ];
    for (const call of calls) {
      const refused: unknown = await call().catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(AuthProblem);
      expect((refused as AuthProblem).problem).toMatchObject({ status: 503, code: 'store_unavailable' });
    }
    endings.come = true;
    for (const call of calls.slice(1)) await expect(call()).rejects.toMatchObject({ problem: { code: 'not_found' } });
  });
});
