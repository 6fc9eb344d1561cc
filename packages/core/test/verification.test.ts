import { describe, expect, it } from 'vitest';
import { hours, memoryStores, type StoredRecord } from '../src/index.ts';
import { digest } from '../src/primitives/digest.ts';
import { type Browser, goodPassword, origin, otherPassword, testClock, type World, world } from './harness.ts';
import {
  addressOf,
  cleared,
  codesOf,
  mailsTo,
  probe,
  requestTo,
  storeCallsIn,
  times,
  tokensOf,
  userOf,
  writesIn,
} from './probes.ts';

const email = 'victim@example.com';

/** A stranger registers the victim's address; the link goes to the victim's mailbox. */
const squatted = async (options: Parameters<typeof world>[0] = {}) => {
  const w = world(options);
  const stranger = w.browser('192.0.2.66');
  await stranger.post('/register', { email, password: otherPassword });
  await w.auth.drain();
  return { w, stranger, token: w.tokenFor(email) };
};

const isVerified = async (w: World): Promise<boolean> => (await userOf(w, email)).emailVerifiedAt !== null;

const asked = async (browser: Browser, body: unknown): Promise<string> => {
  const { status, body: answer } = await browser.post('/verify-email', body);
  return answer === null ? String(status) : `${status} ${answer.code}`;
};

describe("a stranger's registration of one's address", () => {
  it('OIDC-10 S14: is not completed by a click in another browser, and the link is not spent by it', async () => {
    const { w, stranger, token } = await squatted();
    expect(await asked(w.browser('203.0.113.1'), { token })).toBe('401 invalid_credentials');
    expect(await isVerified(w)).toBe(false);
    expect(await asked(stranger, { token })).toBe('204');
  });

  it('is not completed by a click in a browser that has registered another address', async () => {
    const { w, token } = await squatted();
    const owner = w.browser('203.0.113.1');
    await owner.post('/register', { email: 'other@example.com', password: goodPassword });
    expect(await asked(owner, { token })).toBe('401 invalid_credentials');
    expect(await isVerified(w)).toBe(false);
  });

  it('is not completed by a new link: it carries no digest of anybody, the asking browser included', async () => {
    const { w } = await squatted();
    const owner = w.browser('203.0.113.1');
    await owner.post('/register', { email: 'other@example.com', password: goodPassword });
    await owner.post('/verify-email/send', { email });
    await w.auth.drain();
    expect(mailsTo(w, email)).toEqual(['verify_email', 'verify_email']);
    expect(await asked(owner, { token: w.tokenFor(email) })).toBe('401 invalid_credentials');
    expect(await isVerified(w)).toBe(false);
  });

  it('is not completed by a new link in a browser without any flow cookie, nor with one that is not ours', async () => {
    const { w } = await squatted();
    await w.browser('203.0.113.1').post('/verify-email/send', { email });
    await w.auth.drain();
    const token = w.tokenFor(email);
    expect(await asked(w.browser('203.0.113.1'), { token })).toBe('401 invalid_credentials');
    for (const value of ['', 'null', 'undefined', '1..', '..']) {
      const browser = w.browser('203.0.113.1');
      browser.jar.set('__Host-flow', value);
      expect([value, await asked(browser, { token })]).toEqual([value, '401 invalid_credentials']);
    }
    expect(await isVerified(w)).toBe(false);
  });

  it('a new link is not completed by the browser of the stranger either: nobody proves who he is by asking for it', async () => {
    const { w, stranger } = await squatted();
    await stranger.post('/verify-email/send', { email });
    await w.auth.drain();
    expect(await asked(stranger, { token: w.tokenFor(email) })).toBe('401 invalid_credentials');
  });

  it("is not completed by the owner's own try to register: he gets a notice without a link", async () => {
    const { w, token } = await squatted();
    const owner = w.browser('203.0.113.1');
    expect((await owner.post('/register', { email, password: goodPassword })).status).toBe(202);
    await w.auth.drain();
    expect(mailsTo(w, email)).toEqual(['verify_email', 'register_attempt']);
    expect(JSON.stringify(w.outbox.at(-1))).not.toContain('token');
    expect(await asked(owner, { token })).toBe('401 invalid_credentials');
    expect(await isVerified(w)).toBe(false);
    const login = await owner.post('/login', { email, password: goodPassword });
    expect([login.status, login.body.code]).toEqual([401, 'invalid_credentials']);
  });

  it('is not completed by a flow cookie that the browser made up, took from another key or bound to something else', async () => {
    const { w, stranger, token } = await squatted();
    const real = stranger.jar.get('__Host-flow') ?? '';
    const [kid, id, mac] = real.split('.');
    const elsewhere = world({ inner: w.stores, secrets: `1:${'B'.repeat(20)}cDeFgHiJkLmNoPqRsTuVwXyZ` });
    const foreign = elsewhere.browser();
    await foreign.post('/register', { email: 'other@example.com', password: goodPassword });
    const device = await w.signedIn('other2@example.com');
    const forgeries = [
      id,
      `${kid}.${id}`,
      `${kid}.${id}.`,
      `${kid}.${id}.${'A'.repeat(43)}`,
      `2.${id}.${mac}`,
      `${kid}.${'A'.repeat(22)}.${mac}`,
      `${real}.${mac}`,
      foreign.jar.get('__Host-flow'),
      device.jar.get('__Host-device'),
      'x'.repeat(5_000),
    ];
    for (const value of forgeries) {
      const browser = w.browser('203.0.113.1');
      browser.jar.set('__Host-flow', value ?? '');
      expect([value, await asked(browser, { token })]).toEqual([value, '401 invalid_credentials']);
    }
    expect(await isVerified(w)).toBe(false);
    expect(await asked(stranger, { token })).toBe('204');
  });

  it('is not completed by a session of somebody else', async () => {
    const { w, token } = await squatted();
    const somebody = await w.signedIn('somebody@example.com');
    expect(await asked(somebody, { token })).toBe('401 invalid_credentials');
    expect(await isVerified(w)).toBe(false);
  });
});

describe('what completes a registration beside the link', () => {
  it('the browser that registered: its flow value is kept while it has one, and its cookie is set anew each time', async () => {
    const w = world();
    const browser = w.browser();
    const first = await browser.post('/register', { email, password: goodPassword });
    const flow = browser.jar.get('__Host-flow');
    const second = await browser.post('/register', { email: 'second@example.com', password: goodPassword });
    expect(browser.jar.get('__Host-flow')).toBe(flow);
    expect(second.cookies).toEqual(first.cookies);
    await w.auth.drain();
    expect(await asked(browser, { token: w.tokenFor(email) })).toBe('204');
    expect(await asked(browser, { token: w.tokenFor('second@example.com') })).toBe('204');
  });

  it('the right password, in any browser and with any link', async () => {
    const { w, token } = await squatted();
    expect(await asked(w.browser('203.0.113.1'), { token, password: otherPassword })).toBe('204');
    expect(await isVerified(w)).toBe(true);
  });

  it('the right password with a resent link', async () => {
    const { w, stranger } = await squatted();
    await stranger.post('/verify-email/send', { email });
    await w.auth.drain();
    expect(await asked(stranger, { token: w.tokenFor(email), password: otherPassword })).toBe('204');
  });

  it('a session of that very user', async () => {
    const { w, stranger } = await squatted({ registration: 'open' });
    stranger.jar.delete('__Host-flow');
    expect(await asked(stranger, { token: w.tokenFor(email) })).toBe('204');
    expect(await isVerified(w)).toBe(true);
  });

  it('not a session of that user that has ended', async () => {
    const { w, stranger } = await squatted({ registration: 'open' });
    stranger.jar.delete('__Host-flow');
    const copy = stranger.copy();
    await stranger.post('/logout');
    expect(await asked(copy, { token: w.tokenFor(email) })).toBe('401 invalid_credentials');
  });

  it('a wrong password does not spend the link, and is counted as a login is', async () => {
    const { w, stranger, token } = await squatted();
    const owner = w.browser('203.0.113.1');
    const answers = [];
    for (const n of times(7, (index) => index))
      answers.push(await asked(owner, { token, password: `a wrong one, ${n}` }));
    expect(answers).toEqual([...times(5, () => '401 invalid_credentials'), ...times(2, () => '429 rate_limited')]);
    const login = await owner.post('/login', { email, password: otherPassword });
    expect(login.status).toBe(429);
    expect(await asked(stranger, { token })).toBe('204');
  });

  it('RL-10: guesses by link and guesses by login share one account of a hundred', async () => {
    const { w, token } = await squatted({ limits: { login_login: { burst: 1_000 } } });
    for (const n of times(60, (index) => index)) {
      await probe(w, '/login', { body: { email, password: 'wrong, wrong, wrong' }, address: addressOf(n) });
    }
    const answers = [];
    for (const n of times(60, (index) => index)) {
      answers.push(
        await probe(w, '/verify-email', {
          body: { token, password: 'wrong, wrong, wrong' },
          address: addressOf(1_000 + n),
        }),
      );
    }
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 40, '429 rate_limited': 20 });
  });

  it('TOK-10: a confirmation opens no session', async () => {
    const { w, stranger, token } = await squatted();
    const answer = await stranger.post('/verify-email', { token, password: otherPassword });
    expect([answer.status, answer.cookies]).toEqual([204, []]);
    expect(await w.auth.authenticate(stranger.headers())).toBeNull();
    expect(w.log).not.toContain('session.create');
  });
});

describe('a link', () => {
  it('TOK-01: fifty clicks at once spend it once', async () => {
    const { w, stranger, token } = await squatted();
    const answers = await Promise.all(times(50, () => stranger.copy().post('/verify-email', { token })));
    expect(codesOf(answers)).toEqual({ 204: 1, '400 token_invalid': 49 });
    expect(w.events.filter(({ name }) => name === 'email.verified')).toHaveLength(1);
  });

  it('TOK-01: fifty clicks at once on two processes spend it once', async () => {
    const inner = memoryStores();
    const { w, stranger, token } = await squatted({ inner });
    const second = world({ inner });
    const headers = { cookie: `__Host-flow=${stranger.jar.get('__Host-flow')}` };
    const answers = await Promise.all(
      times(50, (n) => probe(n % 2 === 0 ? w : second, '/verify-email', { body: { token }, headers })),
    );
    expect(codesOf(answers)).toEqual({ 204: 1, '400 token_invalid': 49 });
  });

  it('TOK-01: works once, and afterwards no proof makes it work again', async () => {
    const { stranger, token } = await squatted();
    expect(await asked(stranger, { token })).toBe('204');
    expect(await asked(stranger, { token })).toBe('400 token_invalid');
    expect(await asked(stranger, { token, password: otherPassword })).toBe('400 token_invalid');
  });

  it('TOK-11 S21: once the address is confirmed, the other links to it are dead', async () => {
    const { w, stranger, token } = await squatted();
    await stranger.post('/verify-email/send', { email });
    await w.auth.drain();
    const sibling = w.tokenFor(email);
    expect(sibling).not.toBe(token);
    expect(await asked(stranger, { token: sibling, password: otherPassword })).toBe('204');
    expect(await asked(stranger, { token })).toBe('400 token_invalid');
    expect(w.events.filter(({ name }) => name === 'email.verified')).toHaveLength(1);
  });

  it('a second link leaves the first one working until one of them is used', async () => {
    const { w, stranger, token } = await squatted();
    await stranger.post('/verify-email/send', { email });
    await w.auth.drain();
    expect(await asked(stranger, { token })).toBe('204');
  });

  it('TOK-07: a token of another purpose confirms nothing, wherever it is found', async () => {
    const { w, stranger } = await squatted();
    const secret = 'A'.repeat(43);
    const { id: userId } = await userOf(w, email);
    const record = { userId, version: 1, expiresAt: w.clock.now() + 60_000, epoch: 1 };
    const data = { loginKey: email, flow: null };
    await tokensOf(w).create({ ...record, id: digest('reset_password', secret), purpose: 'reset_password', data });
    expect(await asked(stranger, { token: secret, password: otherPassword })).toBe('400 token_invalid');
    await tokensOf(w).create({ ...record, id: digest('verify_email', secret), purpose: 'reset_password', data });
    expect(await asked(stranger, { token: secret, password: otherPassword })).toBe('400 token_invalid');
    expect(await isVerified(w)).toBe(false);
  });

  it('TOK-07: no cookie of ours is a token', async () => {
    const { w, stranger } = await squatted();
    const other = await w.signedIn('other@example.com');
    const secrets = [...other.jar.values(), ...stranger.jar.values()].flatMap((value) => [value, ...value.split('.')]);
    for (const token of secrets) {
      if (token.length > 128) continue;
      expect([token, await asked(stranger, { token, password: otherPassword })]).toEqual([token, '400 token_invalid']);
    }
    expect(secrets.length).toBeGreaterThan(8);
  });

  it('TOK-03 TOK-07: neither the token nor the flow value is in any store: it is found by the digest of purpose and token', async () => {
    const inner = memoryStores();
    const written: unknown[] = [];
    const spying = {
      ...inner,
      ephemeral: {
        open: (kind: string) => {
          const space = inner.ephemeral.open(kind);
          return {
            ...space,
            create: async (record: Parameters<typeof space.create>[0]) => {
              written.push(record);
              return space.create(record);
            },
          };
        },
      },
    };
    const { stranger, token } = await squatted({ inner: spying as never });
    const [, flow = '?', mac = '?'] = (stranger.jar.get('__Host-flow') ?? '').split('.');
    const dump = JSON.stringify(written);
    expect(written.map((record) => (record as StoredRecord).id)).toContain(digest('verify_email', token));
    expect(dump).toContain('verify_email');
    for (const secret of [token, flow, mac]) expect(dump).not.toContain(secret);
  });

  it.each([
    [-1, '204'],
    [0, '400 token_invalid'],
    [1, '400 token_invalid'],
  ])('TOK-02: %i ms after its last instant it answers %s', async (offset, expected) => {
    const clock = testClock();
    const start = clock.now();
    const { stranger, token } = await squatted({ clock });
    clock.set(start + hours(24) + offset);
    expect(await asked(stranger, { token })).toBe(expected);
  });

  it('TOK-02: its life is what `lifetimes.verify` says', async () => {
    const clock = testClock();
    const { w, stranger, token } = await squatted({ clock, lifetimes: { verify: hours(1) } });
    const [mail] = w.outbox;
    expect(mail).toMatchObject({ type: 'verify_email', expiresAt: clock.now() + hours(1) });
    clock.advance(hours(1));
    expect(await asked(stranger, { token })).toBe('400 token_invalid');
  });

  it('EMAIL-13: is dead after revokeAll: the epoch that it was made under is over', async () => {
    const { w, stranger, token } = await squatted();
    await w.auth.api.revokeAll((await userOf(w, email)).id);
    expect(await asked(stranger, { token })).toBe('400 token_invalid');
    expect(await asked(stranger, { token, password: otherPassword })).toBe('400 token_invalid');
    await stranger.post('/verify-email/send', { email });
    await w.auth.drain();
    expect(await asked(stranger, { token: w.tokenFor(email), password: otherPassword })).toBe('204');
  });

  it('SES-18: is dead for a disabled and for a deleted account', async () => {
    const { w, stranger, token } = await squatted();
    const { id } = await userOf(w, email);
    await w.auth.api.setDisabled(id, true);
    expect(await asked(stranger, { token })).toBe('400 token_invalid');
    await w.auth.api.setDisabled(id, false);
    expect(await asked(stranger, { token })).toBe('400 token_invalid');
    await w.auth.api.deleteUser(id);
    expect(await asked(stranger, { token })).toBe('400 token_invalid');
  });

  it('is dead once the address has become somebody else’s registration', async () => {
    const { w, stranger, token } = await squatted();
    await w.auth.api.deleteUser((await userOf(w, email)).id);
    await w.browser('203.0.113.1').post('/register', { email, password: goodPassword });
    await w.auth.drain();
    expect(w.tokenFor(email)).not.toBe(token);
    expect(await asked(stranger, { token })).toBe('400 token_invalid');
    expect(await isVerified(w)).toBe(false);
  });

  it('TOK-06: unknown, ill-formed and empty tokens are one answer, cost no look-up when ill-formed, and spend nothing', async () => {
    const { w, stranger, token } = await squatted();
    for (const wrong of [
      'A'.repeat(43),
      token.slice(0, 42),
      `${token}A`,
      `${token} `,
      '../../x',
      '\u0000'.repeat(43),
    ]) {
      cleared(w.log);
      expect([wrong, await asked(stranger, { token: wrong })]).toEqual([wrong, '400 token_invalid']);
      if (wrong !== 'A'.repeat(43)) expect(storeCallsIn(w.log)).toEqual([]);
    }
    expect(await asked(stranger, { token: '' })).toBe('422 validation_failed');
    expect(await asked(stranger, { token })).toBe('204');
  });
});

describe('reading changes nothing', () => {
  const paths = [
    '/verify-email',
    '/verify-email/done',
    '/error',
    '/session',
    '/sessions',
    '/login',
    '/register',
    '/logout',
  ];
  const more = ['/step-up', '/change-password', '/verify-email/send', `/sessions/${'A'.repeat(43)}`, '/nowhere', ''];

  it.each(['GET', 'HEAD', 'OPTIONS'])(
    'CSRF-07 TOK-09: %s of any route causes no store write and sets no cookie',
    async (method) => {
      const { w, stranger, token } = await squatted({ registration: 'open' });
      const cookie = [...stranger.jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const own = await w.auth.authenticate(stranger.headers());
      for (const path of [...paths, ...more, `/sessions/${own?.session.id}`]) {
        cleared(w.log);
        const request = requestTo(w, `${path}?token=${token}&email=${email}&everywhere=true`, {
          method,
          headers: { cookie },
        });
        const response = await w.auth.handle(request, { peer: '198.51.100.7' });
        await w.auth.drain();
        expect([path, writesIn(w.log), response.headers.getSetCookie()]).toEqual([path, [], []]);
        expect([path, response.status]).not.toEqual([path, 500]);
      }
      expect(await isVerified(w)).toBe(false);
      expect(await asked(stranger, { token })).toBe('204');
    },
  );

  it('TOK-09: the page of a link costs no store call at all, whatever the token', async () => {
    const { w, token } = await squatted();
    cleared(w.log);
    for (const value of [token, 'A'.repeat(43), '']) {
      const request = requestTo(w, `/verify-email?token=${value}`, { method: 'GET' });
      expect((await w.auth.handle(request, {})).status).toBe(200);
    }
    expect(w.log).toEqual([]);
  });
});

describe('the page of a link', () => {
  const page = async (query: string) => {
    const w = world();
    const response = await w.auth.handle(requestTo(w, `/verify-email${query}`, { method: 'GET' }), {});
    return { response, html: await response.text() };
  };

  it('RED-06: reflects nothing raw', async () => {
    const attacks = [
      '"><svg onload=alert(1)>',
      "' onfocus='x",
      '<script>alert(1)</script>',
      'javascript:alert(1)',
      '%22%3E%3Csvg',
    ];
    const plain = (await page('')).html;
    for (const attack of attacks) {
      for (const name of ['token', 'returnTo', 'code', 'error', 'email']) {
        const { html } = await page(`?${name}=${encodeURIComponent(attack)}`);
        expect([name, attack, html]).toEqual([name, attack, plain]);
      }
    }
    expect((await page('?token="><svg onload>')).html).toBe(plain);
  });

  it('RED-06: neither does the page of errors', async () => {
    const w = world();
    const show = async (code: string) =>
      (await w.auth.handle(requestTo(w, `/error?code=${encodeURIComponent(code)}`, { method: 'GET' }), {})).text();
    const unknown = await show('no_such_code');
    for (const attack of ['"><svg onload>', '<script>', '__proto__', 'constructor', 'toString']) {
      expect([attack, await show(attack)]).toEqual([attack, unknown]);
    }
    expect(await show('token_invalid')).not.toBe(unknown);
  });

  it('RED-09 TOK-13 SES-14: is not framed, cached, scripted or named in a Referer', async () => {
    const { response } = await page(`?token=${'A'.repeat(43)}`);
    const csp = response.headers.get('content-security-policy') ?? '';
    expect(csp.split('; ').map((part) => part.split(' ')[0])).toEqual([
      'default-src',
      'style-src',
      'form-action',
      'frame-ancestors',
      'base-uri',
    ]);
    expect(csp).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    expect(response.headers.get('vary')).toBe('Cookie, Origin');
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('its style is the one that the policy names', async () => {
    const { response, html } = await page('');
    const style = /<style>(.*)<\/style>/s.exec(html)?.[1] ?? '';
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))).toString('base64');
    expect(response.headers.get('content-security-policy')).toContain(`'sha256-${hash}'`);
    expect(html).not.toMatch(/<script|\son\w+=|javascript:/i);
  });

  it('its form confirms, by a redirect that does not repeat the body', async () => {
    const { w, stranger, token } = await squatted();
    const html = await (
      await w.auth.handle(requestTo(w, `/verify-email?token=${token}`, { method: 'GET' }), {})
    ).text();
    const fields = [...html.matchAll(/name="(token|returnTo)" value="([^"]*)"/g)].slice(0, 2);
    const body = new URLSearchParams(fields.map(([, name = '', value = '']): [string, string] => [name, value]));
    const request = new Request(`${origin}/auth/verify-email`, {
      method: 'POST',
      headers: {
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/x-www-form-urlencoded',
        cookie: `__Host-flow=${stranger.jar.get('__Host-flow')}`,
      },
      body: body.toString(),
    });
    const response = await w.auth.handle(request, {});
    expect([response.status, response.headers.get('location')]).toEqual([303, '/auth/verify-email/done']);
    expect(await isVerified(w)).toBe(true);
  });
});

describe('the address in a link', () => {
  const hostile: readonly Record<string, string>[] = [
    { host: 'evil.example' },
    { 'x-forwarded-host': 'evil.example' },
    { 'x-forwarded-proto': 'javascript' },
    { forwarded: 'host=evil.example;proto=http' },
    { 'x-original-host': 'evil.example', 'x-host': 'evil.example', 'x-forwarded-server': 'evil.example' },
    { 'x-original-url': 'https://evil.example/', 'x-rewrite-url': '/evil' },
  ];

  const registerAt = async (
    base: string,
    headers: Record<string, string>,
    options: Parameters<typeof world>[0] = {},
  ) => {
    const w = world(options);
    const request = new Request(`${base}/auth/register`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ email, password: goodPassword }),
    });
    const response = await w.auth.handle(request, { peer: '198.51.100.7' });
    await w.auth.drain();
    const [mail] = w.outbox;
    return { status: response.status, url: mail !== undefined && 'url' in mail ? (mail.url ?? '') : '' };
  };

  it.each(hostile)('TOK-08: is the configured one whatever the request says: %o', async (headers) => {
    const { status, url } = await registerAt(origin, headers);
    expect(status).toBe(202);
    expect(url).toMatch(/^https:\/\/app\.example\.com\/auth\/verify-email\?token=[A-Za-z0-9_-]{43}$/);
  });

  it('TOK-08: is the configured one for a request to another host, with the first request ever too', async () => {
    const { status, url } = await registerAt('https://evil.example', { 'x-forwarded-host': 'evil.example' });
    expect([status, new URL(url).origin]).toEqual([202, origin]);
  });

  it('TOK-08: a page of the application is used as it was configured', async () => {
    const { url } = await registerAt(
      origin,
      { 'x-forwarded-host': 'evil.example' },
      { pages: { verifyEmail: '/welcome?step=2' } },
    );
    expect(url).toMatch(/^https:\/\/app\.example\.com\/welcome\?step=2&token=[A-Za-z0-9_-]{43}$/);
  });

  it('EMAIL-01 S19: a resent link goes to the stored address, not to the one that was typed', async () => {
    const w = world();
    await w.browser().post('/register', { email: 'Mike@Example.org', password: goodPassword });
    await w.auth.drain();
    for (const typed of ['MIKE@example.org', ' mike@EXAMPLE.org ', 'm\u0131ke@example.org', 'mi\u212Ae@example.org']) {
      await w.browser('203.0.113.1').post('/verify-email/send', { email: typed });
      await w.auth.drain();
    }
    expect(new Set(w.outbox.map(({ to }) => to))).toEqual(new Set(['Mike@Example.org']));
  });
});
