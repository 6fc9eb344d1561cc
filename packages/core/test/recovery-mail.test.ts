import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStores } from '../src/index.ts';
import { goodPassword, newBrowser, otherPassword, world } from './harness.ts';
import { isAlive, probe, sessionCookieOf, userOf } from './probes.ts';
import { liveLink } from './recovery.ts';

const email = 'alice@example.com';

const unhandled: unknown[] = [];
const listen = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', listen);
});
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 0));
  process.off('unhandledRejection', listen);
  expect(unhandled).toEqual([]);
});

const mailers = {
  rejects: async () => Promise.reject(new Error('smtp: 550')),
  'throws at once': () => {
    throw new Error('smtp: no route');
  },
  hangs: () => new Promise<void>(() => {}),
} as const;

const redeem = async (path: string, send?: (typeof mailers)[keyof typeof mailers]) => {
  const inner = memoryStores();
  const first = world({ inner });
  const alice = await first.signedIn(email);
  const token = await liveLink(first, alice, email, path);
  const w = send === undefined ? world({ inner }) : world({ inner, notifier: { send } });
  const headers = { cookie: alice.headers().get('cookie') ?? '' };
  const body = { token, ...(path === '/reset-password' ? { password: otherPassword } : {}) };
  const { work, ...seen } = await probe(w, path, { body, headers });
  return { w, seen, work, alice };
};

describe.each(Object.keys(mailers) as (keyof typeof mailers)[])('S17 ENUM-03: a notifier that %s', (way) => {
  it.each(['/reset-password', '/change-email/confirm', '/change-email/revert'])(
    'shows in no answer of %s, and stops nothing of what it does',
    async (path) => {
      const healthy = await redeem(path);
      const sick = await redeem(path, mailers[way]);
      expect([sick.seen.status, sick.seen, sick.work]).toEqual([204, healthy.seen, healthy.work]);
      if (way !== 'hangs') {
        await sick.w.auth.drain();
        expect(sick.w.events.filter(({ name }) => name === 'notifier.failed').length).toBeGreaterThan(0);
      }
      expect(JSON.stringify(sick.w.events)).not.toMatch(/smtp|evil|token/);
      const next = newBrowser(sick.w.auth, '203.0.113.9');
      const at = path === '/change-email/confirm' ? `next.${email}` : email;
      const password = path === '/reset-password' ? otherPassword : goodPassword;
      const login = await next.post('/login', { email: at, password });
      expect(login.status).toBe(path === '/change-email/revert' ? 401 : 200);
    },
  );

  it('a deletion mails nobody, so that it cannot fail by it', async () => {
    const inner = memoryStores();
    const alice = await world({ inner }).signedIn(email);
    const w = world({ inner, notifier: { send: mailers[way] } });
    const cookie = sessionCookieOf(alice);
    const { status } = await probe(w, '/account', {
      method: 'DELETE',
      headers: { cookie: `__Host-session=${cookie}` },
    });
    expect([status, await isAlive(w, cookie)]).toEqual([204, false]);
    expect(w.events.map(({ name }) => name)).toEqual(['account.disabled', 'account.deleted']);
  });
});

describe('server code', () => {
  it('has the same operations by auth.api, with the cookies to apply', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const { api } = w.auth;
    expect(await api.forgotPassword({ email }, new Headers())).toEqual({
      value: { status: 'check_email' },
      cookies: [],
    });
    await w.auth.drain();
    const token = w.tokenFor(email, 'reset_password');
    const reset = await api.resetPassword({ token, password: otherPassword }, new Headers());
    expect([reset.value, reset.cookies.length]).toEqual([null, 1]);
    await alice.post('/login', { email, password: otherPassword });
    expect((await api.changeEmail({ email: 'next@example.com' }, alice.headers())).value).toEqual({
      status: 'check_email',
    });
    await w.auth.drain();
    const change = w.tokenFor('next@example.com', 'change_email');
    const changed = await api.confirmEmailChange({ token: change }, alice.headers());
    expect(changed.cookies.map((cookie) => cookie.split('=')[0])).toEqual(['__Host-session']);
    await w.auth.drain();
    const back = w.tokenFor(email, 'email_changed');
    expect(await api.revertEmailChange({ token: back }, new Headers())).toEqual({ value: null, cookies: [] });
    await w.auth.drain();
    await api.resetPassword({ token: w.tokenFor(email, 'reset_password'), password: goodPassword }, new Headers());
    await alice.post('/login', { email, password: goodPassword });
    expect((await api.deleteAccount({}, alice.headers())).cookies).toHaveLength(2);
    await expect(userOf(w, email)).rejects.toThrow();
  });
});
