import { describe, expect, it } from 'vitest';
import { hours, memoryStores, minutes } from '../src/index.ts';
import {
  type Browser,
  goodPassword,
  origin,
  otherPassword,
  startOfTime,
  testClock,
  type World,
  type WorldOptions,
  world,
} from './harness.ts';
import {
  addressOf,
  codesOf,
  credentialsOf,
  heldWorld,
  isAlive,
  mailsTo,
  probe,
  sessionCookieOf,
  sessionName,
  sessionsOf,
  times,
  tokensOf,
  userOf,
} from './probes.ts';
import { askChange, moved } from './recovery.ts';

const old = 'alice@example.com';
const next = 'alice@new.example';

const start = async (options: WorldOptions = {}) => {
  const w = world(options);
  const alice = await w.signedIn(old);
  w.outbox.length = 0;
  w.events.length = 0;
  return { w, alice };
};
const post = async (browser: Browser, path: string, body: unknown): Promise<string> => {
  const { status, body: answer } = await browser.post(path, body);
  return status < 400 ? String(status) : `${status} ${answer.code}`;
};
const confirm = (browser: Browser, token: string, password?: string): Promise<string> =>
  post(browser, '/change-email/confirm', { token, ...(password === undefined ? {} : { password }) });
const login = (w: World, email: string, password = goodPassword): Promise<string> =>
  post(w.browser('203.0.113.40'), '/login', { email, password });

describe('asking for another address', () => {
  it('EMAIL-16: changes nothing yet, and mails the new address alone', async () => {
    const { w, alice } = await start();
    const user = await userOf(w, old);
    expect(await post(alice, '/change-email', { email: 'Alice@New.example' })).toBe('202');
    await w.auth.drain();
    expect(w.outbox).toMatchObject([
      { type: 'change_email', to: 'Alice@New.example', userId: user.id, expiresAt: w.clock.now() + hours(24) },
    ]);
    expect(await userOf(w, old)).toEqual(user);
    expect(await isAlive(w, sessionCookieOf(alice))).toBe(true);
    expect(w.events).toEqual([]);
  });

  it('EMAIL-16: asks for a session, and for a fresh proof', async () => {
    const { w, alice } = await start();
    expect(await post(w.browser(), '/change-email', { email: next })).toBe('401 unauthenticated');
    w.clock.advance(minutes(10));
    const stale = await alice.post('/change-email', { email: next });
    expect([stale.status, stale.body]).toMatchObject([403, { code: 'step_up_required', need: { fresh: minutes(10) } }]);
    await w.auth.drain();
    expect(w.outbox).toEqual([]);
    await alice.post('/step-up', { password: goodPassword });
    expect(await post(alice, '/change-email', { email: next })).toBe('202');
  });

  it('ENUM-07: for the address of somebody else answers the same, and tells its owner', async () => {
    const { w, alice } = await start();
    await w.confirmed('Bob@Example.com');
    w.outbox.length = 0;
    expect(await post(alice, '/change-email', { email: 'bob@example.com' })).toBe('202');
    await w.auth.drain();
    const bob = await userOf(w, 'bob@example.com');
    expect(w.outbox).toMatchObject([{ type: 'register_attempt', to: 'Bob@Example.com', userId: bob.id }]);
    expect(JSON.stringify(w.outbox)).not.toContain('token');
  });

  it('TOK-12: mails one address at most three times, and not a word about it', async () => {
    const { w, alice } = await start();
    for (const _n of times(6, (n) => n)) expect(await post(alice, '/change-email', { email: next })).toBe('202');
    await w.auth.drain();
    expect(mailsTo(w, next)).toEqual(['change_email', 'change_email', 'change_email']);
  });

  it('TOK-12: and is limited by the address that asks', async () => {
    const { alice } = await start({ limits: { mail_ip: { burst: 3 } } });
    const answers = [];
    for (const n of times(5, (index) => index))
      answers.push(await post(alice, '/change-email', { email: `a${n}@new.example` }));
    expect(answers).toEqual(['202', '202', '202', '429 rate_limited', '429 rate_limited']);
  });
});

describe('confirming it', () => {
  it('moves login and mail, raises the epoch, and renews the own session and no other', async () => {
    const { w, alice } = await start();
    const other = w.browser('203.0.113.7');
    await other.post('/login', { email: old, password: goodPassword });
    const before = await userOf(w, old);
    const session = sessionCookieOf(alice);
    const token = await askChange(w, alice, 'Alice@New.example');
    w.clock.advance(minutes(1));
    const answer = await alice.post('/change-email/confirm', { token });
    await w.auth.drain();
    expect([answer.status, answer.body, answer.cookies.length]).toEqual([204, null, 1]);
    expect(await userOf(w, next)).toEqual({
      ...before,
      loginKey: next,
      email: 'Alice@New.example',
      emailVerifiedAt: w.clock.now(),
      version: before.version + 1,
    });
    expect(await w.stores.users.findByLoginKey(old)).toBeNull();
    expect((await credentialsOf(w).get(before.id))?.epoch).toBe(startOfTime + 1);
    expect(sessionCookieOf(alice)).not.toBe(session);
    expect(await isAlive(w, sessionCookieOf(alice))).toBe(true);
    for (const dead of [session, sessionCookieOf(other)]) expect(await isAlive(w, dead)).toBe(false);
    expect(await sessionsOf(w).listByUser(before.id)).toHaveLength(1);
    expect([await login(w, next), await login(w, old)]).toEqual(['200', '401 invalid_credentials']);
  });

  it('proves no factor: what asked for a fresh proof before still does, and the session ends when it would have', async () => {
    const { w, alice } = await start();
    const token = await askChange(w, alice, next);
    const before = (await alice.get('/session')).body.session;
    w.clock.advance(minutes(10));
    expect(await confirm(alice, token)).toBe('204');
    const after = (await alice.get('/session')).body.session;
    expect(after).toMatchObject({
      authenticatedAt: before.authenticatedAt,
      createdAt: before.createdAt,
      aal: before.aal,
      amr: before.amr,
    });
    expect((await sessionsOf(w).get(after.id))?.absoluteExpiresAt).toBe(
      (await sessionsOf(w).get(before.id))?.absoluteExpiresAt ?? before.createdAt + hours(24 * 30),
    );
    expect(await post(alice, '/change-email', { email: 'third@new.example' })).toBe('403 step_up_required');
  });

  it('is told to the old address with a way back, and to the events', async () => {
    const { w, alice } = await start();
    const token = await askChange(w, alice, next);
    expect(await confirm(alice, token)).toBe('204');
    await w.auth.drain();
    const { id: userId } = await userOf(w, next);
    const client = { ip: '198.51.100.7', agent: 'test' };
    expect(w.outbox.at(-1)).toMatchObject({ type: 'email_changed', to: old, userId, at: w.clock.now(), client });
    expect(w.tokenFor(old, 'email_changed')).toHaveLength(43);
    const changed = w.events.filter(({ name }) => name === 'email.changed');
    expect(changed).toMatchObject([{ userId, outcome: 'success', client, data: { by: 'change' } }]);
    expect(JSON.stringify(w.events)).not.toContain('new.example');
  });

  it.each([
    ['a browser without a session', undefined, '401 invalid_credentials'],
    ['a wrong password', otherPassword, '401 invalid_credentials'],
    ['the right password', goodPassword, '204'],
  ])('a click alone is not enough: %s', async (_, password, expected) => {
    const { w, alice } = await start();
    const token = await askChange(w, alice, next);
    const clicker = w.browser('203.0.113.1');
    const answer = await clicker.post('/change-email/confirm', {
      token,
      ...(password === undefined ? {} : { password }),
    });
    expect(answer.status === 204 ? '204' : `${answer.status} ${answer.body.code}`).toBe(expected);
    // A link opened without a session re-issues nothing.
    expect(answer.cookies).toEqual([]);
    // A refusal does not spend the link.
    if (expected !== '204') expect(await confirm(alice, token)).toBe('204');
  });

  it("a session of somebody else is none, and the click hangs nobody's mailbox on a stranger's account", async () => {
    const { w, alice } = await start();
    const victim = await w.signedIn('victim@example.com');
    const cookie = sessionCookieOf(victim);
    const token = await askChange(w, alice, next);
    expect(await confirm(victim, token)).toBe('401 invalid_credentials');
    const right = await victim.post('/change-email/confirm', { token, password: goodPassword });
    expect([right.status, right.cookies]).toEqual([204, []]);
    expect(await isAlive(w, cookie)).toBe(true);
  });

  it('RL-10: guesses at it are guesses at the login', async () => {
    const { w, alice } = await start();
    const token = await askChange(w, alice, next);
    const guesser = w.browser('203.0.113.1');
    const answers = [];
    for (const n of times(7, (index) => index)) answers.push(await confirm(guesser, token, `a wrong one, ${n}`));
    expect(answers).toEqual([...times(5, () => '401 invalid_credentials'), ...times(2, () => '429 rate_limited')]);
    expect((await guesser.post('/login', { email: old, password: goodPassword })).status).toBe(429);
    const failed = w.events.filter(({ name }) => name === 'login.failed');
    expect(failed[0]).toMatchObject({ code: 'invalid_credentials', data: { phase: 'change_email' } });
  });

  it('TOK-01: fifty at once: one wins, on one process and on two', async () => {
    const inner = memoryStores();
    const { w, alice } = await start({ inner });
    const second = world({ inner, clock: w.clock });
    const token = await askChange(w, alice, next);
    const headers = { cookie: `${sessionName}=${sessionCookieOf(alice)}` };
    const answers = await Promise.all(
      times(50, (n) => probe(n % 2 === 0 ? w : second, '/change-email/confirm', { body: { token }, headers })),
    );
    await w.auth.drain();
    await second.auth.drain();
    const codes = codesOf(answers);
    expect([codes['204'], Object.keys(codes).toSorted()]).toEqual([1, ['204', '400 token_invalid']]);
    expect([...w.outbox, ...second.outbox].filter(({ type }) => type === 'email_changed')).toHaveLength(1);
  });

  it('EMAIL-12: of two requests each link carries its own address; one that is used kills the other', async () => {
    const { w, alice } = await start();
    const [one, two] = await Promise.all([
      askChange(w, alice, 'one@new.example'),
      askChange(w, alice, 'two@new.example'),
    ]);
    expect(await confirm(alice, one)).toBe('204');
    expect((await alice.get('/session')).body.user.email).toBe('one@new.example');
    expect(await confirm(alice, two, goodPassword)).toBe('400 token_invalid');
    expect((await alice.get('/session')).body.user.email).toBe('one@new.example');
  });

  it('EMAIL-12: both at once: one of the two addresses, one way back, and it works', async () => {
    for (const _round of times(5, (n) => n)) {
      const { w, alice } = await start();
      const links = [await askChange(w, alice, 'one@new.example'), await askChange(w, alice, 'two@new.example')];
      const headers = { cookie: `${sessionName}=${sessionCookieOf(alice)}` };
      const answers = await Promise.all(
        links.map((token) => probe(w, '/change-email/confirm', { body: { token }, headers })),
      );
      await w.auth.drain();
      expect(codesOf(answers)).toEqual({ 204: 1, '400 token_invalid': 1 });
      expect(mailsTo(w, old)).toEqual(['email_changed']);
      const back = w.tokenFor(old, 'email_changed');
      expect(await post(w.browser('203.0.113.1'), '/change-email/revert', { token: back })).toBe('204');
      expect((await userOf(w, old)).email).toBe(old);
    }
  });

  it('an address that was taken meanwhile: 409, the link is not spent, nobody is signed out', async () => {
    const { w, alice } = await start();
    const token = await askChange(w, alice, next);
    await w.confirmed(next);
    expect(await confirm(alice, token)).toBe('409 login_taken');
    expect(await isAlive(w, sessionCookieOf(alice))).toBe(true);
    await w.auth.api.deleteUser((await userOf(w, next)).id);
    expect(await confirm(alice, token)).toBe('204');
  });

  it('one that is taken at the last moment: 409, the address stays, and no way back is mailed', async () => {
    const w = heldWorld();
    const alice = await w.signedIn(old);
    const token = await askChange(w, alice, next);
    const writing = w.hold('users.replace');
    const confirming = confirm(alice, token);
    await writing.reached;
    await w.browser('192.0.2.9').post('/register', { email: next, password: otherPassword });
    await w.auth.drain();
    writing.release();
    expect(await confirming).toBe('409 login_taken');
    await w.auth.drain();
    expect((await userOf(w, old)).email).toBe(old);
    expect(mailsTo(w, old)).not.toContain('email_changed');
    expect(await login(w, old)).toBe('200');
  });

  it.each([
    [-1, '204'],
    [0, '400 token_invalid'],
  ])('TOK-02: a day and %i ms after it was asked for: %s', async (offset, expected) => {
    const clock = testClock();
    const { w, alice } = await start({ clock });
    const token = await askChange(w, alice, next);
    clock.advance(hours(24) + offset);
    expect(await confirm(alice, token, goodPassword)).toBe(expected);
  });

  const enders: Record<string, (w: World, alice: Browser) => Promise<unknown>> = {
    'a change of the password': (_w, alice) =>
      alice.post('/change-password', { current: goodPassword, password: otherPassword }),
    'a sign-out everywhere': (_w, alice) => alice.post('/logout', { everywhere: true }),
    revokeAll: async (w) => w.auth.api.revokeAll((await userOf(w, old)).id),
    setDisabled: async (w) => w.auth.api.setDisabled((await userOf(w, old)).id, true),
  };
  it.each(Object.keys(enders))('EMAIL-13: %s ends a pending change', async (name) => {
    const { w, alice } = await start();
    const token = await askChange(w, alice, next);
    await enders[name]?.(w, alice);
    expect(await confirm(w.browser('203.0.113.1'), token, goodPassword)).toBe('400 token_invalid');
    expect(await confirm(alice, token, otherPassword)).toBe('400 token_invalid');
    expect((await userOf(w, old)).email).toBe(old);
  });

  it('whose own session is signed out meanwhile: the address moves, and nobody is signed in by it', async () => {
    const w = heldWorld();
    const alice = await w.signedIn(old);
    const token = await askChange(w, alice, next);
    const deleting = w.hold('session.delete');
    const confirming = alice.copy().post('/change-email/confirm', { token });
    await deleting.reached;
    expect((await alice.post('/logout')).status).toBe(204);
    deleting.release();
    const answer = await confirming;
    await w.auth.drain();
    expect([answer.status, answer.cookies]).toEqual([
      204,
      ['__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0'],
    ]);
    expect(await sessionsOf(w).listByUser((await userOf(w, next)).id)).toEqual([]);
  });

  it('keeps its caller signed in, however quick its clean-up is', async () => {
    const w = heldWorld();
    const alice = await w.signedIn(old);
    const token = await askChange(w, alice, next);
    const deleting = w.hold('session.delete');
    const confirming = confirm(alice, token);
    await deleting.reached;
    for (const _turn of times(20, (n) => n)) await new Promise((resolve) => setTimeout(resolve, 0));
    deleting.release();
    expect(await confirming).toBe('204');
    await w.auth.drain();
    expect(await isAlive(w, sessionCookieOf(alice))).toBe(true);
  });

  it('another way of writing the own address is a change like any other', async () => {
    const { w, alice } = await start();
    const back = await moved(w, alice, old, 'Alice@example.com');
    expect((await userOf(w, old)).email).toBe('Alice@example.com');
    expect(await post(w.browser('203.0.113.1'), '/change-email/revert', { token: back })).toBe('204');
    expect((await userOf(w, old)).email).toBe(old);
  });

  it('of an address that nobody had proved (mode open) tells that mailbox nothing and gives it no way back', async () => {
    const w = world({ registration: 'open' });
    const alice = w.browser();
    await alice.post('/register', { email: old, password: goodPassword });
    await w.auth.drain();
    w.outbox.length = 0;
    expect(await confirm(alice, await askChange(w, alice, next))).toBe('204');
    await w.auth.drain();
    expect(w.outbox.map(({ to }) => to)).toEqual([next]);
    expect((await userOf(w, next)).emailVerifiedAt).toBe(w.clock.now());
    expect((await tokensOf(w).listByUser((await userOf(w, next)).id)).map(({ purpose }) => purpose)).not.toContain(
      'revert_email',
    );
  });
});

describe('a store that fails while the address moves', () => {
  it('where the outcome is unknown, the old address gets its way back all the same', async () => {
    const inner = memoryStores();
    let armed = false;
    const w = world({
      inner,
      instruments: {
        before: async () => {},
        after: async (call) => {
          if (armed && call === 'users.replace') throw new Error('the connection broke after the write');
        },
      },
    });
    const alice = await w.signedIn(old);
    const token = await askChange(w, alice, next);
    armed = true;
    expect(await confirm(alice, token)).toBe('500 internal');
    await w.auth.drain();
    armed = false;
    expect((await userOf(w, next)).email).toBe(next);
    const back = w.tokenFor(old, 'email_changed');
    expect(await post(w.browser('203.0.113.1'), '/change-email/revert', { token: back })).toBe('204');
  });
});

describe('TOK-08: the links of a change', () => {
  it('lead to the configured pages, whatever the request claims of its host', async () => {
    for (const [pages, change, back] of [
      [{}, '/auth/change-email/confirm?token=', '/auth/change-email/revert?token='],
      [{ changeEmail: '/moved', revertEmail: '/back?x=1' }, '/moved?token=', '/back?x=1&token='],
    ] as const) {
      const { w, alice } = await start({ pages });
      const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
      await alice.post('/change-email', { email: next }, headers);
      await w.auth.drain();
      await alice.post('/change-email/confirm', { token: w.tokenFor(next, 'change_email') }, headers);
      await w.auth.drain();
      const urls = w.outbox.flatMap((mail) => ('url' in mail && mail.url !== null ? [mail.url.slice(0, -43)] : []));
      expect(urls).toEqual([`${origin}${change}`, `${origin}${back}`]);
      expect(JSON.stringify(w.outbox)).not.toContain('evil');
    }
  });
});

describe('twenty users at once', () => {
  it('move to one address: one has it, the others keep their own', async () => {
    const w = world({
      limits: {
        register_ip: { burst: 100 },
        login_ip: { burst: 100 },
        mail_ip: { burst: 100 },
        mail_login: { burst: 100 },
      },
    });
    const users = await Promise.all(times(8, (n) => w.signedIn(`u${n}@example.com`)));
    const links: string[] = [];
    for (const user of users) links.push(await askChange(w, user, next));
    expect(new Set(links).size).toBe(8);
    const answers = await Promise.all(
      users.map((user, n) =>
        probe(w, '/change-email/confirm', {
          body: { token: links[n] },
          headers: { cookie: `${sessionName}=${sessionCookieOf(user)}` },
          address: addressOf(n),
        }),
      ),
    );
    await w.auth.drain();
    expect(codesOf(answers)).toEqual({ 204: 1, '409 login_taken': 7 });
    const left = await Promise.all(times(8, (n) => w.stores.users.findByLoginKey(`u${n}@example.com`)));
    expect(left.filter((user) => user === null)).toHaveLength(1);
  });
});
