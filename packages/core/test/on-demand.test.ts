import { describe, expect, it } from 'vitest';
import { lateRoute } from '../src/http/late-routes.ts';
import { reply, route } from '../src/http/route.ts';
import { heads } from '../src/http/routes/heads.ts';
import { AuthProblem, type Feature } from '../src/index.ts';
import { once } from '../src/primitives/on-demand.ts';
import { newBrowser, world } from './harness.ts';

/** A feature whose only route comes at the second try. */
const late = (): { readonly feature: Feature; readonly loads: () => number } => {
  let loads = 0;
  const load = once(async () => {
    loads += 1;
    if (loads === 1) throw new TypeError('Failed to fetch dynamically imported module');
    return [route({ ...heads.sendVerification, input: {}, run: async () => reply(202, { status: 'check_email' }) })];
  });
  const feature: Feature = {
    name: 'password',
    install: () => ({ routes: [lateRoute(load)(heads.sendVerification)], pages: [] }),
  };
  return { feature, loads: () => loads };
};

describe('a part that does not come', () => {
  it('is an outage, 503 with Retry-After, and the next request asks for it again', async () => {
    const { feature, loads } = late();
    const w = world({ features: [feature] });
    const browser = newBrowser(w.auth);
    const refused = await browser.post('/verify-email/send', {});
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      ...[503, 'store_unavailable', '5'],
    ]);
    expect(JSON.stringify(refused.body)).not.toContain('imported module');
    expect(w.events.filter(({ name }) => name === 'request.failed')).toMatchObject([{ code: 'store_unavailable' }]);
    expect((await browser.post('/verify-email/send', {})).status).toBe(202);
    expect((await browser.post('/verify-email/send', {})).status).toBe(202);
    expect(loads()).toBe(2);
  });

  it('is thrown to server code as the same problem', async () => {
    const { feature } = late();
    const { api } = world({ features: [feature] }).auth;
    const refused: unknown = await api.sendVerification({ email: 'a@b.example' }, new Headers()).catch((e) => e);
    expect(refused).toBeInstanceOf(AuthProblem);
    expect((refused as AuthProblem).problem).toMatchObject({ status: 503, code: 'store_unavailable' });
  });
});
