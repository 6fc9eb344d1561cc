import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { memoryStores, type SessionRecord, type Stores, seconds } from '../src/index.ts';
import { digest } from '../src/primitives/digest.ts';
import { goodPassword, otherPassword, tally, type World, type WorldOptions, world } from './harness.ts';
import {
  cleared,
  credentialsOf,
  heldWorld,
  isAlive,
  newCredential,
  probe,
  refusalOf,
  sessionCookieOf,
  sessionName,
  sessionsOf,
  storeCallsIn,
  times,
  userOf,
} from './probes.ts';
import { askReset } from './recovery.ts';
import { wirePages } from './wire.ts';

const email = 'alice@example.com';
const lag = seconds(5);
const lagging: WorldOptions = { session: { revocationLag: lag } };
const everything = { 'session.get': 1, 'credential.get': 1, 'users.get': 1 };
const headersFor = (cookie: string): Headers => new Headers({ cookie: `${sessionName}=${cookie}` });

/** What an authenticated request costs now. */
const costOf = async (w: World, cookie: string): Promise<Record<string, number>> => {
  cleared(w.log);
  await w.auth.authenticate(headersFor(cookie));
  return tally(w.log);
};

const isSignedIn = async (w: World, cookie: string): Promise<boolean> =>
  (await w.auth.authenticate(headersFor(cookie))) !== null;

/** Memory stores whose joined reads are counted. */
const countedJoins = () => {
  const inner = memoryStores();
  const counts = { identify: 0, account: 0, separate: 0 };
  const whole = inner.ephemeral.joined;
  const half = inner.durable.joined;
  if (whole?.identify === undefined || half?.account === undefined) throw new Error('memory has joined reads');
  const { identify } = whole;
  const { account } = half;
  const counting = (space: Stores['durable']): Stores['durable']['open'] => {
    return (kind) => {
      const store = space.open(kind);
      const get = async (id: string) => {
        counts.separate += 1;
        return store.get(id);
      };
      return { ...store, get } as never;
    };
  };
  const users: Stores['users'] = {
    ...inner.users,
    get: (id) => {
      counts.separate += 1;
      return inner.users.get(id);
    },
  };
  const durable: Stores['durable'] = {
    ...inner.durable,
    open: counting(inner.durable),
    joined: {
      users,
      account: (id) => {
        counts.account += 1;
        return account(id);
      },
    },
  };
  const ephemeral: Stores['ephemeral'] = {
    ...inner.ephemeral,
    open: counting(inner.ephemeral),
    joined: {
      users,
      durable,
      identify: (id) => {
        counts.identify += 1;
        return identify(id);
      },
    },
  };
  const reset = (): void => {
    counts.identify = 0;
    counts.account = 0;
    counts.separate = 0;
  };
  return { stores: { ...inner, users, durable, ephemeral }, counts, reset };
};

describe('an authenticated request at lag 0', () => {
  it('costs one read each of session, credential and user, by authenticate, require and any route', async () => {
    const w = world();
    const cookie = sessionCookieOf(await w.signedIn(email));
    for (const _n of times(3, (n) => n)) expect(await costOf(w, cookie)).toEqual(everything);
    for (const need of [{}, { live: true }, { fresh: seconds(60) }]) {
      cleared(w.log);
      await w.auth.require(headersFor(cookie), need);
      expect(tally(w.log)).toEqual(everything);
    }
    for (const path of ['/session', '/sessions']) {
      const { work } = await probe(w, path, { method: 'GET', headers: { cookie: `${sessionName}=${cookie}` } });
      expect(tally([...work])).toEqual({ ...everything, ...(path === '/sessions' ? { 'session.listByUser': 1 } : {}) });
    }
  });

  it('costs nothing without a cookie of ours, and one read for one that no store knows', async () => {
    const w = world();
    await w.auth.authenticate(new Headers());
    await w.auth.authenticate(new Headers({ cookie: 'theme=dark' }));
    expect(w.log).toEqual([]);
    expect(await costOf(w, `v1.${'A'.repeat(43)}`)).toEqual({ 'session.get': 1 });
  });

  it('costs exactly one joined read where the stores join', async () => {
    const { stores, counts, reset } = countedJoins();
    const w = world({ inner: stores, unwatched: true });
    const cookie = sessionCookieOf(await w.signedIn(email));
    for (const ask of [
      () => w.auth.authenticate(headersFor(cookie)),
      () => w.auth.require(headersFor(cookie), { live: true }),
      () => w.auth.require(headersFor(cookie), { fresh: seconds(60) }),
      () => probe(w, '/session', { method: 'GET', headers: { cookie: `${sessionName}=${cookie}` } }),
    ]) {
      reset();
      await ask();
      expect(counts).toEqual({ identify: 1, account: 0, separate: 0 });
    }
  });

  it('a joined read says what the separate ones say: alive, ended, revoked, disabled, deleted', async () => {
    const inner = memoryStores();
    const joined = world({ inner, unwatched: true });
    const separate = world({ inner, clock: joined.clock });
    const cookies: string[] = [];
    for (const name of ['alive', 'ended', 'revoked', 'disabled', 'deleted', 'orphan']) {
      const browser = await joined.signedIn(`${name}@example.com`);
      joined.clock.advance(seconds(3_600));
      cookies.push(sessionCookieOf(browser));
      const { id } = await userOf(joined, `${name}@example.com`);
      if (name === 'ended') await browser.copy().post('/logout');
      if (name === 'revoked')
        await credentialsOf(joined).replace({ ...newCredential(id, null), version: 2, epoch: 2 }, 1);
      if (name === 'disabled')
        await credentialsOf(joined).replace({ ...newCredential(id, null), version: 2, disabledAt: 1 }, 1);
      if (name === 'deleted') await inner.users.delete(id);
      if (name === 'orphan') await credentialsOf(joined).delete(id);
    }
    const seen = (w: World) => Promise.all(cookies.map((cookie) => isSignedIn(w, cookie)));
    expect(await seen(joined)).toEqual([true, false, false, false, false, false]);
    expect(await seen(separate)).toEqual(await seen(joined));
  });

  it.each(['users', 'durable', 'ephemeral'] as const)(
    'joined reads that name another %s than the one in use are not asked',
    async (slot) => {
      const { stores, counts, reset } = countedJoins();
      const other = memoryStores();
      const mixed = { ...stores, [slot]: slot === 'users' ? { ...stores.users } : other[slot] };
      const w = world({ inner: mixed, unwatched: true });
      const cookie = sessionCookieOf(await w.signedIn(email));
      reset();
      expect(await isSignedIn(w, cookie)).toBe(true);
      expect(counts.identify).toBe(0);
    },
  );

  it('a mixed set reads the session, and credential and user by one joined read', async () => {
    const { stores, counts, reset } = countedJoins();
    const w = world({ inner: { ...stores, ephemeral: memoryStores().ephemeral }, unwatched: true });
    const cookie = sessionCookieOf(await w.signedIn(email));
    reset();
    expect(await isSignedIn(w, cookie)).toBe(true);
    expect(counts).toEqual({ identify: 0, account: 1, separate: 0 });
  });
});

describe('an authenticated request within revocationLag', () => {
  it('costs one session read, and everything once the lag is over', async () => {
    const w = world(lagging);
    const cookie = sessionCookieOf(await w.signedIn(email));
    expect(await costOf(w, cookie)).toEqual(everything);
    for (const _n of times(4, (n) => n)) {
      w.clock.advance(seconds(1));
      expect(await costOf(w, cookie)).toEqual({ 'session.get': 1 });
    }
    w.clock.advance(seconds(1) - 1);
    expect(await costOf(w, cookie)).toEqual({ 'session.get': 1 });
    w.clock.advance(1);
    expect(await costOf(w, cookie)).toEqual(everything);
    expect(await costOf(w, cookie)).toEqual({ 'session.get': 1 });
  });

  it('asks the joined account read once a lag, never identify, and the session every time', async () => {
    const { stores, counts, reset } = countedJoins();
    const w = world({ ...lagging, inner: stores, unwatched: true });
    const cookie = sessionCookieOf(await w.signedIn(email));
    reset();
    for (const _n of times(5, (n) => n)) await isSignedIn(w, cookie);
    expect(counts).toEqual({ identify: 0, account: 1, separate: 5 });
  });

  it('a clock that is set back makes nothing that was read later believed', async () => {
    const w = world(lagging);
    const cookie = sessionCookieOf(await w.signedIn(email));
    await costOf(w, cookie);
    w.clock.advance(-1);
    expect(await costOf(w, cookie)).toEqual(everything);
  });

  it('SES-05: require({ live }), require({ fresh }) and our own routes read it all', async () => {
    const w = world(lagging);
    const cookie = sessionCookieOf(await w.signedIn(email));
    await costOf(w, cookie);
    for (const need of [{ live: true }, { fresh: seconds(60) }]) {
      cleared(w.log);
      await w.auth.require(headersFor(cookie), need);
      expect(tally(w.log)).toEqual(everything);
    }
    cleared(w.log);
    await w.auth.require(headersFor(cookie), { aal: 1 });
    expect(tally(w.log)).toEqual({ 'session.get': 1 });
    const { work } = await probe(w, '/session', { method: 'GET', headers: { cookie: `${sessionName}=${cookie}` } });
    expect(tally([...work])).toEqual(everything);
  });

  it('SES-05: is answered where the application has a Promise of its own, within the lag and at none', async () => {
    const w = world(lagging);
    const cookie = sessionCookieOf(await w.signedIn(email));
    const without = world({ inner: w.stores, clock: w.clock });
    vi.stubGlobal('Promise', class extends Promise<unknown> {});
    onTestFinished(() => void vi.unstubAllGlobals());
    for (const one of [w, w, without]) expect(await isSignedIn(one, cookie)).toBe(true);
  });

  const ownWrites: Record<string, (w: World, id: string) => Promise<unknown>> = {
    revokeAll: (w, id) => w.auth.api.revokeAll(id),
    setDisabled: (w, id) => w.auth.api.setDisabled(id, true),
    deleteUser: (w, id) => w.auth.api.deleteUser(id),
    'change-password': async (w) => {
      const other = w.browser('203.0.113.7');
      await other.post('/login', { email, password: goodPassword });
      await other.post('/change-password', { current: goodPassword, password: otherPassword });
    },
    'logout everywhere': async (w) => {
      const other = w.browser('203.0.113.7');
      await other.post('/login', { email, password: goodPassword });
      await other.post('/logout', { everywhere: true });
    },
  };

  it.each(Object.keys(ownWrites))("SES-05 SES-18: this process's own %s is seen at once", async (name) => {
    const w = heldWorld(lagging);
    const cookie = sessionCookieOf(await w.signedIn(email));
    const cleaning = name === 'deleteUser' ? null : w.hold('session.listByUser');
    expect(await isSignedIn(w, cookie)).toBe(true);
    await ownWrites[name]?.(w, (await userOf(w, email)).id);
    expect(await isSignedIn(w, cookie)).toBe(false);
    cleaning?.release();
    await w.auth.drain();
  });

  it("SES-05: this process's own write is seen at once though a read of before it is still under way", async () => {
    const w = heldWorld(lagging);
    const cookie = sessionCookieOf(await w.signedIn(email));
    const reading = w.hold('credential.get', 'after');
    const early = isSignedIn(w, cookie);
    await reading.reached;
    const cleaning = w.hold('session.listByUser');
    await w.auth.api.revokeAll((await userOf(w, email)).id);
    reading.release();
    await early;
    expect(await isSignedIn(w, cookie)).toBe(false);
    cleaning.release();
    await w.auth.drain();
  });

  it('a logout is seen at once by every process: the session is read every time', async () => {
    const inner = memoryStores();
    const one = world({ ...lagging, inner });
    const two = world({ ...lagging, inner, clock: one.clock });
    const browser = await one.signedIn(email);
    const cookie = sessionCookieOf(browser);
    expect(await isSignedIn(two, cookie)).toBe(true);
    await browser.post('/logout');
    expect(await isSignedIn(two, cookie)).toBe(false);
  });

  /** Another process ends everything, and its clean-up never comes. */
  const revokedElsewhere = async (ms: number) => {
    const inner = memoryStores();
    const here = world({ ...lagging, inner });
    const cookie = sessionCookieOf(await here.signedIn(email));
    const { id } = await userOf(here, email);
    expect(await isSignedIn(here, cookie)).toBe(true);
    const record = await credentialsOf(here).get(id);
    if (record === null) throw new Error('no record');
    await inner.durable.open('credential').replace({ ...record, epoch: 2, version: 2 } as never, 1);
    here.clock.advance(ms);
    return { here, cookie };
  };

  it.each([
    [0, true],
    [lag - 1, true],
    [lag, false],
    [lag + 1, false],
  ])("SES-05: another process's revocation, %i ms after the read: still signed in: %s", async (ms, expected) => {
    const { here, cookie } = await revokedElsewhere(ms);
    expect(await isSignedIn(here, cookie)).toBe(expected);
  });

  it("SES-05: what asks for certainty sees another process's revocation at once", async () => {
    const { here, cookie } = await revokedElsewhere(0);
    expect(await refusalOf(here.auth.require(headersFor(cookie)))).toBe('not refused');
    expect(await refusalOf(here.auth.require(headersFor(cookie), { live: true }))).toBe('unauthenticated');
    expect(await refusalOf(here.auth.require(headersFor(cookie), { fresh: seconds(60) }))).toBe('unauthenticated');
    for (const [path, body] of [
      ['/step-up', { password: goodPassword }],
      ['/change-password', { current: goodPassword, password: otherPassword }],
    ] as const) {
      const { status } = await probe(here, path, { body, headers: { cookie: `${sessionName}=${cookie}` } });
      expect([path, status]).toEqual([path, 401]);
    }
  });

  it('lag lets an ended session live on; it never refuses one that was made since: new password at another process', async () => {
    const inner = memoryStores();
    const here = world({ ...lagging, inner });
    const elsewhere = world({ ...lagging, inner, clock: here.clock });
    const browser = await here.signedIn(email);
    expect(await isSignedIn(here, sessionCookieOf(browser))).toBe(true);
    const there = elsewhere.browser();
    for (const [name, value] of browser.jar) there.jar.set(name, value);
    await there.post('/change-password', { current: goodPassword, password: otherPassword });
    expect(await isSignedIn(elsewhere, sessionCookieOf(there))).toBe(true);
    expect(await isSignedIn(here, sessionCookieOf(there))).toBe(true);
  });

  it('nor one of an account that another process has enabled again', async () => {
    const inner = memoryStores();
    const here = world({ ...lagging, inner });
    const elsewhere = world({ ...lagging, inner, clock: here.clock });
    const old = sessionCookieOf(await here.signedIn(email));
    const { id } = await userOf(here, email);
    const cleaning = { ...(await sessionsOf(here).listByUser(id))[0] } as SessionRecord;
    await elsewhere.auth.api.setDisabled(id, true);
    await elsewhere.auth.drain();
    await sessionsOf(here).create(cleaning);
    expect(await isSignedIn(here, old)).toBe(false);
    await elsewhere.auth.api.setDisabled(id, false);
    const browser = elsewhere.browser();
    await browser.post('/login', { email, password: goodPassword });
    expect(await isSignedIn(here, sessionCookieOf(browser))).toBe(true);
  });

  it('the cache is bounded: of ten thousand and one users the one read first is forgotten, the others are not', async () => {
    const w = world(lagging);
    const now = w.clock.now();
    const cookies = times(10_001, (n) => `v1.${String(n).padStart(43, 'A')}`);
    for (const [n, cookie] of cookies.entries()) {
      const id = `usr_${n}`;
      await w.stores.users.create({
        id,
        version: 1,
        loginKey: `n${n}@example.com`,
        email: null,
        emailVerifiedAt: now,
        createdAt: now,
        profile: {},
      });
      await credentialsOf(w).create(newCredential(id, null));
      await sessionsOf(w).create(sessionRecord(digest('session', cookie.slice(3)), id, now));
      await w.auth.authenticate(headersFor(cookie));
    }
    expect(await costOf(w, cookies[10_000] ?? '')).toEqual({ 'session.get': 1 });
    expect(await costOf(w, cookies[1] ?? '')).toEqual({ 'session.get': 1 });
    expect(await costOf(w, cookies[0] ?? '')).toEqual(everything);
  });
});

const sessionRecord = (id: string, userId: string, now: number): SessionRecord => ({
  id,
  userId,
  version: 1,
  expiresAt: now + seconds(3_600),
  epoch: 1,
  createdAt: now,
  lastSeenAt: now,
  authenticatedAt: now,
  absoluteExpiresAt: now + seconds(3_600),
  aal: 1,
  amr: ['pwd'],
  client: { ip: null, agent: null },
  data: {},
});

describe('a login', () => {
  const login = (w: World, headers: Record<string, string> = {}, password = goodPassword) =>
    probe(w, '/login', { body: { email, password }, headers });

  it('costs at most four store calls and four takes, and one hash', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    await w.auth.drain();
    const { work } = await login(w, { cookie: `${sessionName}=${sessionCookieOf(browser)}` });
    expect(storeCallsIn(work)).toEqual(['users.findByLoginKey', 'credential.get', 'session.create', 'session.delete']);
    expect(work.filter((call) => call === 'limits.take')).toHaveLength(4);
    expect(work.filter((call) => call === 'hash' || call === 'verify')).toEqual(['verify']);
  });

  it('costs three store calls without a session to end', async () => {
    const w = world();
    await w.confirmed(email);
    await login(w);
    const { work } = await login(w);
    expect(storeCallsIn(work)).toEqual(['users.findByLoginKey', 'credential.get', 'session.create']);
  });

  it('costs two takes on a known device', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const { work } = await login(w, { cookie: `__Host-device=${browser.jar.get('__Host-device')}` });
    expect(work.filter((call) => call === 'limits.take')).toHaveLength(2);
  });

  it('costs two takes where the address is unknown', async () => {
    const w = world({ clientIp: 'none' });
    await w.confirmed(email);
    const { work } = await login(w);
    expect(work.filter((call) => call === 'limits.take')).toHaveLength(2);
  });

  it('behind its answer gives back two buckets and does nothing else', async () => {
    const w = world();
    await w.confirmed(email);
    await login(w);
    await w.auth.drain();
    cleared(w.log);
    await login(w);
    await w.auth.drain();
    expect(tally(w.log)).toEqual({
      'limits.take': 4,
      'limits.reset': 2,
      'users.findByLoginKey': 1,
      'credential.get': 1,
      'session.create': 1,
      verify: 1,
    });
  });

  it('that is refused by a limit costs no more than the takes up to the refusal', async () => {
    const w = world({ limits: { login_ip: { burst: 7 } } });
    for (const _n of times(5, (n) => n)) await login(w, {}, 'wrong, wrong, wrong');
    expect((await login(w)).work).toEqual(['limits.take', 'limits.take']);
    await login(w);
    expect((await login(w)).work).toEqual(['limits.take']);
  });

  it('PWD-04: a password that is longer than any that can be stored costs no hash and no take', async () => {
    const w = world();
    const { status, work } = await login(w, {}, 'x'.repeat(1_025));
    expect([status, work]).toEqual([422, []]);
    const huge = await login(w, {}, 'x'.repeat(1_048_576));
    expect([huge.status, huge.work]).toEqual([413, []]);
  });
});

describe('the other operations', () => {
  it('a registration: two takes, one hash, one look-up before the answer; two writes and a token behind it', async () => {
    const w = world();
    const { work } = await probe(w, '/register', { body: { email, password: goodPassword } });
    expect(work.slice(0, 4)).toEqual(['limits.take', 'limits.take', 'hash', 'users.findByLoginKey']);
    await w.auth.drain();
    expect(w.log.slice(4)).toEqual(['users.create', 'credential.create', 'one_time.create']);
  });

  it('a logout: two store calls; everywhere: two more before the answer', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    cleared(w.log);
    await browser.copy().post('/logout');
    expect(w.log).toEqual(['session.get', 'session.delete']);
    await browser.post('/login', { email, password: goodPassword });
    await w.auth.drain();
    const cookie = sessionCookieOf(browser);
    const { work } = await probe(w, '/logout', {
      body: { everywhere: true },
      headers: { cookie: `${sessionName}=${cookie}` },
    });
    expect(work.slice(0, 4)).toEqual(['session.get', 'credential.get', 'credential.replace', 'session.delete']);
    expect(await isAlive(w, cookie)).toBe(false);
  });

  it('a step-up: the reads, one take, one verification, two writes', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const { work } = await probe(w, '/step-up', {
      body: { password: goodPassword },
      headers: { cookie: `${sessionName}=${sessionCookieOf(browser)}` },
    });
    expect(tally([...work])).toEqual({
      ...everything,
      'limits.take': 1,
      verify: 1,
      'session.delete': 1,
      'session.create': 1,
    });
  });

  it('a change of the password: the reads, one take, one verification, one hash, three writes', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const { work } = await probe(w, '/change-password', {
      body: { current: goodPassword, password: otherPassword },
      headers: { cookie: `${sessionName}=${sessionCookieOf(browser)}` },
    });
    expect(tally(work.filter((call) => call !== 'session.listByUser'))).toEqual({
      ...everything,
      'limits.take': 1,
      verify: 1,
      hash: 1,
      'credential.replace': 1,
      'session.delete': 1,
      'session.create': 1,
    });
  });

  const beforeAnswer = async (w: World, path: string, body: unknown, cookie?: string) => {
    const headers = cookie === undefined ? {} : { cookie: `${sessionName}=${cookie}` };
    cleared(w.log);
    const method = path === '/account' ? 'DELETE' : 'POST';
    const { status, work } = await probe(w, path, { ...(method === 'POST' ? { body } : { method }), headers });
    await w.auth.drain();
    return { status, work: [...work], behind: w.log.slice(work.length) };
  };
  const sorted = (calls: readonly string[]) => calls.toSorted();

  it('a forgotten password: two takes and one look-up; behind the answer a read and a token', async () => {
    const w = world();
    await w.confirmed(email);
    expect(await beforeAnswer(w, '/forgot-password', { email })).toEqual({
      status: 202,
      work: ['limits.take', 'limits.take', 'users.findByLoginKey'],
      behind: ['credential.get', 'one_time.create'],
    });
    expect((await beforeAnswer(w, '/forgot-password', { email: 'nobody@example.com' })).behind).toEqual([]);
  });

  it('a reset: three reads, one take, one hash, two writes; behind it two buckets and the rows of sessions', async () => {
    const w = world();
    await w.confirmed(email);
    const token = await askReset(w, email);
    const { status, work, behind } = await beforeAnswer(w, '/reset-password', { token, password: otherPassword });
    expect([status, sorted(work.slice(0, 3))]).toEqual([204, ['credential.get', 'one_time.get', 'users.get']]);
    expect(work.slice(3)).toEqual(['limits.take', 'hash', 'one_time.delete', 'credential.replace']);
    expect(sorted(behind)).toEqual(['limits.reset', 'limits.reset', 'session.listByUser']);
  });

  it('a reset that proves the address: a read and a write more', async () => {
    const w = world();
    await w.browser().post('/register', { email, password: goodPassword });
    await w.auth.drain();
    const token = await askReset(w, email);
    const { work } = await beforeAnswer(w, '/reset-password', { token, password: otherPassword });
    expect(work.slice(5)).toEqual(['one_time.delete', 'credential.replace', 'users.get', 'users.replace']);
  });

  it('a change of address: asking, confirming and taking back', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const asked = await beforeAnswer(w, '/change-email', { email: 'next@example.com' }, sessionCookieOf(browser));
    expect(asked).toEqual({
      status: 202,
      work: [...Object.keys(everything), 'limits.take', 'limits.take', 'users.findByLoginKey'],
      behind: ['one_time.create'],
    });
    const token = w.tokenFor('next@example.com', 'change_email');
    const confirmed = await beforeAnswer(w, '/change-email/confirm', { token }, sessionCookieOf(browser));
    expect([confirmed.status, tally(confirmed.work)]).toEqual([
      204,
      {
        'session.get': 1,
        'credential.get': 3,
        'users.get': 2,
        'users.findByLoginKey': 1,
        'one_time.get': 1,
        'one_time.delete': 1,
        'one_time.create': 2,
        'credential.replace': 1,
        'users.replace': 1,
        'session.delete': 1,
        'session.create': 1,
      },
    ]);
    // The way back is there before anything changes.
    expect(confirmed.work.filter((call) => /\.(create|replace|delete)$/.test(call))).toEqual([
      'one_time.delete',
      'one_time.create',
      'one_time.create',
      'credential.replace',
      'users.replace',
      'session.delete',
      'session.create',
    ]);
    expect(confirmed.behind).toEqual(['session.listByUser']);
    const back = w.tokenFor(email, 'email_changed');
    const reverted = await beforeAnswer(w, '/change-email/revert', { token: back });
    expect([reverted.status, reverted.work.filter((call) => /\.(create|replace|delete)$/.test(call))]).toEqual([
      204,
      ['users.replace', 'credential.replace', 'one_time.delete', 'one_time.delete'],
    ]);
    expect(tally(reverted.work.filter((call) => call.endsWith('.get')))).toEqual({
      'one_time.get': 2,
      'credential.get': 1,
      'users.get': 1,
    });
    expect(sorted(reverted.behind)).toEqual([
      'credential.get',
      'one_time.create',
      'session.delete',
      'session.listByUser',
    ]);
  });

  it('the end of an account: the reads, and five calls', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const { status, work, behind } = await beforeAnswer(w, '/account', {}, sessionCookieOf(browser));
    expect([status, behind]).toEqual([204, []]);
    expect(work.slice(3)).toEqual([
      'credential.get',
      'credential.replace',
      'session.listByUser',
      'session.delete',
      'users.delete',
      'credential.delete',
    ]);
  });

  it('a page: nothing', async () => {
    const w = world();
    for (const path of [...wirePages, '/error?code=internal']) {
      await w.auth.handle(new Request(`${w.auth.origin}/auth${path}`), {});
    }
    expect(w.log).toEqual([]);
  });
});
