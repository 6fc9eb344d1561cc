import { describe, expect, it } from 'vitest';
import { days, memoryStores, minutes } from '../src/index.ts';
import { keyring } from '../src/modules/keyring.ts';
import { signedValues } from '../src/modules/signed-values.ts';
import { parseSecrets } from '../src/primitives/master-secret.ts';
import {
  type Browser,
  goodPassword,
  otherPassword,
  testSecrets,
  type World,
  type WorldOptions,
  world,
} from './harness.ts';
import { addressOf, cleared, codesOf, type Probed, probe, times, userOf } from './probes.ts';

const email = 'owner@example.com';
const wrong = 'not the right pass phrase';
const name = '__Host-device';
const unlimited = { burst: 1_000_000 };

const deviceOf = (browser: Browser): string => browser.jar.get(name) ?? '';

const login = (
  w: World,
  password: string,
  device: string | null,
  address = '192.0.2.1',
  login = email,
): Promise<Probed> =>
  probe(w, '/login', {
    body: { email: login, password },
    address,
    headers: device === null ? {} : { cookie: `${name}=${device}` },
  });

/** An owner with a device that has signed in. */
const owned = async (options: WorldOptions = {}) => {
  const w = world(options);
  const browser = await w.signedIn(email);
  await w.auth.drain();
  cleared(w.log);
  return { w, device: deviceOf(browser) };
};

const takes = (answer: Probed): number => answer.work.filter((call) => call === 'limits.take').length;

describe('a malicious lock-out (D8, ASVS 6.1.1)', () => {
  const floods: Record<string, { options: WorldOptions; flood(w: World): Promise<unknown> }> = {
    login_pair: {
      options: { limits: { login_ip: unlimited } },
      flood: (w) => Promise.all(times(100, () => login(w, wrong, null, '192.0.2.1'))),
    },
    login_login: {
      options: {},
      flood: (w) => Promise.all(times(500, (n) => login(w, wrong, null, addressOf(n)))),
    },
    login_account: {
      options: { limits: { login_login: unlimited } },
      flood: (w) => Promise.all(times(1_000, (n) => login(w, wrong, null, addressOf(n)))),
    },
  };

  it.each(Object.keys(floods))(
    'RL-09: strangers who drain %s lock everybody out but the known device',
    async (policy) => {
      const { options, flood } = floods[policy] ?? { options: {}, flood: async () => {} };
      const { w, device } = await owned(options);
      await flood(w);
      expect(w.events.findLast(({ name: event }) => event === 'rate.denied')).toMatchObject({ data: { policy } });
      const stranger = await login(w, goodPassword, null, '192.0.2.1');
      expect([stranger.status, stranger.cookies]).toEqual([429, []]);
      const known = await login(w, goodPassword, device, '203.0.113.44');
      expect(known.status).toBe(200);
    },
  );

  it('RL-09: the known device works from the very address of the strangers, as long as the address may try at all', async () => {
    const { w, device } = await owned({ limits: { login_ip: unlimited } });
    await Promise.all(times(50, () => login(w, wrong, null, '192.0.2.1')));
    expect((await login(w, goodPassword, device, '192.0.2.1')).status).toBe(200);
  });

  it('it is no way around the limit of an address', async () => {
    const { w, device } = await owned();
    await Promise.all(times(30, (n) => login(w, wrong, null, '192.0.2.1', `n${n}@example.com`)));
    expect((await login(w, goodPassword, device, '192.0.2.1')).status).toBe(429);
    expect((await login(w, goodPassword, device, '192.0.2.2')).status).toBe(200);
  });

  it('it is no password: with a wrong one the known device is answered like everybody', async () => {
    const { w, device } = await owned();
    const known = await login(w, wrong, device);
    const stranger = await login(w, wrong, null);
    expect([known.status, known.body, known.headers]).toEqual([stranger.status, stranger.body, stranger.headers]);
    expect(known.cookies).toEqual([]);
  });
});

describe('what a device cookie is good for', () => {
  it('it moves the login to a bucket of its own: two takes instead of four', async () => {
    const { w, device } = await owned();
    expect(takes(await login(w, goodPassword, device))).toBe(2);
    expect(takes(await login(w, goodPassword, null))).toBe(4);
  });

  it('the bucket holds ten tries, then one every quarter of an hour', async () => {
    // Beyond the ten it is a stranger, whose own bucket has one try here.
    const { w, device } = await owned({ limits: { login_ip: unlimited, login_pair: { burst: 1, refillMs: 10 ** 9 } } });
    const answers = await Promise.all(times(100, () => login(w, wrong, device)));
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 11, '429 rate_limited': 89 });
    w.clock.advance(minutes(15) - 1);
    expect((await login(w, wrong, device)).status).toBe(429);
    w.clock.advance(1);
    expect((await login(w, wrong, device)).status).toBe(401);
    expect((await login(w, wrong, device)).status).toBe(429);
  });

  it('all devices of a login share the bucket: many cookies are no more tries than one', async () => {
    const { w, device } = await owned({ limits: { login_ip: unlimited } });
    const devices = [device];
    for (const _n of times(4, (n) => n)) {
      const browser = w.browser('203.0.113.44');
      await browser.post('/login', { email, password: goodPassword });
      devices.push(deviceOf(browser));
    }
    expect(new Set(devices).size).toBe(5);
    const counts = [];
    for (const n of times(15, (index) => index)) {
      counts.push(takes(await login(w, wrong, devices[n % 5] ?? '', addressOf(n))));
    }
    expect(counts.map((count) => count === 2)).toEqual(times(15, (n) => n < 10));
  });

  it('a success refills nothing of it: an ex-intruder who guesses is not helped by the owner', async () => {
    const { w, device } = await owned({ limits: { login_ip: unlimited } });
    const answers = [];
    for (const _n of times(6, (n) => n)) {
      answers.push(await login(w, wrong, device), await login(w, goodPassword, device));
      await w.auth.drain();
    }
    expect(answers.map(({ status }) => status)).toEqual([401, 200, 401, 200, 401, 200, 401, 200, 401, 200, 401, 200]);
    expect(answers.map(takes).map((count) => count > 2)).toEqual([...times(10, () => false), true, true]);
  });

  it('the tries of a known device take nothing from the account and the brake of the others', async () => {
    const { w, device } = await owned({ limits: { login_ip: unlimited } });
    await Promise.all(times(10, () => login(w, wrong, device)));
    const answers = await Promise.all(times(60, (n) => login(w, wrong, null, addressOf(n))));
    // One of the fifty was the login that made the device known.
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 49, '429 rate_limited': 11 });
  });

  it('it outlives a new password: the owner keeps his way past a lock-out', async () => {
    const { w } = await owned();
    const browser = w.browser('203.0.113.44');
    await browser.post('/login', { email, password: goodPassword });
    await browser.post('/change-password', { current: goodPassword, password: otherPassword });
    await w.auth.drain();
    expect(takes(await login(w, otherPassword, deviceOf(browser)))).toBe(2);
  });

  it('every sign-in sets one, for four hundred days, and nothing else does', async () => {
    const w = world();
    const browser = await w.confirmed(email);
    expect(browser.jar.has(name)).toBe(false);
    const first = await browser.post('/login', { email, password: goodPassword });
    expect(first.cookies.map((cookie) => cookie.split('=')[0])).toEqual(['__Host-session', name]);
    expect(first.cookies[1]).toContain(`; Max-Age=${days(400) / 1_000}`);
    const before = deviceOf(browser);
    for (const [path, body] of [
      ['/step-up', { password: goodPassword }],
      ['/change-password', { current: goodPassword, password: otherPassword }],
      ['/logout', {}],
    ] as const) {
      await browser.post(path, body);
      expect([path, deviceOf(browser)]).toEqual([path, before]);
    }
    await browser.post('/login', { email, password: otherPassword });
    expect(deviceOf(browser)).not.toBe(before);
  });

  it('a login that is refused sets none: wrong password, disabled, unverified', async () => {
    const { w } = await owned();
    await w.browser('203.0.113.44').post('/register', { email: 'new@example.com', password: goodPassword });
    await w.auth.drain();
    const unverified = await login(w, goodPassword, null, '192.0.2.2', 'new@example.com');
    await w.auth.api.setDisabled((await userOf(w, email)).id, true);
    const disabled = await login(w, goodPassword, null, '192.0.2.2');
    expect([unverified.status, unverified.cookies, disabled.status, disabled.cookies]).toEqual([403, [], 403, []]);
  });
});

describe('a device cookie that does nothing', () => {
  it('one of another account, one that was altered, one that was made up', async () => {
    const { w, device } = await owned();
    const other = deviceOf(await w.signedIn('other@example.com'));
    const [kid = '', id = '', mac = ''] = device.split('.');
    const [, otherId = '', otherMac = ''] = other.split('.');
    const flipped = `${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`;
    const useless = {
      'of another account': other,
      'the id of one with the mac of another': `${kid}.${otherId}.${mac}`,
      'the mac of another account': `${kid}.${id}.${otherMac}`,
      'a mac with one letter changed': `${kid}.${id}.${flipped}`,
      'a shorter mac': `${kid}.${id}.${mac.slice(0, 42)}`,
      'no mac': `${kid}.${id}.`,
      'no kid': `.${id}.${mac}`,
      'an unknown kid': `9.${id}.${mac}`,
      'a kid of the prototype': `__proto__.${id}.${mac}`,
      'more parts': `${device}.${mac}`,
      'upper case': device.toUpperCase(),
      'a long id': `${kid}.${'A'.repeat(44)}.${mac}`,
      'ten kilobytes': 'x'.repeat(10_000),
      empty: '',
      quoted: `"${device}"`,
    };
    for (const [what, value] of Object.entries(useless)) {
      expect([what, takes(await login(w, goodPassword, value, addressOf(what.length)))]).toEqual([what, 4]);
      await w.auth.drain();
    }
    expect(takes(await login(w, goodPassword, device))).toBe(2);
  });

  it('strangers with useless cookies drain the brake, not the bucket of the known devices', async () => {
    const { w, device } = await owned();
    const other = deviceOf(await w.signedIn('other@example.com'));
    const answers = await Promise.all(times(100, (n) => login(w, wrong, n % 2 === 0 ? other : 'x.y.z', addressOf(n))));
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 49, '429 rate_limited': 51 });
    expect((await login(w, goodPassword, device)).status).toBe(200);
  });

  it('two of them in one request: one may be planted, so neither counts', async () => {
    const { w, device } = await owned();
    const answer = await probe(w, '/login', {
      body: { email, password: goodPassword },
      headers: { cookie: `${name}=${device}; ${name}=${device}` },
    });
    expect(takes(answer)).toBe(4);
  });

  it('TOK-07: no other cookie of ours is one, though it is signed too', async () => {
    const { w } = await owned();
    const browser = w.browser('203.0.113.44');
    await browser.post('/register', { email: 'new@example.com', password: goodPassword });
    await browser.post('/login', { email, password: goodPassword });
    const flow = browser.jar.get('__Host-flow') ?? '';
    const csrf = await w.auth.csrfToken(browser.headers());
    for (const value of [flow, csrf, browser.jar.get('__Host-session') ?? '']) {
      expect(takes(await login(w, goodPassword, value))).toBe(4);
      await w.auth.drain();
    }
  });

  it('CRY-05 TOK-07: a value signed for one purpose is nothing for another, though it is bound to the same', () => {
    const parsed = parseSecrets(testSecrets);
    if (!parsed.ok) throw new Error(parsed.flaw);
    const signed = signedValues(keyring(parsed.secrets));
    const purposes = ['flow', 'device', 'csrf'] as const;
    for (const made of purposes) {
      const value = signed.sign(made, 'A'.repeat(22), email);
      const seen = purposes.filter((purpose) => signed.read(purpose, value, email) !== null);
      expect(seen).toEqual([made]);
      expect(signed.read(made, value)).toBeNull();
      expect(signed.read(made, value, email, email)).toBeNull();
      expect(signed.read(made, value, email.slice(1))).toBeNull();
    }
  });

  it('CRY-04: a secret that is still listed knows its devices, one that is gone does not', async () => {
    const inner = memoryStores();
    const { w, device } = await owned({ inner });
    const fresh = '2:Zq8Lw3xV7uT1yR5kP9mN2bC6dF0gH4jSaEiOrYtUeWz';
    const rotated = world({ inner, secrets: `${fresh},${testSecrets}`, clock: w.clock });
    expect(takes(await login(rotated, goodPassword, device))).toBe(2);
    const browser = rotated.browser('203.0.113.44');
    await browser.post('/login', { email, password: goodPassword });
    expect(deviceOf(browser)).toMatch(/^2\./);
    const finished = world({ inner, secrets: fresh, clock: w.clock });
    expect(takes(await login(finished, goodPassword, device))).toBe(4);
    expect(takes(await login(finished, goodPassword, deviceOf(browser)))).toBe(2);
    const foreign = world({ inner, secrets: testSecrets.replace('iL0b', 'jM1c'), clock: w.clock });
    expect(takes(await login(foreign, goodPassword, device))).toBe(4);
  });
});

describe('a success forgives', () => {
  it('the pair and the account of a hundred: the owner begins anew', async () => {
    const { w } = await owned({ limits: { login_ip: unlimited, login_login: unlimited, login_account: { burst: 8 } } });
    const right = () => login(w, goodPassword, null, '192.0.2.1');
    const answers = [];
    for (const _round of times(5, (n) => n)) {
      for (const _n of times(4, (n) => n)) answers.push(await login(w, wrong, null, '192.0.2.1'));
      answers.push(await right());
      await w.auth.drain();
    }
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 20, 200: 5 });
  });

  it('that of a known device, too: what strangers drained of the account is the owner’s again', async () => {
    const { w, device } = await owned({ limits: { login_login: unlimited } });
    await Promise.all(times(200, (n) => login(w, wrong, null, addressOf(n))));
    expect((await login(w, goodPassword, null, '203.0.113.9')).status).toBe(429);
    expect((await login(w, goodPassword, device, '203.0.113.9')).status).toBe(200);
    await w.auth.drain();
    expect((await login(w, goodPassword, null, '203.0.113.9')).status).toBe(200);
  });

  it('not the pairs of other addresses, and not those of other logins', async () => {
    const { w } = await owned({ limits: { login_ip: unlimited, login_login: unlimited } });
    await w.confirmed('other@example.com');
    await Promise.all(times(10, () => login(w, wrong, null, '192.0.2.1')));
    await Promise.all(times(10, () => login(w, wrong, null, '192.0.2.2', 'other@example.com')));
    expect((await login(w, goodPassword, null, '192.0.2.2')).status).toBe(200);
    await w.auth.drain();
    expect((await login(w, wrong, null, '192.0.2.1')).status).toBe(429);
    expect((await login(w, wrong, null, '192.0.2.2', 'other@example.com')).status).toBe(429);
  });

  it('not the address', async () => {
    const { w } = await owned({ limits: { login_ip: { burst: 4 }, login_account: unlimited } });
    const answers = [];
    for (const _n of times(6, (n) => n)) {
      answers.push(await login(w, goodPassword, null, '192.0.2.1'));
      await w.auth.drain();
    }
    expect(codesOf(answers)).toEqual({ 200: 4, '429 rate_limited': 2 });
  });

  it('is housekeeping: a limiter that is down for it fails no login', async () => {
    const inner = memoryStores();
    await world({ inner }).confirmed(email);
    const w = world({
      inner,
      instruments: {
        before: async (call) => (call === 'limits.reset' ? Promise.reject(new Error('gone')) : undefined),
        after: async () => {},
      },
    });
    expect((await login(w, goodPassword, null)).status).toBe(200);
    await w.auth.drain();
    expect(w.events.map(({ name: event }) => event)).toContain('store.failed');
  });
});
