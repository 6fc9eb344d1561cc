import { describe, expect, it } from 'vitest';
import { days, password, totp } from '../src/index.ts';
import { type Browser, goodPassword, otherPassword, type World, type WorldOptions, world } from './harness.ts';
import { credentialsOf, userOf } from './probes.ts';
import { askReset } from './recovery.ts';
import { enrol, halfway, mfaWorld, stepMs, trustedOf, withFactor } from './second-factor.ts';

const email = 'ann@example.com';
const trusting = (options: WorldOptions = {}): World =>
  world({ features: [password(), totp({ issuer: 'Example', trustedDevices: true })], ...options });

/** A browser in which its user has asked not to be asked again, signed out. */
const trusted = async (w: World) => {
  const enrolled = await withFactor(w, email);
  const { browser, challenge } = await halfway(w, email);
  const body = { challenge, method: 'totp', code: enrolled.app.code(), trust: true };
  const answer = await browser.post('/login/mfa', body);
  expect(answer.status).toBe(200);
  await w.auth.drain();
  w.clock.advance(2 * stepMs);
  const cookie = answer.cookies.find((one) => one.startsWith('__Host-trusted=')) ?? '';
  return { ...enrolled, device: browser, cookie };
};

const loginStatus = async (browser: Browser, secret = goodPassword): Promise<string> =>
  (await browser.post('/login', { email, password: secret })).body.status;

describe('MFA-15: a trusted device', () => {
  it('is off by default: the member is unknown, no cookie is set, and one that is there counts for nothing', async () => {
    const inner = (await import('../src/index.ts')).memoryStores();
    const w = trusting({ inner });
    const { device } = await trusted(w);
    const off = mfaWorld({ inner, clock: w.clock });
    const browser = off.browser();
    for (const [name, value] of device.jar) browser.jar.set(name, value);
    expect(await loginStatus(browser)).toBe('mfa_required');
    const body = { challenge: 'A'.repeat(43), method: 'totp', code: '123456', trust: true };
    expect((await browser.post('/login/mfa', body)).body.errors).toEqual([
      { pointer: '/trust', code: 'unknown_member' },
    ]);
  });

  it('signs in by the password, at level 1, for 30 days, and only where its user asked for that', async () => {
    const w = trusting();
    const { device, cookie } = await trusted(w);
    expect(cookie).toMatch(
      /^__Host-trusted=[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
    );
    expect(await loginStatus(device)).toBe('signed_in');
    expect((await device.get('/session')).body.session).toMatchObject({ aal: 1, amr: ['pwd'] });
    expect((await device.delete('/account')).body.need).toEqual({ aal: 2 });
    expect((await device.post('/mfa/totp')).body.need).toEqual({ aal: 2 });
    expect(await loginStatus(w.browser())).toBe('mfa_required');
    w.clock.advance(days(30) - 3 * stepMs);
    expect(await loginStatus(device)).toBe('signed_in');
    w.clock.advance(3 * stepMs);
    expect(await loginStatus(device)).toBe('mfa_required');
  });

  it('sets no cookie without the wish, nor for a recovery code', async () => {
    const w = trusting();
    const { app, codes } = await withFactor(w, email);
    for (const [n, more] of [{}, { trust: false }].entries()) {
      const { browser, challenge } = await halfway(w, email);
      const answer = await browser.post('/login/mfa', { challenge, method: 'totp', code: app.code(n), ...more });
      expect([answer.status, browser.jar.has('__Host-trusted')]).toEqual([200, false]);
    }
    const { browser, challenge } = await halfway(w, email);
    const body = { challenge, method: 'recovery_code', code: codes[0], trust: true };
    expect((await browser.post('/login/mfa', body)).status).toBe(200);
    expect(browser.jar.has('__Host-trusted')).toBe(false);
  });

  it('keeps a digest at rest', async () => {
    const w = trusting();
    const { device } = await trusted(w);
    const { id } = await userOf(w, email);
    const rows = await trustedOf(w).listByUser(id);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(device.jar.get('__Host-trusted') ?? 'no cookie');
  });

  it('is useless for another user, under another name of cookie, and with another value', async () => {
    const w = trusting();
    const { device } = await trusted(w);
    const value = device.jar.get('__Host-trusted') ?? '';
    const mallory = await withFactor(w, 'mallory@example.com');
    mallory.browser.jar.set('__Host-trusted', value);
    const login = await mallory.browser.post('/login', { email: 'mallory@example.com', password: goodPassword });
    expect(login.body.status).toBe('mfa_required');
    // Two users can have one epoch: it is an instant.
    const { id: owner } = await userOf(w, email);
    const { id: other } = await userOf(w, 'mallory@example.com');
    const record = await credentialsOf(w).get(other);
    const epoch = (await credentialsOf(w).get(owner))?.epoch ?? 0;
    if (record === null) throw new Error('no record');
    await credentialsOf(w).replace({ ...record, epoch, version: record.version + 1 }, record.version);
    const again = await mallory.browser.post('/login', { email: 'mallory@example.com', password: goodPassword });
    expect(again.body.status).toBe('mfa_required');
    for (const forged of ['', 'A'.repeat(43), `${value}A`, value.slice(1), `v1.${value}`]) {
      const browser = w.browser();
      browser.jar.set('__Host-trusted', forged);
      expect([forged, await loginStatus(browser)]).toEqual([forged, 'mfa_required']);
      await w.auth.drain();
      await w.stores.rateLimits.reset('none');
      w.clock.advance(3 * 60_000);
    }
    const browser = w.browser();
    browser.jar.set('__Host-session', `v1.${value}`);
    browser.jar.set('__Host-device', value);
    browser.jar.set('__Host-flow', value);
    expect((await browser.get('/session')).body.user).toBeNull();
    expect(await loginStatus(browser)).toBe('mfa_required');
  });

  const ends: readonly (readonly [string, (w: World, it: Awaited<ReturnType<typeof trusted>>) => Promise<unknown>])[] =
    [
      ['sign-out everywhere', (_w, { browser }) => browser.post('/logout', { everywhere: true })],
      ['revokeAll', async (w) => w.auth.api.revokeAll((await userOf(w, email)).id)],
      ['another app', (w, { browser }) => enrol(w, browser)],
      [
        'a reset of the password',
        async (w) => w.browser().post('/reset-password', { token: await askReset(w, email), password: goodPassword }),
      ],
      [
        'a new password',
        (_w, { browser }) => browser.post('/change-password', { current: goodPassword, password: otherPassword }),
      ],
    ];
  it.each(ends)('ends with %s', async (name, end) => {
    const w = trusting();
    const all = await trusted(w);
    expect(await loginStatus(all.device)).toBe('signed_in');
    await end(w, all);
    await w.auth.drain();
    const secret = name === 'a new password' ? otherPassword : goodPassword;
    expect(await loginStatus(all.device, secret)).toBe('mfa_required');
  });
});
