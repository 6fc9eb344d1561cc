import { describe, expect, it } from 'vitest';
import { type Browser, goodPassword, otherPassword, type World, world } from './harness.ts';
import { isAlive, sessionCookieOf, userOf, writesIn } from './probes.ts';
import { liveLink } from './recovery.ts';
import { expectCommonHeaders, linkPages, wireSend } from './wire.ts';

const email = 'alice@example.com';
const form = 'application/x-www-form-urlencoded';

/** A live link for each page, with the browser of its user. */
const live = async (path: string) => {
  const w = world();
  if (path === '/verify-email') {
    const alice = w.browser();
    await alice.post('/register', { email, password: goodPassword });
    await w.auth.drain();
    return { w, alice, token: w.tokenFor(email) };
  }
  const alice = await w.signedIn(email);
  return { w, alice, token: (await liveLink(w, alice, email, path)) ?? '' };
};
const cookieOf = (browser: Browser) => ({ cookie: browser.headers().get('cookie') ?? '' });
const page = async (w: World, path: string, headers: Record<string, string> = {}, method = 'GET') => {
  const response = await wireSend(w.auth, path, { method, type: null, headers });
  return { response, text: await response.text() };
};

describe.each(linkPages)('the page %s', (path) => {
  it.each(['GET', 'HEAD'])(
    'TOK-09: opened twenty times by scanners (%s) changes nothing and sets no cookie',
    async (method) => {
      const { w, alice, token } = await live(path);
      w.log.length = 0;
      for (const headers of [{}, cookieOf(alice)])
        for (let n = 0; n < 10; n += 1) {
          const { response } = await page(w, `${path}?token=${token}`, headers, method);
          expect([response.status, response.headers.getSetCookie()]).toEqual([200, []]);
        }
      await w.auth.drain();
      expect(writesIn(w.log)).toEqual([]);
      expect(w.log.filter((call) => call.startsWith('one_time'))).toEqual([]);
      const done = await alice.post(path, {
        token,
        ...(path === '/reset-password' ? { password: otherPassword } : {}),
      });
      expect(done.status).toBe(204);
    },
  );

  it('TOK-13: is not stored, not framed, loads nothing, and tells nobody where it was opened', async () => {
    const { w, token } = await live(path);
    for (const at of [`${path}?token=${token}`, `${path}/done`]) {
      const { response } = await page(w, at);
      expectCommonHeaders(response);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(response.headers.get('x-frame-options')).toBe('DENY');
    }
  });

  it('holds the token and posts it to the route of the same path, nothing else', async () => {
    const { w, token } = await live(path);
    const { text } = await page(w, `${path}?token=${token}`);
    const actions = [...text.matchAll(/<form method="post" action="([^"]*)"/g)].map(([, action]) => action);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toBe(`/auth${path}`);
    const fields = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
      ([, n, v]) => `${n}=${v}`,
    );
    expect(new Set(fields)).toEqual(new Set([`token=${token}`, `returnTo=/auth${path}/done`]));
    expect(text).not.toMatch(/<script|<a [^>]*token|https?:/);
  });

  it('INJ-03: writes nothing of a request that is no token of ours', async () => {
    const { w } = await live(path);
    const hostile = [
      '"><script>alert(1)</script>',
      "'onfocus='alert(1)",
      'A'.repeat(42),
      'A'.repeat(44),
      `${'A'.repeat(42)}"`,
      `${'A'.repeat(43)}\n`,
      'javascript:alert(1)',
      '%00',
    ];
    for (const value of hostile) {
      const { response, text } = await page(w, `${path}?token=${encodeURIComponent(value)}&returnTo=//evil.example`);
      expect(response.status).toBe(200);
      expect(text).toContain('name="token" value=""');
      for (const piece of ['script', 'onfocus', 'alert', 'evil', 'AAAA'])
        expect([value, text.includes(piece)]).toEqual([value, false]);
    }
  });

  it('works without JavaScript: its form is answered 303 to its end, which says so', async () => {
    const { w, alice, token } = await live(path);
    const fields = {
      token,
      returnTo: `/auth${path}/done`,
      ...(path === '/reset-password' ? { password: otherPassword } : {}),
    };
    const answer = await wireSend(w.auth, path, {
      type: form,
      body: new URLSearchParams(fields).toString(),
      headers: cookieOf(alice),
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/auth${path}/done`]);
    expect(answer.headers.get('location')).not.toContain(token);
    const { response, text } = await page(w, `${path}/done`);
    expect([response.status, text.includes('<h1>')]).toEqual([200, true]);
    const again = await wireSend(w.auth, path, {
      type: form,
      body: new URLSearchParams(fields).toString(),
      headers: cookieOf(alice),
    });
    expect([again.status, again.headers.get('location')]).toEqual([
      303,
      'https://app.example.com/auth/error?code=token_invalid',
    ]);
    expect(again.headers.get('location')).not.toContain(token);
  });
});

describe('what a form leaves in the browser', () => {
  const send = (w: World, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    wireSend(w.auth, path, { type: form, body: new URLSearchParams(fields).toString(), headers });
  const names = (response: Response) => response.headers.getSetCookie().map((cookie) => cookie.split('=')[0]);

  it('a reset: the device and no session; a change: the renewed session; a way back: nothing', async () => {
    const reset = await live('/reset-password');
    expect(names(await send(reset.w, '/reset-password', { token: reset.token, password: otherPassword }))).toEqual([
      '__Host-device',
    ]);
    const change = await live('/change-email/confirm');
    const answer = await send(change.w, '/change-email/confirm', { token: change.token }, cookieOf(change.alice));
    expect(names(answer)).toEqual(['__Host-session']);
    const renewed = answer.headers.getSetCookie()[0]?.split(';')[0]?.split('=')[1] ?? '';
    expect(await isAlive(change.w, renewed)).toBe(true);
    expect(await isAlive(change.w, sessionCookieOf(change.alice))).toBe(false);
    const back = await live('/change-email/revert');
    expect(names(await send(back.w, '/change-email/revert', { token: back.token }))).toEqual([]);
    expect((await userOf(back.w, email)).email).toBe(email);
  });

  it('forgot-password takes a form, too, and answers alike for everybody', async () => {
    const w = world();
    await w.confirmed(email);
    for (const to of [email, 'nobody@example.com']) {
      const answer = await send(w, '/forgot-password', { email: to, returnTo: '/sent' });
      expect([answer.status, answer.headers.get('location'), names(answer)]).toEqual([303, '/sent', []]);
    }
  });

  it('RED-01: none of them leaves the site', async () => {
    for (const path of ['/forgot-password', ...linkPages]) {
      const w = world();
      const answer = await send(w, path, { email, token: 'A'.repeat(43), returnTo: '//evil.example' });
      expect(answer.headers.get('location')).toBe('https://app.example.com/auth/error?code=return_to_forbidden');
    }
  });
});
