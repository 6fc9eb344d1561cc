import { describe, expect, it } from 'vitest';
import { minutes } from '../src/index.ts';
import { goodPassword, otherPassword, tally, type World, world } from './harness.ts';
import {
  credentialsOf,
  isAlive,
  mailsTo,
  probe,
  refusalOf,
  sessionCookieOf,
  sessionsOf,
  times,
  tokensOf,
  userOf,
} from './probes.ts';
import { askReset } from './recovery.ts';
import {
  appOf,
  enrol,
  eventsOf,
  factorsOf,
  halfway,
  mfaWorld,
  second,
  signedInTwice,
  stepMs,
  withFactor,
  wrongCode,
} from './second-factor.ts';

const email = 'ann@example.com';

describe('enrolment', () => {
  it('gives a secret of 160 bits and its URI, and ten codes once a code has proved it', async () => {
    const w = mfaWorld();
    const browser = await w.signedIn(email);
    const app = appOf(w, await browser.post('/mfa/totp', { label: 'Phone' }));
    expect(app.secret).toMatch(/^[A-Z2-7]{32}$/);
    const uri = new URL(app.uri);
    expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual([
      'otpauth:',
      'totp',
      `/Example:${email}`,
    ]);
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      ...{ issuer: 'Example', secret: app.secret, algorithm: 'SHA1', digits: '6', period: '30' },
    });
    const before = sessionCookieOf(browser);
    const elsewhere = w.browser('203.0.113.9');
    expect((await elsewhere.post('/login', { email, password: goodPassword })).status).toBe(200);
    const answer = await browser.post(`/mfa/totp/${app.id}/confirm`, { code: app.code() });
    expect(answer.status).toBe(200);
    const { recoveryCodes } = answer.body;
    expect(new Set(recoveryCodes).size).toBe(10);
    for (const code of recoveryCodes) expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{6}$/);
    // Every other session ends; the own one has two factors and a new id.
    expect([await isAlive(w, before), await isAlive(w, sessionCookieOf(elsewhere))]).toEqual([false, false]);
    const { session } = (await browser.get('/session')).body;
    expect([session.aal, session.amr]).toEqual([2, ['pwd', 'otp', 'mfa']]);
    const list = (await browser.get('/mfa')).body;
    expect(list).toEqual({
      factors: [{ id: app.id, type: 'totp', label: 'Phone', confirmedAt: w.clock.now() }],
      recoveryCodesLeft: 10,
    });
    await w.auth.drain();
    expect(mailsTo(w, email)).toContain('mfa_enabled');
    expect(eventsOf(w, 'mfa.enrolled')).toHaveLength(1);
  });

  it('MFA-11: nobody is asked for a factor that was never proved, and after ten minutes it cannot be', async () => {
    const w = mfaWorld();
    const browser = await w.signedIn(email);
    const app = appOf(w, await browser.post('/mfa/totp'));
    expect((await w.browser('203.0.113.9').post('/login', { email, password: goodPassword })).body.status).toBe(
      'signed_in',
    );
    w.clock.advance(minutes(10));
    const late = await browser.post(`/mfa/totp/${app.id}/confirm`, { code: app.code() });
    expect([late.status, late.body.code]).toEqual([404, 'not_found']);
    const none = await browser.post(`/mfa/totp/${'A'.repeat(22)}/confirm`, { code: app.code() });
    expect(none.status).toBe(404);
    expect((await browser.get('/mfa')).body).toEqual({ factors: [], recoveryCodesLeft: 0 });
  });

  it('S7 MFA-10: asks for a fresh session, and the old factor stays until the new one is proved', async () => {
    const w = mfaWorld();
    const { browser, app } = await withFactor(w, email);
    w.clock.advance(minutes(10));
    const stale = await browser.post('/mfa/totp');
    expect([stale.status, stale.body.code, stale.body.need]).toEqual([403, 'step_up_required', { fresh: minutes(10) }]);
    expect((await browser.post('/step-up', { method: 'totp', code: app.code() })).status).toBe(200);
    const next = appOf(w, await browser.post('/mfa/totp'));
    w.clock.advance(stepMs);
    expect((await second(await halfway(w, email), next.code())).status).toBe(401);
    expect((await second(await halfway(w, email), app.code())).status).toBe(200);
  });

  it('S8: another user’s enrolment is nobody else’s, and a wrong code proves nothing', async () => {
    const w = mfaWorld();
    const browser = await w.signedIn(email);
    const mallory = await w.signedIn('mallory@example.com');
    const app = appOf(w, await browser.post('/mfa/totp'));
    expect((await mallory.post(`/mfa/totp/${app.id}/confirm`, { code: app.code() })).status).toBe(404);
    const wrong = await browser.post(`/mfa/totp/${app.id}/confirm`, { code: wrongCode(app) });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'mfa_code_invalid']);
    expect(eventsOf(w, 'mfa.code_refused')).toHaveLength(1);
    expect((await browser.post(`/mfa/totp/${app.id}/confirm`, { code: app.code() })).status).toBe(200);
    // Twice is not another enrolment.
    w.clock.advance(stepMs);
    expect((await browser.post(`/mfa/totp/${app.id}/confirm`, { code: app.code() })).status).toBe(404);
  });

  it('MFA-16: needs a confirmed address', async () => {
    const w = mfaWorld({ registration: 'open' });
    const browser = w.browser();
    expect((await browser.post('/register', { email, password: goodPassword })).status).toBe(201);
    const refused = await browser.post('/mfa/totp');
    expect([refused.status, refused.body.code]).toEqual([403, 'email_unverified']);
  });

  it('several apps: each opens, the sixth is one too many, and recovery codes stay as they are', async () => {
    const w = mfaWorld();
    const { browser, app, codes } = await withFactor(w, email);
    const apps = [app];
    for (let n = 2; n <= 5; n += 1) {
      const more = await enrol(w, browser);
      expect(more.codes).toBeNull();
      apps.push(more.app);
    }
    const full = await browser.post('/mfa/totp');
    expect([full.status, full.body.code]).toEqual([409, 'factor_limit']);
    for (const one of apps) await signedInTwice(w, email, one);
    expect((await second(await halfway(w, email), codes[0] ?? '', 'recovery_code')).status).toBe(200);
  });

  it('more than twenty enrolments that nobody ends are too many', async () => {
    const w = mfaWorld();
    const browser = await w.signedIn(email);
    for (const _ of times(20, (n) => n)) expect((await browser.post('/mfa/totp')).status).toBe(201);
    expect((await browser.post('/mfa/totp')).body.code).toBe('factor_limit');
    w.clock.advance(minutes(10));
    await browser.post('/step-up', { password: goodPassword });
    expect((await browser.post('/mfa/totp')).status).toBe(201);
  });

  it.each([
    [7, 'type'],
    ['', 'required'],
    ['  ', 'required'],
    ['x'.repeat(65), 'too_long'],
    ['a\nb', 'value'],
    ['\ud800', 'ill_formed'],
  ])('a label of %j is refused', async (label, code) => {
    const w = mfaWorld();
    const browser = await w.signedIn(email);
    const refused = await browser.post('/mfa/totp', { label });
    expect([refused.status, refused.body.errors]).toEqual([422, [{ pointer: '/label', code }]]);
  });
});

describe('signing in with two factors', () => {
  it('S6: the password opens nothing, the code opens, and the session says how', async () => {
    const w = mfaWorld();
    const { app } = await withFactor(w, email);
    const browser = w.browser();
    const first = await browser.post('/login', { email, password: goodPassword });
    expect(first.status).toBe(200);
    expect(first.cookies).toEqual([]);
    expect(first.body).toEqual({
      status: 'mfa_required',
      challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      methods: ['totp', 'recovery_code'],
    });
    const answer = await second({ browser, challenge: first.body.challenge }, app.code());
    expect(answer.body).toEqual({ status: 'signed_in', user: expect.objectContaining({ email }) });
    expect(answer.cookies.map((cookie) => cookie.split('=')[0])).toEqual(['__Host-session', '__Host-device']);
    const identity = await w.auth.require(browser.headers(), { aal: 2, fresh: minutes(1) });
    expect(identity.session.amr).toEqual(['pwd', 'otp', 'mfa']);
    expect(w.events.filter(({ name }) => name.startsWith('login.')).map(({ name }) => name)).toEqual([
      ...['login.succeeded', 'login.challenged', 'login.succeeded'],
    ]);
  });

  it('the session that the browser came with ends only when it is in', async () => {
    const w = mfaWorld();
    const { browser, app } = await withFactor(w, email);
    const old = sessionCookieOf(browser);
    const way = await halfway(w, email, browser);
    expect(await isAlive(w, old)).toBe(true);
    expect((await second(way, app.code())).status).toBe(200);
    expect(await isAlive(w, old)).toBe(false);
  });

  it('MFA-06: a challenge ends after ten minutes, with its epoch, with the account, and with its first success', async () => {
    const w = mfaWorld();
    const { app } = await withFactor(w, email);
    const { id } = await userOf(w, email);
    const expectDead = async (way: Awaited<ReturnType<typeof halfway>>) => {
      const answer = await second(way, app.code());
      expect([answer.status, answer.body.code, answer.cookies]).toEqual([401, 'challenge_expired', []]);
    };
    const used = await halfway(w, email);
    expect((await second(used, app.code())).status).toBe(200);
    w.clock.advance(stepMs);
    await expectDead(used);
    const late = await halfway(w, email);
    w.clock.advance(minutes(10));
    await expectDead(late);
    const revoked = await halfway(w, email);
    await w.auth.api.revokeAll(id);
    await expectDead(revoked);
    const disabled = await halfway(w, email);
    await w.auth.api.setDisabled(id, true);
    await expectDead(disabled);
    await expectDead({ browser: w.browser(), challenge: 'A'.repeat(43) });
    await w.auth.drain();
    expect(await sessionsOf(w).listByUser(id)).toHaveLength(0);
  });

  it('is asked of the application when the second factor is there, and not before', async () => {
    const asked: string[] = [];
    const w = mfaWorld({
      hooks: {
        beforeSession: async ({ userId }) => {
          asked.push(userId ?? '');
          return asked.length > 1 ? 'not today' : null;
        },
      },
    });
    const { app } = await withFactor(w, email);
    const way = await halfway(w, email);
    expect(asked).toHaveLength(1);
    const refused = await second(way, app.code());
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([403, 'account_disabled', 'not today']);
    expect(asked).toHaveLength(2);
  });

  it('a form is sent to the page of ours, which works without JavaScript and knows the browser', async () => {
    const w = mfaWorld();
    const { app } = await withFactor(w, email);
    const form = (browser: ReturnType<typeof w.browser>, path: string, fields: Record<string, string>) =>
      w.auth.handle(
        new Request(`${w.auth.origin}/auth${path}`, {
          method: 'POST',
          headers: {
            'sec-fetch-site': 'same-origin',
            'content-type': 'application/x-www-form-urlencoded',
            ...Object.fromEntries(browser.headers()),
          },
          body: new URLSearchParams(fields).toString(),
        }),
        { peer: browser.address },
      );
    const browser = w.browser();
    const first = await form(browser, '/login', { email, password: goodPassword, returnTo: '/app/home?x=1' });
    const page = new URL(first.headers.get('location') ?? '');
    expect([first.status, page.origin, page.pathname]).toEqual([303, w.auth.origin, '/auth/login/second-factor']);
    const [flow = ''] = first.headers.getSetCookie();
    expect(flow).toMatch(/^__Host-flow=/);
    expect(first.headers.getSetCookie()).toHaveLength(1);
    const challenge = page.searchParams.get('challenge') ?? '';
    const shown = await browser.get(`/login/second-factor${page.search}`);
    expect(shown.body).toContain(`name="challenge" value="${challenge}"`);
    // Whoever finds the address of the page in a history or a log has another browser.
    const fields = { challenge, method: 'totp', code: app.code() };
    expect((await w.browser().post('/login/mfa', fields)).body.code).toBe('challenge_expired');
    browser.jar.set('__Host-flow', flow.split(';')[0]?.split('=')[1] ?? '');
    const wrong = await form(browser, '/login/mfa', { ...fields, code: wrongCode(app) });
    const again = new URL(wrong.headers.get('location') ?? '');
    expect([wrong.status, again.pathname, Object.fromEntries(again.searchParams)]).toEqual([
      ...[303, '/auth/login/second-factor', { challenge, code: 'mfa_code_invalid' }],
    ]);
    expect((await browser.get(`/login/second-factor${again.search}`)).body).toContain('The code is wrong.');
    const mistyped = await form(browser, '/login/mfa', { ...fields, code: '12345' });
    expect(new URL(mistyped.headers.get('location') ?? '').searchParams.get('code')).toBe('validation_failed');
    const right = await form(browser, '/login/mfa', { ...fields, returnTo: '/elsewhere' });
    // Where the first step wanted to go; what the second says is not asked.
    expect([right.status, right.headers.get('location')]).toEqual([303, '/app/home?x=1']);
    expect(right.headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual([
      ...['__Host-session', '__Host-device'],
    ]);
    w.clock.advance(stepMs);
    const spent = await form(browser, '/login/mfa', { ...fields, code: app.code() });
    expect(spent.headers.get('location')).toBe(`${w.auth.origin}/auth/error?code=challenge_expired`);
  });

  it('a script that goes on from a form is told where that wanted to go', async () => {
    const w = mfaWorld({ pages: { secondFactor: '/two?step=2' } });
    const { app } = await withFactor(w, email);
    const response = await w.auth.handle(
      new Request(`${w.auth.origin}/auth/login`, {
        method: 'POST',
        headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ email, password: goodPassword, returnTo: '/app' }).toString(),
      }),
      { peer: '198.51.100.7' },
    );
    const page = new URL(response.headers.get('location') ?? '');
    expect([page.pathname, page.searchParams.get('step')]).toEqual(['/two', '2']);
    const browser = w.browser();
    browser.jar.set('__Host-flow', response.headers.getSetCookie()[0]?.split(';')[0]?.split('=')[1] ?? '');
    const way = { browser, challenge: page.searchParams.get('challenge') ?? '' };
    expect((await second(way, app.code())).body).toMatchObject({ status: 'signed_in', returnTo: '/app' });
  });

  it.each([' 123456', '123 456', '+12345', '12345', '1234567', '１２３４５６', '١٢٣٤٥٦', '1e5', '12345\n', '-00001'])(
    'a code of %j is none, and costs no try',
    async (code) => {
      const w = mfaWorld();
      const { app } = await withFactor(w, email);
      const way = await halfway(w, email);
      for (const _ of times(12, (n) => n)) {
        const refused = await second(way, code);
        expect([refused.status, refused.body.errors]).toEqual([422, [{ pointer: '/code', code: 'value' }]]);
      }
      expect((await second(way, app.code())).status).toBe(200);
    },
  );

  it.each([[123456], [['123456']], [{ code: '123456' }], [null], [true]])('a code of %j is no text', async (code) => {
    const w = mfaWorld();
    await withFactor(w, email);
    const way = await halfway(w, email);
    const refused = await way.browser.post('/login/mfa', { challenge: way.challenge, method: 'totp', code });
    expect([refused.status, refused.body.errors]).toEqual([422, [{ pointer: '/code', code: 'type' }]]);
  });

  it('keeps leading zeros', async () => {
    const w = mfaWorld();
    const { app } = await withFactor(w, email);
    let steps = 0;
    while (!app.code().startsWith('0') && steps < 500) {
      w.clock.advance(stepMs);
      steps += 1;
    }
    const code = app.code();
    expect(code).toMatch(/^0[0-9]{5}$/);
    const way = await halfway(w, email);
    expect((await second(way, code.replace(/^0+/, ''))).status).toBe(422);
    expect((await second(way, code)).status).toBe(200);
  });

  it('takes the step before and the step after, and no other', async () => {
    const w = mfaWorld();
    const { app } = await withFactor(w, email);
    const statuses: [number, number][] = [];
    for (const offset of [-2, 2, -1, 1]) {
      w.clock.advance(10 * stepMs);
      statuses.push([offset, (await second(await halfway(w, email), app.code(offset))).status]);
    }
    expect(statuses).toEqual([
      [-2, 401],
      [2, 401],
      [-1, 200],
      [1, 200],
    ]);
  });
});

describe('S9: recovery codes', () => {
  it('sign in once, at level 1, with one right: to enrol another app in the place of the lost one', async () => {
    const w = mfaWorld({ limits: { login_pair: { burst: 100 }, mfa_user: { burst: 100 } } });
    const { app, codes } = await withFactor(w, email);
    const { id } = await userOf(w, email);
    const other = await signedInTwice(w, email, app);
    const way = await halfway(w, email);
    expect((await second(way, codes[3] ?? '', 'recovery_code')).status).toBe(200);
    const { browser } = way;
    await w.auth.drain();
    expect((await browser.get('/session')).body.session).toMatchObject({ aal: 1, amr: ['pwd', 'rec'] });
    expect((await browser.get('/mfa')).body.recoveryCodesLeft).toBe(9);
    expect(mailsTo(w, email)).toContain('recovery_code_used');
    expect(eventsOf(w, 'recovery_code.used').map(({ data }) => data)).toEqual([{ left: 9, phase: 'login' }]);
    // MFA-17: neither the factor nor the codes can be had by it, nor anything else that asks for two.
    for (const refused of [
      await browser.delete(`/mfa/${app.id}`),
      await browser.post('/mfa/recovery-codes'),
      await browser.post('/change-email', { email: 'new@example.com' }),
      await browser.post('/change-password', { current: goodPassword, password: otherPassword }),
      await browser.delete('/account'),
    ]) {
      expect([refused.status, refused.body.code, refused.body.need]).toEqual([403, 'step_up_required', { aal: 2 }]);
    }
    const next = appOf(w, await browser.post('/mfa/totp'));
    const confirmed = await browser.post(`/mfa/totp/${next.id}/confirm`, { code: next.code() });
    expect(confirmed.body.recoveryCodes).toHaveLength(10);
    await w.auth.drain();
    expect((await browser.get('/session')).body.session).toMatchObject({ aal: 2, amr: ['pwd', 'otp', 'mfa'] });
    expect((await browser.get('/mfa')).body.factors.map((factor: { id: string }) => factor.id)).toEqual([next.id]);
    expect(await isAlive(w, sessionCookieOf(other))).toBe(false);
    w.clock.advance(2 * stepMs);
    expect((await second(await halfway(w, email), app.code())).status).toBe(401);
    for (const code of codes) expect((await second(await halfway(w, email), code, 'recovery_code')).status).toBe(401);
    expect((await factorsOf(w).listByUser(id)).map((factor) => factor.type).sort()).toEqual(['recovery', 'totp']);
  });

  it('MFA-04 MFA-20: each once, however it is typed; the others still work', async () => {
    const w = mfaWorld({ limits: { login_pair: { burst: 100 }, login_login: { burst: 100 } } });
    const { codes } = await withFactor(w, email);
    const typed = [
      (code: string) => code,
      (code: string) => code.toLowerCase(),
      (code: string) => code.replaceAll('-', ''),
      (code: string) => code.replaceAll('-', ' '),
      (code: string) => code.replaceAll('1', 'l').replaceAll('0', 'o'),
    ];
    for (const [n, code] of codes.entries()) {
      const spelt = typed[n % typed.length]?.(code) ?? code;
      expect([n, (await second(await halfway(w, email), spelt, 'recovery_code')).status]).toEqual([n, 200]);
      expect((await second(await halfway(w, email), code, 'recovery_code')).status).toBe(401);
      await w.auth.drain();
    }
  });

  it('are made anew by two fresh factors; those before are void, and no session ends', async () => {
    const w = mfaWorld();
    const { browser, app, codes } = await withFactor(w, email);
    const other = await signedInTwice(w, email, app);
    const answer = await browser.post('/mfa/recovery-codes');
    expect([answer.status, answer.body.recoveryCodes.length, answer.cookies]).toEqual([200, 10, []]);
    await w.auth.drain();
    expect(await isAlive(w, sessionCookieOf(other))).toBe(true);
    expect((await second(await halfway(w, email), codes[0] ?? '', 'recovery_code')).status).toBe(401);
    const [fresh = ''] = answer.body.recoveryCodes;
    expect((await second(await halfway(w, email), fresh, 'recovery_code')).status).toBe(200);
    const { id } = await userOf(w, email);
    expect(await factorsOf(w).listByUser(id)).toHaveLength(2);
    w.clock.advance(minutes(10));
    expect((await browser.post('/mfa/recovery-codes')).body.need).toEqual({ fresh: minutes(10) });
  });

  it('MFA-14: no code, no secret and no challenge is in a store in clear', async () => {
    const w = mfaWorld();
    const { app, codes } = await withFactor(w, email);
    const { challenge } = await halfway(w, email);
    const { id } = await userOf(w, email);
    const rows = JSON.stringify([
      await factorsOf(w).listByUser(id),
      await tokensOf(w).listByUser(id),
      await credentialsOf(w).get(id),
      w.events,
      w.outbox,
    ]);
    for (const secret of [app.secret, challenge, ...codes, ...codes.map((code) => code.replaceAll('-', ''))])
      expect(rows).not.toContain(secret);
  });
});

describe('step-up', () => {
  it('with a code gives level 2 and a new session id; a session of one factor cannot change what matters', async () => {
    const w = mfaWorld();
    const { app } = await withFactor(w, email);
    const { browser } = await halfway(w, email);
    // A session of level 1 of an account with a factor: what a trusted browser has.
    const { id } = await userOf(w, email);
    const credential = await credentialsOf(w).get(id);
    if (credential === null) throw new Error('no credential');
    await credentialsOf(w).replace({ ...credential, factors: [], version: credential.version + 1 }, credential.version);
    await browser.post('/login', { email, password: goodPassword });
    const now = await credentialsOf(w).get(id);
    if (now === null) throw new Error('no credential');
    await credentialsOf(w).replace({ ...now, factors: credential.factors, version: now.version + 1 }, now.version);
    const old = sessionCookieOf(browser);
    expect((await browser.get('/session')).body.session.aal).toBe(1);
    for (const refused of [
      await browser.post('/mfa/totp'),
      await browser.delete(`/mfa/${app.id}`),
      await browser.delete('/account'),
      await browser.post('/change-email', { email: 'new@example.com' }),
      await browser.delete(`/sessions/${'A'.repeat(43)}`),
      await browser.post('/change-password', { current: goodPassword, password: otherPassword }),
    ])
      expect([refused.body.code, refused.body.need]).toEqual(['step_up_required', { aal: 2 }]);
    expect((await browser.post('/step-up', { password: goodPassword })).status).toBe(200);
    expect((await browser.get('/session')).body.session.aal).toBe(1);
    const stepped = await browser.post('/step-up', { method: 'totp', code: app.code() });
    expect([stepped.status, stepped.body.session.aal, stepped.body.session.amr]).toEqual([
      ...[200, 2, ['pwd', 'otp', 'mfa']],
    ]);
    expect(await isAlive(w, old)).toBe(false);
    await expect(w.auth.require(browser.headers(), { aal: 2 })).resolves.toBeTruthy();
    expect((await browser.delete(`/sessions/${'A'.repeat(43)}`)).status).toBe(204);
  });

  it('the password alone does not renew the proof of two factors, neither shown again nor changed', async () => {
    const w = mfaWorld();
    const { browser, app } = await withFactor(w, email);
    w.clock.advance(minutes(10));
    const refused = await browser.post('/step-up', { password: goodPassword });
    expect([refused.status, refused.body.code, refused.body.need]).toEqual([403, 'step_up_required', { aal: 2 }]);
    const changed = await browser.post('/change-password', { current: goodPassword, password: otherPassword });
    expect(changed.status).toBe(204);
    expect((await browser.delete(`/mfa/${app.id}`)).body.need).toEqual({ fresh: minutes(10) });
    expect((await browser.post('/step-up', { method: 'totp', code: app.code() })).status).toBe(200);
    expect((await browser.delete(`/mfa/${app.id}`)).status).toBe(204);
  });

  it('a recovery code makes it a session that may enrol, at level 1', async () => {
    const w = mfaWorld();
    const { browser, codes } = await withFactor(w, email);
    const stepped = await browser.post('/step-up', { method: 'recovery_code', code: codes[0] });
    expect(stepped.body.session).toMatchObject({ aal: 1, amr: ['pwd', 'rec'] });
    expect((await browser.post('/mfa/totp')).status).toBe(201);
    expect((await browser.post('/mfa/recovery-codes')).body.need).toEqual({ aal: 2 });
  });

  it('takes one thing, whole', async () => {
    const w = mfaWorld();
    const { browser, app } = await withFactor(w, email);
    const errorsOf = async (body: object) => (await browser.post('/step-up', body)).body.errors;
    expect(await errorsOf({})).toEqual([{ pointer: '/password', code: 'required' }]);
    expect(await errorsOf({ code: app.code() })).toEqual([{ pointer: '/method', code: 'required' }]);
    expect(await errorsOf({ method: 'sms', code: app.code() })).toEqual([{ pointer: '/method', code: 'value' }]);
    expect(await errorsOf({ password: goodPassword, method: 'totp', code: app.code() })).toEqual([
      { pointer: '/method', code: 'unknown_member' },
      { pointer: '/code', code: 'unknown_member' },
    ]);
    const nobody = await w.browser().post('/step-up', { method: 'totp', code: app.code() });
    expect(nobody.status).toBe(401);
  });
});

describe('the list', () => {
  it('renames the own and nobody else’s, and shows no recovery set as a factor', async () => {
    const w = mfaWorld();
    const { browser, app } = await withFactor(w, email);
    const mallory = await withFactor(w, 'mallory@example.com');
    expect((await browser.post(`/mfa/${app.id}`, { label: ' Desk ' })).status).toBe(204);
    expect((await browser.get('/mfa')).body.factors[0].label).toBe('Desk');
    expect((await mallory.browser.post(`/mfa/${app.id}`, { label: 'mine' })).status).toBe(404);
    expect((await mallory.browser.delete(`/mfa/${app.id}`)).status).toBe(404);
    const { id } = await userOf(w, email);
    const set = (await factorsOf(w).listByUser(id)).find(({ type }) => type === 'recovery');
    expect((await browser.post(`/mfa/${set?.id}`, { label: 'x' })).status).toBe(404);
    expect((await browser.delete(`/mfa/${set?.id}`)).status).toBe(404);
    expect((await browser.get('/mfa')).body.factors[0].label).toBe('Desk');
  });

  it('removing one of two leaves the other; removing the last leaves none, no codes, and a session of one factor', async () => {
    const w = mfaWorld();
    const { browser, app } = await withFactor(w, email);
    const spare = await enrol(w, browser);
    const other = await signedInTwice(w, email, app);
    const old = sessionCookieOf(browser);
    expect((await browser.delete(`/mfa/${app.id}`)).status).toBe(204);
    await w.auth.drain();
    expect([await isAlive(w, old), await isAlive(w, sessionCookieOf(other))]).toEqual([false, false]);
    expect((await browser.get('/session')).body.session.aal).toBe(2);
    expect((await second(await halfway(w, email), app.code())).status).toBe(401);
    await signedInTwice(w, email, spare.app);
    expect((await browser.delete(`/mfa/${spare.app.id}`)).status).toBe(204);
    await w.auth.drain();
    expect((await browser.get('/session')).body.session).toMatchObject({ aal: 1, amr: ['pwd'] });
    const { id } = await userOf(w, email);
    expect(await factorsOf(w).listByUser(id)).toEqual([]);
    expect((await credentialsOf(w).get(id))?.factors).toEqual([]);
    const login = await w.browser().post('/login', { email, password: goodPassword });
    expect(login.body.status).toBe('signed_in');
    // With no factor left the password is a proof again.
    expect((await browser.post('/step-up', { password: goodPassword })).status).toBe(200);
    expect(mailsTo(w, email).filter((type) => type === 'mfa_disabled')).toHaveLength(2);
    expect(eventsOf(w, 'mfa.removed').map(({ data }) => data['last'])).toEqual([false, true]);
  });
});

describe('what surrounds it', () => {
  it('TOK-10: a reset of the password does not go around the second factor, nor does a recovery code with it', async () => {
    const w = mfaWorld();
    const { app, codes } = await withFactor(w, email);
    const pending = await halfway(w, email);
    const token = await askReset(w, email);
    const reset = await w.browser().post('/reset-password', { token, password: otherPassword });
    expect([reset.status, reset.cookies.map((cookie) => cookie.split('=')[0])]).toEqual([204, ['__Host-device']]);
    expect((await second(pending, app.code())).body.code).toBe('challenge_expired');
    const browser = w.browser();
    const login = await browser.post('/login', { email, password: otherPassword });
    expect(login.body.status).toBe('mfa_required');
    const way = { browser, challenge: login.body.challenge };
    expect((await second(way, codes[0] ?? '', 'recovery_code')).status).toBe(200);
    expect((await browser.delete(`/mfa/${app.id}`)).status).toBe(403);
  });

  it('server code can take factors away from who has lost them all; the password stays, and nothing else', async () => {
    const w = mfaWorld();
    const { browser, app } = await withFactor(w, email);
    const { id } = await userOf(w, email);
    const pending = await halfway(w, email);
    await w.auth.api.resetFactors(id);
    await w.auth.drain();
    expect(await isAlive(w, sessionCookieOf(browser))).toBe(false);
    expect((await second(pending, app.code())).body.code).toBe('challenge_expired');
    expect([(await credentialsOf(w).get(id))?.factors, await factorsOf(w).listByUser(id)]).toEqual([[], []]);
    expect(mailsTo(w, email).filter((type) => type === 'mfa_disabled')).toHaveLength(1);
    const login = await w.browser().post('/login', { email, password: goodPassword });
    expect(login.body.status).toBe('signed_in');
    await w.auth.drain();
    // Again it is nothing to do: no mail, and nobody is signed out.
    await w.auth.api.resetFactors(id);
    await w.auth.drain();
    expect(mailsTo(w, email).filter((type) => type === 'mfa_disabled')).toHaveLength(1);
    expect(await refusalOf(w.auth.api.resetFactors('usr_nobody'))).toBe('not_found');
    const bare = world({ inner: w.stores, clock: w.clock });
    expect(await refusalOf(bare.auth.api.resetFactors(id))).toBe('not_found');
  });

  it('deleting the account takes every record of a factor along', async () => {
    const w = mfaWorld();
    const { browser } = await withFactor(w, email);
    const { id } = await userOf(w, email);
    expect(await factorsOf(w).listByUser(id)).toHaveLength(2);
    expect((await browser.delete('/account')).status).toBe(204);
    expect(await factorsOf(w).listByUser(id)).toEqual([]);
  });

  it('without the feature a factor that is named can only refuse, and nothing can show it', async () => {
    const w = mfaWorld();
    await withFactor(w, email);
    const bare = mfaWorld({
      inner: w.stores,
      clock: w.clock,
      features: [(await import('../src/index.ts')).password()],
    });
    const login = await bare.browser().post('/login', { email, password: goodPassword });
    expect([login.status, login.body.code, login.body.need]).toEqual([403, 'step_up_required', { aal: 2 }]);
    expect((await bare.browser().post('/login/mfa', {})).status).toBe(404);
  });

  it('what a crash left is cleared when factors change again, and no sooner', async () => {
    const w = mfaWorld();
    const { browser } = await withFactor(w, email);
    const { id } = await userOf(w, email);
    const left = (await factorsOf(w).listByUser(id)).find(({ type }) => type === 'recovery');
    if (left === undefined) throw new Error('no codes');
    await factorsOf(w).create({ ...left, id: 'orphan', createdAt: w.clock.now() - minutes(21) });
    await factorsOf(w).create({ ...left, id: 'young', createdAt: w.clock.now() - minutes(19) });
    expect((await browser.post('/mfa/recovery-codes')).status).toBe(200);
    await w.auth.drain();
    const ids = (await factorsOf(w).listByUser(id)).map((factor) => factor.id);
    expect([ids.includes('orphan'), ids.includes('young'), ids.length]).toEqual([false, true, 3]);
  });
});

describe('what it costs', () => {
  /** The calls up to the answer; what runs behind it is not among them. */
  const costOf = async (w: World, path: string, body: object): Promise<Record<string, number>> =>
    tally([...(await probe(w, path, { body })).work]);

  it('a sign-in with two factors: one write for the challenge; then the code, the challenge and the session', async () => {
    const w = mfaWorld();
    const { app } = await withFactor(w, email);
    const first = await costOf(w, '/login', { email, password: goodPassword });
    expect(first).toEqual({
      ...{ 'limits.take': 4, 'users.findByLoginKey': 1, 'credential.get': 1, verify: 1, 'one_time.create': 1 },
    });
    const { challenge } = await halfway(w, email);
    expect(await costOf(w, '/login/mfa', { challenge, method: 'totp', code: app.code() })).toEqual({
      ...{ 'one_time.get': 1, 'credential.get': 1, 'users.get': 1, 'limits.take': 2, 'mfa_factor.get': 2 },
      ...{ 'mfa_factor.replace': 1, 'one_time.delete': 1, 'session.create': 1 },
    });
  });

  it('who has no second factor pays nothing for it', async () => {
    const bare = world();
    const w = mfaWorld();
    await bare.confirmed(email);
    await w.confirmed(email);
    const login = { email, password: goodPassword };
    expect(await costOf(w, '/login', login)).toEqual(await costOf(bare, '/login', login));
  });

  it('enrolment, removal and new codes', async () => {
    const w = mfaWorld();
    const browser = await w.signedIn(email);
    const cost = async (path: string, method: string, body?: object) => {
      const headers = Object.fromEntries(browser.headers());
      const { work, body: answer } = await probe(w, path, { method, headers, ...(body === undefined ? {} : { body }) });
      return { work: tally([...work]), answer: answer as { factorId: string; secret: string } };
    };
    const session = { 'session.get': 1, 'credential.get': 1, 'users.get': 1 };
    const begun = await cost('/mfa/totp', 'POST', {});
    expect(begun.work).toEqual({ ...session, 'mfa_factor.listByUser': 1, 'mfa_factor.create': 1 });
    const app = appOf(w, { ...(await browser.post('/mfa/totp')) });
    const answer = await browser.post(`/mfa/totp/${app.id}/confirm`, { code: app.code() });
    expect(answer.status).toBe(200);
    await w.auth.drain();
    const codes = await cost('/mfa/recovery-codes', 'POST', {});
    expect(codes.work).toEqual({
      ...session,
      ...{ 'mfa_factor.get': 2, 'mfa_factor.create': 1, 'credential.replace': 1 },
    });
    await w.auth.drain();
    const removed = await cost(`/mfa/${app.id}`, 'DELETE');
    expect(removed.work).toEqual({
      ...session,
      ...{ 'mfa_factor.get': 2, 'credential.replace': 1, 'session.delete': 1, 'session.create': 1 },
    });
  });
});
