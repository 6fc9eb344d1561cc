import { describe, expect, it } from 'vitest';
import { days, memoryStores, minutes, seconds } from '../src/index.ts';
import { digest } from '../src/primitives/digest.ts';
import {
  type Browser,
  goodPassword,
  otherPassword,
  type TestAnswer,
  tally,
  testClock,
  type World,
  world,
} from './harness.ts';
import {
  cleared,
  codesOf,
  heldWorld,
  isAlive,
  probe,
  refusalOf,
  requestTo,
  sessionCookieOf,
  sessionName,
  sessionsOf,
  sightOf,
  times,
  userOf,
  writesIn,
} from './probes.ts';

const email = 'alice@example.com';
const cookieOf = (value: string) => ({ cookie: `${sessionName}=${value}` });
const idOf = async (w: World, browser: Browser): Promise<string> =>
  (await w.auth.require(browser.headers())).session.id;

/** Every way in which a browser comes to a session; `enter` is asked with a browser that may hold one already. */
const establishing: Record<
  string,
  { options?: Parameters<typeof world>[0]; enter(w: World, b: Browser): Promise<TestAnswer> }
> = {
  login: { enter: (_w, browser) => browser.post('/login', { email, password: goodPassword }) },
  'register in mode open': {
    options: { registration: 'open' },
    enter: (_w, browser) => browser.post('/register', { email: 'fresh@example.com', password: goodPassword }),
  },
  'step-up': { enter: (_w, browser) => browser.post('/step-up', { password: goodPassword }) },
  'change-password': {
    enter: (_w, browser) => browser.post('/change-password', { current: goodPassword, password: otherPassword }),
  },
};

describe.each(Object.keys(establishing))('fixation: %s', (name) => {
  const { options = {}, enter } = establishing[name] ?? { enter: () => Promise.reject(new Error(name)) };

  it('SES-01 SES-20 S15: gives a new cookie, and the old one is dead', async () => {
    const w = world(options);
    const browser = await w.signedIn(email);
    const before = sessionCookieOf(browser);
    const answer = await enter(w, browser);
    await w.auth.drain();
    const after = sessionCookieOf(browser);
    expect(answer.status).toBeLessThan(300);
    expect(after).not.toBe(before);
    expect(await isAlive(w, before)).toBe(false);
    expect(await refusalOf(w.auth.require(new Headers(cookieOf(before))))).toBe('unauthenticated');
    expect(await isAlive(w, after)).toBe(true);
    expect(await sessionsOf(w).get(digest('session', before.slice(3)))).toBeNull();
  });

  it('SES-01: a fresh proof is dated, and what was a list of two sessions does not become one of three', async () => {
    const w = world(options);
    const browser = await w.signedIn(email);
    w.clock.advance(minutes(3));
    await enter(w, browser);
    await w.auth.drain();
    const { session, user } = await w.auth.require(browser.headers());
    expect(session.authenticatedAt).toBe(w.clock.now());
    expect(await sessionsOf(w).listByUser(user.id)).toHaveLength(1);
  });
});

describe('a cookie that the client chose', () => {
  const chosen = {
    'well-formed': `v1.${'A'.repeat(43)}`,
    'without a version': 'A'.repeat(43),
    'of another version': `v2.${'A'.repeat(43)}`,
    short: 'v1.abc',
    'the id of a record': digest('session', 'A'.repeat(43)),
    empty: '',
    quoted: `"v1.${'A'.repeat(43)}"`,
    huge: `v1.${'A'.repeat(10_000)}`,
    'with markup': 'v1.<svg onload=x>',
  };

  it.each(Object.entries(chosen))('SES-01: %s: is never adopted, stored or echoed', async (_name, value) => {
    const w = world();
    await w.confirmed(email);
    const answer = await probe(w, '/login', {
      body: { email, password: goodPassword },
      headers: cookieOf(value),
    });
    expect(answer.status).toBe(200);
    const response = await w.auth.handle(
      requestTo(w, '/login', { body: { email, password: goodPassword }, headers: cookieOf(value) }),
      { peer: '198.51.100.8' },
    );
    const all = [...response.headers].join('\n') + (await response.text());
    if (value !== '') expect(all).not.toContain(value);
    expect(await isAlive(w, value)).toBe(false);
    const { id } = await userOf(w, email);
    const ids = (await sessionsOf(w).listByUser(id)).map((session) => session.id);
    expect(ids).toHaveLength(2);
    for (const secret of [value, value.slice(3)]) {
      expect(ids).not.toContain(digest('session', secret));
      expect(ids).not.toContain(secret);
    }
  });

  it('ENUM-11 SES-22: an id from the list of sessions is no key: neither as it is nor dressed as a cookie', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const id = await idOf(w, browser);
    for (const value of [id, `v1.${id}`]) expect(await isAlive(w, value)).toBe(false);
  });

  it('SES-22: no store holds what is in the cookie', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const secret = sessionCookieOf(browser).slice(3);
    const { id } = await userOf(w, email);
    expect(JSON.stringify(await sessionsOf(w).listByUser(id))).not.toContain(secret);
    expect((await sessionsOf(w).listByUser(id)).map((session) => session.id)).toEqual([digest('session', secret)]);
  });

  it('ill-formed cookies cost no store call', async () => {
    const w = world();
    for (const [name, value] of Object.entries(chosen)) {
      cleared(w.log);
      await w.auth.authenticate(new Headers(cookieOf(value)));
      expect([name, w.log]).toEqual([name, name === 'well-formed' ? ['session.get'] : []]);
    }
  });

  it('SES-10: two session cookies are nobody, whichever comes first', async () => {
    const w = world();
    const value = sessionCookieOf(await w.signedIn(email));
    const other = sessionCookieOf(await w.signedIn('mallory@example.com'));
    const planted = `v1.${'A'.repeat(43)}`;
    for (const [one, two] of [
      [value, planted],
      [planted, value],
      [value, value],
      [value, other],
      [value, ''],
    ]) {
      for (const join of ['; ', ';', ';   ']) {
        const headers = { cookie: `theme=dark${join}${sessionName}=${one}${join}${sessionName}=${two}` };
        expect(await w.auth.authenticate(new Headers(headers))).toBeNull();
        expect((await probe(w, '/session', { method: 'GET', headers })).body).toEqual({ user: null, session: null });
      }
    }
  });

  it('SES-10: cookies that only resemble it are not it', async () => {
    const w = world();
    const value = sessionCookieOf(await w.signedIn(email));
    for (const name of [
      'session',
      'x__Host-session',
      '__host-session',
      '__Host-session2',
      'sallyport-session',
      '__Host-sessio',
    ]) {
      expect([name, await w.auth.authenticate(new Headers({ cookie: `${name}=${value}` }))]).toEqual([name, null]);
    }
    const among = { cookie: `a=${sessionName}=x; ${sessionName}=${value}; b=1` };
    expect((await w.auth.authenticate(new Headers(among)))?.user.email).toBe(email);
  });
});

/** Every way in which a session ends before its time. */
const endings: Record<string, (w: World, browser: Browser) => Promise<void>> = {
  logout: async (_w, browser) => {
    expect((await browser.copy().post('/logout')).status).toBe(204);
  },
  'logout everywhere': async (_w, browser) => {
    expect((await browser.copy().post('/logout', { everywhere: true })).status).toBe(204);
  },
  'logout everywhere, elsewhere': async (w) => {
    const other = w.browser('203.0.113.7');
    await other.post('/login', { email, password: goodPassword });
    expect((await other.post('/logout', { everywhere: true })).status).toBe(204);
  },
  'DELETE of the own one': async (w, browser) => {
    expect((await browser.copy().delete(`/sessions/${await idOf(w, browser)}`)).status).toBe(204);
  },
  'DELETE from another one': async (w, browser) => {
    const other = w.browser('203.0.113.7');
    await other.post('/login', { email, password: goodPassword });
    expect((await other.delete(`/sessions/${await idOf(w, browser)}`)).status).toBe(204);
  },
  'a changed password': async (w) => {
    const other = w.browser('203.0.113.7');
    await other.post('/login', { email, password: goodPassword });
    const changed = await other.post('/change-password', { current: goodPassword, password: otherPassword });
    expect(changed.status).toBe(204);
  },
  revokeAll: async (w) => w.auth.api.revokeAll((await userOf(w, email)).id),
  setDisabled: async (w) => w.auth.api.setDisabled((await userOf(w, email)).id, true),
  deleteUser: async (w) => w.auth.api.deleteUser((await userOf(w, email)).id),
};

describe.each(Object.keys(endings))('a session ended by %s', (name) => {
  const end = endings[name] ?? (() => Promise.reject(new Error(name)));

  it('SES-03 SES-18: its replayed cookie opens nothing', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const cookie = sessionCookieOf(browser);
    await end(w, browser);
    expect(await isAlive(w, cookie)).toBe(false);
    await w.auth.drain();
    expect(await isAlive(w, cookie)).toBe(false);
    for (const ask of [
      { path: '/sessions', method: 'GET' },
      { path: '/step-up', body: { password: goodPassword } },
      { path: '/change-password', body: { current: goodPassword, password: otherPassword } },
      { path: `/sessions/${'A'.repeat(43)}`, method: 'DELETE' },
    ]) {
      const { status, body, cookies } = await probe(w, ask.path, { ...ask, headers: cookieOf(cookie) });
      expect([ask.path, status, body, cookies]).toMatchObject([ask.path, 401, { code: 'unauthenticated' }, []]);
    }
  });

  it.each(['before', 'after'] as const)(
    'SES-04: a late touch does not bring it back (held %s the write)',
    async (when) => {
      const w = heldWorld();
      const browser = await w.signedIn(email);
      const cookie = sessionCookieOf(browser);
      w.clock.advance(minutes(5));
      const late = w.hold('session.replace', when);
      expect(await isAlive(w, cookie)).toBe(true);
      await late.reached;
      await end(w, browser);
      late.release();
      await w.auth.drain();
      expect(await isAlive(w, cookie)).toBe(false);
      expect(await isAlive(world({ inner: w.stores, clock: w.clock }), cookie)).toBe(false);
    },
  );

  it('SES-04: a request that had read the session before the end leaves nothing alive behind it', async () => {
    const w = heldWorld();
    const browser = await w.signedIn(email);
    const cookie = sessionCookieOf(browser);
    const reading = w.hold('session.get', 'after');
    const request = probe(w, '/step-up', { body: { password: goodPassword }, headers: cookieOf(cookie) });
    await reading.reached;
    await end(w, browser);
    reading.release();
    const answer = await request;
    await w.auth.drain();
    expect(answer.status).toBe(401);
    expect(answer.cookies).toEqual([]);
    expect(await isAlive(w, cookie)).toBe(false);
  });
});

describe('what outlives an end', () => {
  it('SES-18: enabling an account again brings no session back', async () => {
    const w = world();
    const cookie = sessionCookieOf(await w.signedIn(email));
    const { id } = await userOf(w, email);
    await w.auth.api.setDisabled(id, true);
    await w.auth.api.setDisabled(id, false);
    expect(await isAlive(w, cookie)).toBe(false);
    expect((await w.browser().post('/login', { email, password: goodPassword })).status).toBe(200);
  });

  it('SES-18: ends by the epoch alone: the row may still be there', async () => {
    const w = heldWorld();
    const cookie = sessionCookieOf(await w.signedIn(email));
    const cleaning = w.hold('session.listByUser');
    await w.auth.api.setDisabled((await userOf(w, email)).id, true);
    await cleaning.reached;
    expect(await sessionsOf(w).get(digest('session', cookie.slice(3)))).not.toBeNull();
    expect(await isAlive(w, cookie)).toBe(false);
    cleaning.release();
    await w.auth.drain();
    expect(await sessionsOf(w).get(digest('session', cookie.slice(3)))).toBeNull();
  });

  it.each(['revokeAll', 'setDisabled', 'logout everywhere', 'a changed password'])(
    'a login that follows %s stays signed in, whatever of the clean-up is still under way',
    async (name) => {
      const w = heldWorld();
      const browser = await w.signedIn(email);
      const cleaning = w.hold('session.listByUser');
      await endings[name]?.(w, browser);
      await cleaning.reached;
      if (name === 'setDisabled') await w.auth.api.setDisabled((await userOf(w, email)).id, false);
      const password = name === 'a changed password' ? otherPassword : goodPassword;
      const next = w.browser('203.0.113.99');
      expect((await next.post('/login', { email, password })).status).toBe(200);
      cleaning.release();
      await w.auth.drain();
      expect(await isAlive(w, sessionCookieOf(next))).toBe(true);
    },
  );

  it('logout ends one session, and leaves the others of the user and those of everybody else', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const second = w.browser('203.0.113.7');
    await second.post('/login', { email, password: goodPassword });
    const stranger = await w.signedIn('mallory@example.com');
    await browser.post('/logout');
    expect(await isAlive(w, sessionCookieOf(second))).toBe(true);
    await second.post('/logout', { everywhere: true });
    await w.auth.drain();
    expect(await isAlive(w, sessionCookieOf(stranger))).toBe(true);
  });

  it('only a session that is alive may speak for the others: an expired one signs nobody out everywhere', async () => {
    const w = world();
    const old = await w.signedIn(email);
    w.clock.advance(days(8));
    const young = w.browser('203.0.113.7');
    await young.post('/login', { email, password: goodPassword });
    const answer = await old.post('/logout', { everywhere: true });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    await w.auth.drain();
    expect(await isAlive(w, sessionCookieOf(young))).toBe(true);
  });

  it('SES-03 S31: logout expires the cookie with the attributes it was set with, session or none', async () => {
    const w = world();
    const expired = '__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0';
    const browser = await w.signedIn(email);
    expect((await browser.copy().post('/logout')).cookies).toEqual([expired]);
    expect((await browser.copy().post('/logout')).cookies).toEqual([expired]);
    const nobody = await w.browser().post('/logout');
    expect([nobody.status, nobody.cookies]).toEqual([204, [expired]]);
  });
});

describe('the list', () => {
  const two = async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const mallory = await w.signedIn('mallory@example.com');
    return { w, alice, mallory };
  };

  it("SES-07: ending another user's session is 204, and it is still alive", async () => {
    const { w, alice, mallory } = await two();
    const answer = await mallory.delete(`/sessions/${await idOf(w, alice)}`);
    expect([answer.status, answer.body]).toEqual([204, null]);
    expect(await isAlive(w, sessionCookieOf(alice))).toBe(true);
    expect(w.events.filter(({ name, data }) => name === 'session.revoked' && data['by'] === 'list')).toEqual([]);
  });

  it("SES-07: an unknown id is 204, with the headers of another user's and of an own one", async () => {
    const { w, alice, mallory } = await two();
    const headers = cookieOf(sessionCookieOf(mallory));
    const other = w.browser('203.0.113.7');
    await other.post('/login', { email: 'mallory@example.com', password: goodPassword });
    const paths = ['A'.repeat(43), await idOf(w, alice), await idOf(w, other)].map((id) => `/sessions/${id}`);
    const seen = [];
    for (const path of paths) {
      seen.push(await sightOf(await w.auth.handle(requestTo(w, path, { method: 'DELETE', headers }), {})));
    }
    expect(seen[0]?.status).toBe(204);
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });

  it('SES-07: it shows the own sessions, by ids that are no cookies', async () => {
    const { w, alice, mallory } = await two();
    const listed = (await alice.get('/sessions')).body.sessions;
    expect(listed.map(({ id, current }: { id: string; current: boolean }) => [id, current])).toEqual([
      [await idOf(w, alice), true],
    ]);
    expect(JSON.stringify(listed)).not.toContain(sessionCookieOf(alice).slice(3));
    expect(JSON.stringify(listed)).not.toContain(await idOf(w, mallory));
  });

  it.each([
    [-1, 204],
    [0, 403],
    [1, 403],
  ])(
    'SES-19: ending another of the own needs a proof of the last ten minutes (%i ms past them: %i)',
    async (offset, status) => {
      const w = world();
      const browser = await w.signedIn(email);
      const other = w.browser('203.0.113.7');
      await other.post('/login', { email, password: goodPassword });
      const path = `/sessions/${await idOf(w, other)}`;
      w.clock.advance(minutes(10) + offset);
      const answer = await browser.delete(path);
      expect(answer.status).toBe(status);
      if (status === 403) expect(answer.body).toMatchObject({ code: 'step_up_required', need: { fresh: minutes(10) } });
      await w.auth.drain();
      expect(await isAlive(w, sessionCookieOf(other))).toBe(status === 403);
    },
  );

  it('SES-19: ending the own one needs none, and a step-up opens the way to the others', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const other = w.browser('203.0.113.7');
    await other.post('/login', { email, password: goodPassword });
    w.clock.advance(days(1));
    expect((await browser.delete(`/sessions/${await idOf(w, other)}`)).status).toBe(403);
    await browser.post('/step-up', { password: goodPassword });
    expect((await browser.delete(`/sessions/${await idOf(w, other)}`)).status).toBe(204);
    w.clock.advance(days(1));
    const own = sessionCookieOf(browser);
    expect((await browser.delete(`/sessions/${await idOf(w, browser)}`)).status).toBe(204);
    expect(await isAlive(w, own)).toBe(false);
    expect(browser.jar.has('__Host-session')).toBe(false);
  });

  it('an unknown id with an old proof is refused like a known one: freshness is asked first', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    w.clock.advance(days(1));
    const answer = await browser.delete(`/sessions/${'A'.repeat(43)}`);
    expect([answer.status, answer.body.code]).toEqual([403, 'step_up_required']);
  });

  it('neither list nor end is for nobody', async () => {
    const { w, alice } = await two();
    const id = await idOf(w, alice);
    const nobody = w.browser();
    expect((await nobody.get('/sessions')).body.code).toBe('unauthenticated');
    expect((await nobody.delete(`/sessions/${id}`)).body.code).toBe('unauthenticated');
    expect(await isAlive(w, sessionCookieOf(alice))).toBe(true);
  });
});

describe('lifetimes', () => {
  const alive = (offset: number) => offset < 0;
  const offsets = [-1, 0, 1];

  it.each(offsets)('SES-08 S32: idle for seven days: %i ms past the deadline', async (offset) => {
    const w = world();
    const cookie = sessionCookieOf(await w.signedIn(email));
    w.clock.advance(days(7) + offset);
    expect(await isAlive(w, cookie)).toBe(alive(offset));
  });

  it.each(offsets)(
    'SES-08 S32: thirty days after the sign-in, however busy: %i ms past the deadline',
    async (offset) => {
      const w = world();
      const browser = await w.signedIn(email);
      const cookie = sessionCookieOf(browser);
      for (let day = 0; day < 29; day += 1) {
        w.clock.advance(days(1));
        expect(await isAlive(w, cookie)).toBe(true);
        await w.auth.drain();
      }
      w.clock.advance(days(1) + offset);
      expect(await isAlive(w, cookie)).toBe(alive(offset));
    },
  );

  it.each(['step-up', 'change-password'])('SES-08: the absolute end is kept across %s', async (name) => {
    for (const offset of offsets) {
      const w = world();
      const browser = await w.signedIn(email);
      const start = w.clock.now();
      const created = (await w.auth.require(browser.headers())).session.createdAt;
      for (const _week of times(4, (n) => n)) {
        w.clock.advance(days(6));
        await w.auth.require(browser.headers());
        await w.auth.drain();
      }
      const answer = await establishing[name]?.enter(w, browser);
      expect(answer?.cookies).toEqual([expect.stringMatching(new RegExp(`; Max-Age=${6 * 86_400}$`))]);
      const { session } = await w.auth.require(browser.headers());
      expect([session.createdAt, session.expiresAt]).toEqual([created, start + days(30)]);
      w.clock.set(start + days(30) + offset);
      expect([name, offset, await isAlive(w, sessionCookieOf(browser))]).toEqual([name, offset, alive(offset)]);
    }
  });

  it.each(offsets)('SES-08: touched five minutes after the last touch, %i ms past them', async (offset) => {
    const w = world();
    const browser = await w.signedIn(email);
    const before = (await w.auth.require(browser.headers())).session.expiresAt;
    cleared(w.log);
    w.clock.advance(minutes(5) + offset);
    await w.auth.require(browser.headers());
    await w.auth.drain();
    expect(tally(w.log)['session.replace'] ?? 0).toBe(offset < 0 ? 0 : 1);
    const after = (await w.auth.require(browser.headers())).session.expiresAt;
    expect(after).toBe(offset < 0 ? before : w.clock.now() + days(7));
  });

  it('SES-08: a hundred requests within five minutes write nothing; those of an hour write twelve times', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    cleared(w.log);
    for (const _n of times(100, (n) => n)) {
      w.clock.advance(seconds(3) - 1);
      await w.auth.authenticate(browser.headers());
      await w.auth.drain();
    }
    expect(writesIn(w.log)).toEqual([]);
    for (const _n of times(120, (n) => n)) {
      w.clock.advance(seconds(30));
      await w.auth.authenticate(browser.headers());
      await w.auth.drain();
    }
    expect(writesIn(w.log)).toEqual(times(12, () => 'session.replace'));
  });

  it('SES-08: a touch never moves the idle deadline past the absolute one', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const start = w.clock.now();
    for (const _n of times(5, (n) => n)) {
      w.clock.advance(days(5));
      await w.auth.authenticate(browser.headers());
      await w.auth.drain();
    }
    const { session } = await w.auth.require(browser.headers());
    expect(session.expiresAt).toBe(start + days(30));
  });

  it.each(offsets)(
    'SES-08 S32: the absolute end holds by itself, whatever idle deadline a row has: %i ms past it',
    async (offset) => {
      const w = world();
      const cookie = sessionCookieOf(await w.signedIn(email));
      const row = await sessionsOf(w).get(digest('session', cookie.slice(3)));
      if (row === null) throw new Error('no row');
      await sessionsOf(w).replace({ ...row, expiresAt: row.absoluteExpiresAt + days(1), version: 2 }, 1);
      w.clock.set(row.absoluteExpiresAt + offset);
      expect(await isAlive(w, cookie)).toBe(alive(offset));
    },
  );

  it('SES-04: a touch is one compare-and-set: of twenty that are due at once one is done', async () => {
    const inner = memoryStores();
    const one = world({ inner });
    const two = world({ inner, clock: one.clock });
    const browser = await one.signedIn(email);
    one.clock.advance(minutes(6));
    await Promise.all(times(20, (n) => (n % 2 === 0 ? one : two).auth.authenticate(browser.headers())));
    await Promise.all([one.auth.drain(), two.auth.drain()]);
    const touched = [...one.events, ...two.events].filter(({ name }) => name === 'session.touched');
    expect(touched).toHaveLength(1);
    expect((await one.auth.require(browser.headers())).session.expiresAt).toBe(one.clock.now() + days(7));
  });

  it('SES-04: a touch that lost does not undo the one that won, nor fail the request', async () => {
    const w = heldWorld();
    const browser = await w.signedIn(email);
    w.clock.advance(minutes(6));
    const slow = w.hold('session.replace');
    expect(await w.auth.authenticate(browser.headers())).not.toBeNull();
    await slow.reached;
    w.clock.advance(minutes(6));
    const quick = w.hold('session.replace', 'after');
    await w.auth.authenticate(browser.headers());
    await quick.reached;
    quick.release();
    const { session } = await w.auth.require(browser.headers());
    slow.release();
    await w.auth.drain();
    const after = (await w.auth.require(browser.headers())).session;
    expect([session.expiresAt, after.expiresAt]).toEqual([w.clock.now() + days(7), w.clock.now() + days(7)]);
  });

  it('SES-04: an outage of the touch fails no request', async () => {
    const w = heldWorld();
    const browser = await w.signedIn(email);
    w.clock.advance(minutes(6));
    const failing = world({
      inner: w.stores,
      clock: w.clock,
      instruments: {
        before: async (call) => (call === 'session.replace' ? Promise.reject(new Error('gone')) : undefined),
        after: async () => {},
      },
    });
    expect((await failing.auth.authenticate(browser.headers()))?.user.email).toBe(email);
    await failing.auth.drain();
    expect(failing.events.map(({ name }) => name)).toContain('store.failed');
  });

  it.each([
    [-1, 'not refused'],
    [0, 'step_up_required'],
    [1, 'step_up_required'],
  ])('SES-19: require({ fresh }) at %i ms past the age that it asks for: %s', async (offset, expected) => {
    const w = world();
    const browser = await w.signedIn(email);
    w.clock.advance(minutes(10) + offset);
    expect(await refusalOf(w.auth.require(browser.headers(), { fresh: minutes(10) }))).toBe(expected);
    await browser.post('/step-up', { password: goodPassword });
    expect(await refusalOf(w.auth.require(browser.headers(), { fresh: minutes(10) }))).toBe('not refused');
  });

  it('require({ aal: 2 }) is not met by a password, however fresh', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    expect(await refusalOf(w.auth.require(browser.headers(), { aal: 2 }))).toBe('step_up_required');
    await browser.post('/step-up', { password: goodPassword });
    expect(await refusalOf(w.auth.require(browser.headers(), { aal: 2 }))).toBe('step_up_required');
  });

  it('the options of a session are the ones that hold', async () => {
    const clock = testClock();
    const w = world({
      clock,
      session: { idle: minutes(60), absolute: minutes(90), touchEvery: minutes(1), stepUpWindow: minutes(2) },
    });
    const browser = await w.signedIn(email);
    const other = w.browser('203.0.113.7');
    const login = await other.post('/login', { email, password: goodPassword });
    expect(login.cookies[0]).toMatch(/; Max-Age=5400$/);
    const path = `/sessions/${await idOf(w, other)}`;
    clock.advance(minutes(2));
    expect((await browser.delete(path)).body).toMatchObject({ code: 'step_up_required', need: { fresh: minutes(2) } });
    clock.advance(minutes(58));
    expect(await isAlive(w, sessionCookieOf(other))).toBe(false);
    await w.auth.drain();
    expect(await isAlive(w, sessionCookieOf(browser))).toBe(true);
    clock.advance(minutes(30));
    expect(await isAlive(w, sessionCookieOf(browser))).toBe(false);
  });
});

describe('cookies', () => {
  it('SES-09 S27: their names and attributes are exactly these', async () => {
    const w = world();
    const browser = await w.confirmed(email);
    const { cookies } = await browser.post('/login', { email, password: goodPassword });
    expect(cookies).toHaveLength(2);
    expect(cookies[0]).toMatch(
      /^__Host-session=v1\.[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
    );
    expect(cookies[1]).toMatch(
      /^__Host-device=1\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=34560000$/,
    );
    const registered = await w.browser().post('/register', { email: 'new@example.com', password: goodPassword });
    expect(registered.cookies).toEqual([
      expect.stringMatching(
        /^__Host-flow=1\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400$/,
      ),
    ]);
  });

  it('SES-09: Secure and the prefix follow the origin and not the mode: development on https has both', async () => {
    const w = world({ mode: 'development', origin: 'https://app.example.com' });
    const { cookies } = await w.browser().post('/register', { email, password: goodPassword });
    expect(cookies[0]).toMatch(/^__Host-flow=.*; Secure; /);
  });

  it('SES-09: in development on http://localhost they have names of their own and no Secure', async () => {
    const w = world({ origin: 'http://localhost:3000' });
    const browser = w.browser();
    await browser.post('/register', { email, password: goodPassword });
    await w.auth.drain();
    await browser.post('/verify-email', { token: w.tokenFor(email) });
    const { cookies } = await browser.post('/login', { email, password: goodPassword });
    expect(cookies[0]).toMatch(
      /^sallyport-session=v1\.[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
    );
    expect(cookies[1]).toMatch(/^sallyport-device=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=34560000$/);
    expect((await w.auth.authenticate(browser.headers()))?.user.email).toBe(email);
    const value = sessionCookieOf(browser, 'sallyport-session');
    expect(await w.auth.authenticate(new Headers(cookieOf(value)))).toBeNull();
    expect((await browser.post('/logout')).cookies).toEqual([
      'sallyport-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
    ]);
  });

  it('SES-09 SES-01: a cookie without the prefix is not read where there is one', async () => {
    const w = world();
    const value = sessionCookieOf(await w.signedIn(email));
    expect(await w.auth.authenticate(new Headers({ cookie: `sallyport-session=${value}` }))).toBeNull();
  });

  it('SES-23 SES-14: reads set none, and no answer may be stored', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    for (const ms of [0, minutes(6), days(3)]) {
      w.clock.advance(ms);
      for (const path of ['/session', '/sessions', '/verify-email', '/error', '/nowhere']) {
        const answer = await browser.get(path);
        expect([path, answer.cookies, answer.headers.get('cache-control'), answer.headers.get('vary')]).toEqual([
          path,
          [],
          'no-store',
          'Cookie, Origin',
        ]);
      }
    }
    w.clock.advance(days(60));
    const expired = await browser.get('/session');
    expect([expired.body, expired.cookies]).toEqual([{ user: null, session: null }, []]);
    expect((await browser.get('/sessions')).cookies).toEqual([]);
  });

  it('ASVS 3.3.4: no value of a cookie is ever in a body', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const bodies = [
      (await browser.get('/session')).body,
      (await browser.get('/sessions')).body,
      (await browser.post('/step-up', { password: goodPassword })).body,
      (await browser.post('/login', { email, password: goodPassword })).body,
    ];
    const text = JSON.stringify(bodies) + JSON.stringify(w.events) + JSON.stringify(w.outbox);
    for (const value of browser.jar.values()) {
      for (const part of value.split('.').filter((piece) => piece.length > 8)) {
        expect(text).not.toContain(part);
      }
    }
  });

  it('SES-01: every sign-in draws a new secret: of a hundred no two are equal', async () => {
    const w = world({ limits: { login_ip: { burst: 1_000 }, login_device: { burst: 1_000 } } });
    const browser = await w.signedIn(email);
    const answers = await Promise.all(
      times(100, () => browser.copy().post('/login', { email, password: goodPassword })),
    );
    expect(codesOf(answers)).toEqual({ 200: 100 });
    expect(new Set(answers.map(({ cookies }) => cookies[0]?.split(';')[0])).size).toBe(100);
  });
});
