import { describe, expect, it, vi } from 'vitest';
import {
  goodPassword,
  otherPassword,
  startOfTime,
  testHasher,
  type World,
  type WorldOptions,
  world,
} from './harness.ts';
import {
  addressOf,
  cleared,
  codesOf,
  credentialsOf,
  heldWorld,
  isAlive,
  mailsTo,
  type Probed,
  probe,
  sessionCookieOf,
  sessionName,
  sessionsOf,
  times,
  userOf,
} from './probes.ts';
import { areInMemory, freshStores } from './stores.ts';

const email = 'dup@example.com';
const casings = ['Dup@e.example', 'dup@e.example', 'DUP@E.EXAMPLE', 'dUp@E.example', ' dup@e.example '];
const loginKey = 'dup@e.example';
const third = 'a third pass phrase altogether';

/** One instance, or two on the same stores. */
const setups: Record<string, (options?: WorldOptions) => readonly [World, World]> = {
  'one process': (options) => {
    const w = world(options);
    return [w, w];
  },
  'two processes': (options = {}) => {
    const inner = freshStores();
    return [world({ ...options, inner }), world({ ...options, inner })];
  },
};

describe.each(Object.keys(setups))('EMAIL-09 S16: twenty registrations of one address at once: %s', (name) => {
  const setup = setups[name] ?? (() => [world(), world()] as const);
  const storm = async (options: WorldOptions = {}) => {
    const all = setup(options);
    const answers = await Promise.all(
      times(20, (n) =>
        probe(all[n % 2] ?? all[0], '/register', {
          body: { email: casings[n % casings.length], password: `${goodPassword} ${n}` },
          address: addressOf(n),
        }),
      ),
    );
    for (const w of new Set(all)) await w.auth.drain();
    return { all, answers };
  };

  it('one user, one credential record, at most one link, and twenty equal answers', async () => {
    const { all, answers } = await storm();
    const created = all[0].log.concat(all[0] === all[1] ? [] : all[1].log).filter((call) => call === 'users.create');
    const seen = answers.map(({ work: _work, ...sight }) => sight);
    for (const sight of seen) expect(sight).toEqual(seen[0]);
    expect(codesOf(answers)).toEqual({ 202: 20 });
    expect(created.length).toBeGreaterThan(areInMemory() ? 1 : 0);
    const mails = [...new Set(all)].flatMap((w) => w.outbox);
    expect(mails.filter(({ type }) => type === 'verify_email')).toHaveLength(1);
    expect(mails.filter(({ type }) => type !== 'verify_email').every(({ type }) => type === 'register_attempt')).toBe(
      true,
    );
    // Three that the recipient's limit lets pass, and the link, which is mailed whoever of the twenty made the account.
    expect(mails.length).toBeLessThanOrEqual(4);
    expect(new Set(mails.map(({ userId }) => userId)).size).toBe(1);
  });

  it('exactly one of the twenty passwords is the one, and it is that of the browser whose link works', async () => {
    const all = setup({
      limits: { login_pair: { burst: 1_000 }, login_login: { burst: 1_000 }, login_ip: { burst: 1_000 } },
    });
    const browsers = times(20, (n) => (all[n % 2] ?? all[0]).browser(addressOf(n)));
    await Promise.all(
      browsers.map((browser, n) =>
        browser.post('/register', { email: casings[n % 5], password: `${goodPassword} ${n}` }),
      ),
    );
    for (const w of new Set(all)) await w.auth.drain();
    const mail = [...new Set(all)].flatMap((w) => w.outbox).find(({ type }) => type === 'verify_email');
    const token = new URL(mail !== undefined && 'url' in mail ? (mail.url ?? '') : '').searchParams.get('token');
    const clicks = [];
    for (const browser of browsers) clicks.push((await browser.post('/verify-email', { token })).status);
    const winner = clicks.indexOf(204);
    expect(clicks.filter((status) => status === 204)).toHaveLength(1);
    const logins = [];
    for (const [n, browser] of browsers.entries()) {
      logins.push((await browser.post('/login', { email: loginKey, password: `${goodPassword} ${n}` })).status);
    }
    expect(logins.filter((status) => status === 200)).toHaveLength(1);
    expect(logins.indexOf(200)).toBe(winner);
  });

  it('in mode open: one 201, nineteen 409, one session', async () => {
    const { all, answers } = await storm({ registration: 'open' });
    expect(codesOf(answers)).toEqual({ 201: 1, '409 login_taken': 19 });
    expect(answers.filter(({ cookies }) => cookies.length > 0)).toHaveLength(1);
    const user = await userOf(all[0], loginKey);
    expect(await sessionsOf(all[0]).listByUser(user.id)).toHaveLength(1);
  });
});

describe('of two registrations at once', () => {
  it('the one that makes the account mails its link, though the other has spent what the recipient may get', async () => {
    const w = heldWorld({ limits: { mail_login: { burst: 1 } } });
    const making = w.hold('users.create');
    const slow = w.browser('203.0.113.1').post('/register', { email, password: goodPassword });
    await making.reached;
    expect((await w.browser('203.0.113.2').post('/register', { email, password: otherPassword })).status).toBe(202);
    await vi.waitFor(() => expect(mailsTo(w, email)).toEqual(['verify_email']));
    making.release();
    expect((await slow).status).toBe(202);
    await w.auth.drain();
    expect(mailsTo(w, email)).toEqual(expect.arrayContaining(['verify_email', 'register_attempt']));
    expect(mailsTo(w, email)).toHaveLength(2);
  });
});

describe('a registration that a crash left half-done', () => {
  it('S16: belongs to exactly one of twenty that come after', async () => {
    const w = world();
    await w.stores.users.create({
      id: 'usr_left',
      version: 1,
      loginKey: email,
      email,
      emailVerifiedAt: null,
      createdAt: 0,
      profile: {},
    });
    cleared(w.log);
    const answers = await Promise.all(
      times(20, (n) => probe(w, '/register', { body: { email, password: goodPassword }, address: addressOf(n) })),
    );
    await w.auth.drain();
    expect(codesOf(answers)).toEqual({ 202: 20 });
    expect(w.log.filter((call) => call === 'users.create')).toHaveLength(0);
    expect(mailsTo(w, email).filter((type) => type === 'verify_email')).toHaveLength(1);
    expect((await credentialsOf(w).get('usr_left'))?.version).toBe(1);
  });

  it('of a user with a confirmed address belongs to nobody who registers', async () => {
    const w = world();
    await w.stores.users.create({
      id: 'usr_left',
      version: 1,
      loginKey: email,
      email,
      emailVerifiedAt: 1,
      createdAt: 0,
      profile: {},
    });
    await probe(w, '/register', { body: { email, password: goodPassword } });
    await w.auth.drain();
    expect(await credentialsOf(w).get('usr_left')).toBeNull();
    expect(mailsTo(w, email)).toEqual(['register_attempt']);
  });
});

describe('change-password', () => {
  const unlimited = { limits: { reauth: { burst: 1_000 } } };
  const cookieOf = (value: string) => ({ cookie: `${sessionName}=${value}` });
  const change = (w: World, cookie: string, current: string, password: string): Promise<Probed> =>
    probe(w, '/change-password', { body: { current, password }, headers: cookieOf(cookie) });

  it.each(Object.keys(setups))(
    'TOK-01 S18: of ten at once with the same current password one wins: %s',
    async (name) => {
      const [one, two] = (setups[name] ?? (() => [world(), world()]))(unlimited);
      const browser = await one.signedIn(email);
      const cookie = sessionCookieOf(browser);
      const wishes = times(10, (n) => `${otherPassword} ${n}`);
      const answers = await Promise.all(
        wishes.map((wish, n) => change(n % 2 === 0 ? one : two, cookie, goodPassword, wish)),
      );
      await one.auth.drain();
      await two.auth.drain();
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      expect(codesOf(answers)).toEqual({ 204: 1, '401 unauthenticated': 9 });
      const record = await credentialsOf(one).get((await userOf(one, email)).id);
      expect([record?.version, record?.epoch]).toEqual([2, startOfTime + 1]);
      const winner = answers.findIndex(({ status }) => status === 204);
      const logins = [];
      for (const [n, wish] of [goodPassword, ...wishes].entries()) {
        logins.push((await probe(one, '/login', { body: { email, password: wish }, address: addressOf(n) })).status);
      }
      expect(logins.indexOf(200)).toBe(winner + 1);
      expect(logins.filter((status) => status === 200)).toHaveLength(1);
    },
  );

  it('TOK-01: by two sessions of one user at once: one wins, and no old session is left', async () => {
    const w = world(unlimited);
    const one = await w.signedIn(email);
    const two = w.browser('203.0.113.7');
    await two.post('/login', { email, password: goodPassword });
    const before = [sessionCookieOf(one), sessionCookieOf(two)];
    const answers = await Promise.all([
      one.post('/change-password', { current: goodPassword, password: otherPassword }),
      two.post('/change-password', { current: goodPassword, password: third }),
    ]);
    await w.auth.drain();
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 401]);
    for (const cookie of before) expect(await isAlive(w, cookie)).toBe(false);
    const user = await userOf(w, email);
    expect(await sessionsOf(w).listByUser(user.id)).toHaveLength(1);
  });

  it('a lost compare-and-set to a rehash is tried again, and wins', async () => {
    const w = heldWorld(unlimited);
    const browser = await w.signedIn(email);
    const { id } = await userOf(w, email);
    const writing = w.hold('credential.replace');
    const changing = browser.post('/change-password', { current: goodPassword, password: otherPassword });
    await writing.reached;
    const record = await credentialsOf(w).get(id);
    if (record === null) throw new Error('no record');
    expect(await credentialsOf(w).replace({ ...record, version: record.version + 1 }, record.version)).toBe(true);
    writing.release();
    expect((await changing).status).toBe(204);
    expect((await probe(w, '/login', { body: { email, password: otherPassword } })).status).toBe(200);
    expect((await credentialsOf(w).get(id))?.epoch).toBe(startOfTime + 1);
  });

  it('a lost compare-and-set asks for the password again: one that was replaced meanwhile no longer proves anything', async () => {
    const w = heldWorld(unlimited);
    const browser = await w.signedIn(email);
    const { id } = await userOf(w, email);
    const writing = w.hold('credential.replace');
    const changing = browser.post('/change-password', { current: goodPassword, password: otherPassword });
    await writing.reached;
    const record = await credentialsOf(w).get(id);
    if (record === null) throw new Error('no record');
    const foreign = { ...record, version: record.version + 1, password: await testHasher([]).hash(third) };
    expect(await credentialsOf(w).replace(foreign, record.version)).toBe(true);
    writing.release();
    const answer = await changing;
    expect([answer.status, answer.body.code, answer.cookies]).toEqual([401, 'invalid_credentials', []]);
    expect(await credentialsOf(w).get(id)).toEqual(foreign);
  });

  it.each(['setDisabled', 'revokeAll', 'deleteUser'] as const)(
    'an %s that comes between its check and its write wins',
    async (verb) => {
      const w = heldWorld(unlimited);
      const browser = await w.signedIn(email);
      const { id } = await userOf(w, email);
      const writing = w.hold('credential.replace');
      const changing = browser.post('/change-password', { current: goodPassword, password: otherPassword });
      await writing.reached;
      await (verb === 'setDisabled' ? w.auth.api.setDisabled(id, true) : w.auth.api[verb](id));
      writing.release();
      const answer = await changing;
      await w.auth.drain();
      expect([answer.status, answer.body.code, answer.cookies]).toEqual([401, 'unauthenticated', []]);
      if (verb !== 'deleteUser') {
        const record = await credentialsOf(w).get(id);
        expect([record?.epoch, record?.version]).toEqual([startOfTime + 1, 2]);
      }
      expect((await probe(w, '/login', { body: { email, password: otherPassword } })).status).toBe(401);
    },
  );

  it('keeps its caller signed in, however quick its clean-up is', async () => {
    const w = heldWorld(unlimited);
    const browser = await w.signedIn(email);
    const deleting = w.hold('session.delete');
    const changing = browser.post('/change-password', { current: goodPassword, password: otherPassword });
    await deleting.reached;
    for (const _turn of times(20, (n) => n)) await new Promise((resolve) => setTimeout(resolve, 0));
    deleting.release();
    expect((await changing).status).toBe(204);
    await w.auth.drain();
    expect(await isAlive(w, sessionCookieOf(browser))).toBe(true);
  });

  it('whose own session was signed out meanwhile: the password is changed, and nobody is signed in by it', async () => {
    const w = heldWorld(unlimited);
    const browser = await w.signedIn(email);
    const deleting = w.hold('session.delete');
    const changing = browser.copy().post('/change-password', { current: goodPassword, password: otherPassword });
    await deleting.reached;
    expect((await browser.post('/logout')).status).toBe(204);
    deleting.release();
    const answer = await changing;
    await w.auth.drain();
    expect([answer.status, answer.cookies]).toEqual([
      204,
      ['__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0'],
    ]);
    expect(await sessionsOf(w).listByUser((await userOf(w, email)).id)).toEqual([]);
    expect((await probe(w, '/login', { body: { email, password: otherPassword } })).status).toBe(200);
  });
});

describe('a login with the old password that overlaps a change of it', () => {
  /** The calls of a login with a session cookie, in their order: the change is put before and after each. */
  const calls = [
    ['limits.take', 1],
    ['limits.take', 2],
    ['limits.take', 3],
    ['limits.take', 4],
    ['users.findByLoginKey', 1],
    ['credential.get', 1],
    ['session.create', 1],
    ['session.delete', 1],
    ['limits.reset', 1],
  ] as const;

  const changes: Record<string, (w: World, cookie: string) => Promise<unknown>> = {
    'change-password': async (w, cookie) => {
      const headers = { cookie: `${sessionName}=${cookie}` };
      const { status } = await probe(w, '/change-password', {
        body: { current: goodPassword, password: otherPassword },
        headers,
        address: '203.0.113.7',
      });
      expect(status).toBe(204);
    },
    revokeAll: async (w) => w.auth.api.revokeAll((await userOf(w, email)).id),
    setDisabled: async (w) => w.auth.api.setDisabled((await userOf(w, email)).id, true),
    deleteUser: async (w) => w.auth.api.deleteUser((await userOf(w, email)).id),
  };

  it('goes through these calls, so that no gap between two of them is left out', async () => {
    const w = world();
    const presented = sessionCookieOf(await w.signedIn(email));
    const { work } = await probe(w, '/login', {
      body: { email, password: goodPassword },
      headers: { cookie: `${sessionName}=${presented}` },
    });
    const names = calls.map(([call]) => call).filter((call) => call !== 'limits.reset');
    expect(work.filter((call) => call !== 'verify' && call !== 'limits.reset')).toEqual(names);
    expect(work.indexOf('verify')).toBe(work.indexOf('credential.get') + 1);
  });

  const points = calls.flatMap(([call, nth]) =>
    (['before', 'after'] as const).map((when): readonly [string, number, 'before' | 'after'] => [call, nth, when]),
  );

  describe.each(Object.keys(changes))('%s', (verb) => {
    it.each(points)(
      'PWD-08 TOK-10: leaves no live session made from the old password: %s no. %i, %s it',
      async (call, nth, when) => {
        let seen = 0;
        let reach = (): void => {};
        let release = (): void => {};
        const reached = new Promise<void>((resolve) => {
          reach = resolve;
        });
        const released = new Promise<void>((resolve) => {
          release = resolve;
        });
        let armed = false;
        const pass = async (at: string, phase: string): Promise<void> => {
          if (!armed || at !== call || phase !== when) return;
          seen += 1;
          if (seen !== nth) return;
          armed = false;
          reach();
          await released;
        };
        const w = world({ instruments: { before: (at) => pass(at, 'before'), after: (at) => pass(at, 'after') } });
        const other = sessionCookieOf(await w.signedIn(email));
        const browser = w.browser('192.0.2.1');
        await browser.post('/login', { email, password: goodPassword });
        await w.auth.drain();
        browser.jar.delete('__Host-device');
        armed = true;
        const login = browser.post('/login', { email, password: goodPassword });
        // What is done behind the answer comes after it; all the rest before.
        await (call === 'limits.reset' ? reached : Promise.race([reached, login]));
        expect(seen).toBe(nth);
        await changes[verb]?.(w, other);
        release();
        const answer = await login;
        await w.auth.drain();
        const cookie = browser.jar.get(sessionName) ?? '';
        expect(await isAlive(w, cookie)).toBe(verb === 'revokeAll' && isUnaffected(call, when));
        expect([200, 401, 403]).toContain(answer.status);
        if (verb === 'change-password') {
          const late = await probe(w, '/login', { body: { email, password: goodPassword }, address: '203.0.113.9' });
          expect(late.status).toBe(401);
        }
      },
    );
  });

  /** With the password as it was, a login that reads the record after the revocation is a new login. */
  const isUnaffected = (call: string, when: string): boolean =>
    call === 'limits.take' || call === 'users.findByLoginKey' || (call === 'credential.get' && when === 'before');

  it('PWD-08: a rehash of the old password does not overwrite the new one', async () => {
    const inner = freshStores();
    await world({ inner }).confirmed(email);
    const log: string[] = [];
    const w = heldWorld({ inner, hasher: testHasher(log, () => 2) });
    const other = w.browser('203.0.113.7');
    await other.post('/login', { email, password: goodPassword });
    await w.auth.drain();
    const { id } = await userOf(w, email);
    const upgraded = await credentialsOf(w).get(id);
    expect(upgraded?.password).toMatch(/^\$test\$v=2\$/);
    expect(upgraded?.epoch).toBe(startOfTime);
    const newer = heldWorld({ inner, hasher: testHasher(log, () => 3) });
    const writing = newer.hold('credential.replace');
    const login = await newer.browser('192.0.2.1').post('/login', { email, password: goodPassword });
    expect(login.status).toBe(200);
    await writing.reached;
    expect((await other.post('/change-password', { current: goodPassword, password: otherPassword })).status).toBe(204);
    writing.release();
    await newer.auth.drain();
    expect((await probe(w, '/login', { body: { email, password: goodPassword }, address: '192.0.2.2' })).status).toBe(
      401,
    );
    expect((await probe(w, '/login', { body: { email, password: otherPassword }, address: '192.0.2.2' })).status).toBe(
      200,
    );
  });

  it('PWD-08: a rehash ends no session, and is done once by twenty logins at once', async () => {
    const inner = freshStores();
    const first = world({ inner });
    const cookie = sessionCookieOf(await first.signedIn(email));
    const w = world({ inner, hasher: testHasher([], () => 2) });
    const answers = await Promise.all(
      times(20, (n) => probe(w, '/login', { body: { email, password: goodPassword }, address: addressOf(n) })),
    );
    await w.auth.drain();
    expect(codesOf(answers)).toEqual({ 200: 20 });
    const record = await credentialsOf(w).get((await userOf(w, email)).id);
    expect([record?.version, record?.epoch]).toEqual([2, startOfTime]);
    expect(await isAlive(w, cookie)).toBe(true);
  });
});

describe('step-up', () => {
  it.each(Object.keys(setups))('SES-20: of five at once of one session one wins: %s', async (name) => {
    const [one, two] = (setups[name] ?? (() => [world(), world()]))();
    const browser = await one.signedIn(email);
    const cookie = sessionCookieOf(browser);
    const answers = await Promise.all(
      times(5, (n) =>
        probe(n % 2 === 0 ? one : two, '/step-up', {
          body: { password: goodPassword },
          headers: { cookie: `${sessionName}=${cookie}` },
        }),
      ),
    );
    expect(codesOf(answers)).toEqual({ 200: 1, '401 unauthenticated': 4 });
    expect(answers.filter(({ cookies }) => cookies.length > 0)).toHaveLength(1);
    expect(await isAlive(one, cookie)).toBe(false);
    expect(await sessionsOf(one).listByUser((await userOf(one, email)).id)).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)(
    'with the old password that overlaps a change of it gives no live session (%s the read)',
    async (when) => {
      const w = heldWorld();
      const browser = await w.signedIn(email);
      const other = w.browser('203.0.113.7');
      await other.post('/login', { email, password: goodPassword });
      const reading = w.hold('credential.get', when);
      const stepping = browser.post('/step-up', { password: goodPassword });
      await reading.reached;
      expect((await other.post('/change-password', { current: goodPassword, password: otherPassword })).status).toBe(
        204,
      );
      reading.release();
      const answer = await stepping;
      await w.auth.drain();
      expect([200, 401]).toContain(answer.status);
      expect(await isAlive(w, browser.jar.get(sessionName) ?? '')).toBe(false);
    },
  );

  it.each(['session.delete', 'session.create'])(
    'that overlaps a change of the password at %s gives no live session',
    async (call) => {
      const w = heldWorld();
      const browser = await w.signedIn(email);
      const other = w.browser('203.0.113.7');
      await other.post('/login', { email, password: goodPassword });
      const writing = w.hold(call);
      const stepping = browser.post('/step-up', { password: goodPassword });
      await writing.reached;
      const cleaning = w.hold('session.listByUser');
      expect((await other.post('/change-password', { current: goodPassword, password: otherPassword })).status).toBe(
        204,
      );
      await cleaning.reached;
      writing.release();
      const answer = await stepping;
      expect([200, 401]).toContain(answer.status);
      expect(await isAlive(w, browser.jar.get(sessionName) ?? '')).toBe(false);
      cleaning.release();
      await w.auth.drain();
    },
  );

  it('and a logout at once leave nobody signed in, or exactly the new session', async () => {
    const w = world();
    await w.confirmed(email);
    for (const _round of times(5, (n) => n)) {
      const browser = w.browser('192.0.2.1');
      await browser.post('/login', { email, password: goodPassword });
      const old = sessionCookieOf(browser);
      const stepping = browser.copy();
      const [step] = await Promise.all([
        stepping.post('/step-up', { password: goodPassword }),
        browser.copy().post('/logout'),
      ]);
      expect(await isAlive(w, old)).toBe(false);
      const next = stepping.jar.get(sessionName);
      expect(await isAlive(w, step.status === 200 ? (next ?? '') : '')).toBe(step.status === 200);
      await w.auth.drain();
      w.clock.advance(600_000);
    }
  });
});

describe('ending', () => {
  it('twenty logouts of one session at once are twenty 204 and one event', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    w.events.length = 0;
    const answers = await Promise.all(times(20, () => browser.copy().post('/logout')));
    expect(codesOf(answers)).toEqual({ 204: 20 });
    expect(w.events.filter(({ name }) => name === 'session.revoked')).toHaveLength(1);
  });

  it('TOK-18: ten deletions of one user at once leave nothing, and at least one of them says that it did it', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const { id } = await userOf(w, email);
    const outcomes = await Promise.allSettled(times(10, () => w.auth.api.deleteUser(id)));
    await w.auth.drain();
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    expect(await w.stores.users.findByLoginKey(email)).toBeNull();
    expect(await credentialsOf(w).get(id)).toBeNull();
    expect(await isAlive(w, sessionCookieOf(browser))).toBe(false);
    expect(await sessionsOf(w).listByUser(id)).toEqual([]);
  });

  it('a registration that meets a deletion leaves a user of its own or none, never the old one', async () => {
    const w = world();
    const old = await w.signedIn(email);
    const { id } = await userOf(w, email);
    cleared(w.log);
    await Promise.all([
      w.auth.api.deleteUser(id),
      probe(w, '/register', { body: { email, password: otherPassword }, address: '203.0.113.9' }),
    ]);
    await w.auth.drain();
    const user = await w.stores.users.findByLoginKey(email);
    expect(user?.id).not.toBe(id);
    expect(await credentialsOf(w).get(id)).toBeNull();
    expect(await isAlive(w, sessionCookieOf(old))).toBe(false);
  });

  it('twenty raises of the epoch at once are all there, or say that they are not', async () => {
    const w = world();
    await w.confirmed(email);
    const { id } = await userOf(w, email);
    const outcomes = await Promise.allSettled(times(20, () => w.auth.api.revokeAll(id)));
    const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect((await credentialsOf(w).get(id))?.epoch).toBe(startOfTime + done);
    expect(done).toBeGreaterThan(0);
  });
});
