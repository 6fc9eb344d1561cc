import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuthEvent, BusyError, consoleEvents, type EventSink, StoreUnavailableError } from '../src/index.ts';
import {
  type Browser,
  goodPassword,
  otherPassword,
  testHasher,
  type World,
  type WorldOptions,
  world,
} from './harness.ts';

import { askChange, askReset, moved } from './recovery.ts';

const alice = 'alice@example.org';

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => {
  unhandled.push(reason);
};
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', onUnhandled);
});
afterEach(() => {
  process.off('unhandledRejection', onUnhandled);
});

const words = (events: readonly AuthEvent[]): string[] =>
  events.map(({ name, code }) => (code === undefined ? name : `${name}: ${code}`));

interface Play {
  readonly name: string;
  readonly options?: WorldOptions;
  readonly from: 'nobody' | 'registered' | 'signed in';
  act(w: World, browser: Browser): Promise<unknown>;
  readonly events: readonly string[];
}

const userIdOf = async (w: World): Promise<string> => (await w.stores.users.findByLoginKey(alice))?.id ?? '';
const outage = new StoreUnavailableError('x', { cause: null });

/** ASVS 5.0, 16.3.1: what is told of each flow and of its refusals, in whatever order. */
const plays: readonly Play[] = [
  {
    name: 'a forgotten password',
    from: 'registered',
    act: (_w, b) => b.post('/forgot-password', { email: alice }),
    events: [],
  },
  {
    name: 'a reset',
    from: 'signed in',
    act: async (w, b) => b.post('/reset-password', { token: await askReset(w, alice), password: otherPassword }),
    events: ['password.reset'],
  },
  {
    name: 'a reset that proves the address',
    from: 'registered',
    act: async (w, b) => b.post('/reset-password', { token: await askReset(w, alice), password: otherPassword }),
    events: ['password.reset', 'email.verified'],
  },
  {
    name: 'a reset by a dead link',
    from: 'signed in',
    act: (_w, b) => b.post('/reset-password', { token: 'A'.repeat(43), password: otherPassword }),
    events: [],
  },
  {
    name: 'a change of address',
    from: 'signed in',
    act: async (w, b) => b.post('/change-email/confirm', { token: await askChange(w, b, 'next@example.org') }),
    events: ['email.changed', 'session.created'],
  },
  {
    name: 'a change of address with a wrong password',
    from: 'signed in',
    act: async (w, b) => {
      const token = await askChange(w, b, 'next@example.org');
      return w.browser('203.0.113.1').post('/change-email/confirm', { token, password: otherPassword });
    },
    events: ['login.failed: invalid_credentials'],
  },
  {
    name: 'a change of address that is taken back',
    from: 'signed in',
    act: async (w, b) => b.post('/change-email/revert', { token: await moved(w, b, alice, 'next@example.org') }),
    events: ['email.changed', 'session.created', 'email.changed'],
  },
  {
    name: 'the end of an account by its owner',
    from: 'signed in',
    act: (_w, b) => b.delete('/account'),
    events: ['account.disabled', 'account.deleted'],
  },
  {
    name: 'registration',
    from: 'nobody',
    act: (_w, b) => b.post('/register', { email: alice, password: goodPassword }),
    events: ['register.requested'],
  },
  {
    name: 'registration of a known address',
    from: 'registered',
    act: (_w, b) => b.post('/register', { email: alice, password: goodPassword }),
    events: ['register.requested'],
  },
  {
    name: 'open registration',
    options: { registration: 'open' },
    from: 'nobody',
    act: (_w, b) => b.post('/register', { email: alice, password: goodPassword }),
    events: ['register.requested', 'session.created'],
  },
  {
    name: 'confirmation',
    from: 'registered',
    act: (w, b) => b.post('/verify-email', { token: w.tokenFor(alice) }),
    events: ['email.verified'],
  },
  {
    name: 'confirmation with a wrong password',
    from: 'registered',
    act: (w) => w.browser().post('/verify-email', { token: w.tokenFor(alice), password: otherPassword }),
    events: ['login.failed: invalid_credentials'],
  },
  {
    name: 'login',
    from: 'signed in',
    act: (w) => w.browser().post('/login', { email: alice, password: goodPassword }),
    events: ['session.created', 'login.succeeded'],
  },
  {
    name: 'login with a wrong password',
    from: 'signed in',
    act: (w) => w.browser().post('/login', { email: alice, password: otherPassword }),
    events: ['login.failed: invalid_credentials'],
  },
  {
    name: 'login of nobody',
    from: 'nobody',
    act: (w) => w.browser().post('/login', { email: alice, password: otherPassword }),
    events: ['login.failed: invalid_credentials'],
  },
  {
    name: 'login before the confirmation',
    from: 'registered',
    act: (_w, b) => b.post('/login', { email: alice, password: goodPassword }),
    events: ['login.failed: email_unverified'],
  },
  {
    name: 'login over the limit',
    options: { limits: { login_ip: { burst: 1, refillMs: 60_000 } } },
    from: 'nobody',
    act: async (w) => {
      for (let i = 0; i < 2; i += 1) await w.browser().post('/login', { email: alice, password: otherPassword });
    },
    events: ['login.failed: invalid_credentials', 'rate.denied: rate_limited'],
  },
  {
    name: 'login from another site',
    from: 'nobody',
    act: (_w, b) => b.post('/login', {}, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.com' }),
    events: ['csrf.rejected: csrf_rejected'],
  },
  {
    name: 'disabling, a login, enabling',
    from: 'signed in',
    act: async (w) => {
      const userId = await userIdOf(w);
      await w.auth.api.setDisabled(userId, true);
      await w.auth.api.setDisabled(userId, true);
      await w.browser().post('/login', { email: alice, password: goodPassword });
      await w.auth.api.setDisabled(userId, false);
    },
    events: ['account.disabled', 'login.failed: account_disabled', 'account.enabled'],
  },
  {
    name: 'step-up',
    from: 'signed in',
    act: (_w, b) => b.post('/step-up', { password: goodPassword }),
    events: ['session.created'],
  },
  {
    name: 'step-up with a wrong password',
    from: 'signed in',
    act: (_w, b) => b.post('/step-up', { password: otherPassword }),
    events: ['login.failed: invalid_credentials'],
  },
  {
    name: 'change of the password',
    from: 'signed in',
    act: (_w, b) => b.post('/change-password', { current: goodPassword, password: otherPassword }),
    events: ['session.created', 'password.changed'],
  },
  {
    name: 'change with a wrong password',
    from: 'signed in',
    act: (_w, b) => b.post('/change-password', { current: otherPassword, password: otherPassword }),
    events: ['login.failed: invalid_credentials'],
  },
  { name: 'logout', from: 'signed in', act: (_w, b) => b.post('/logout'), events: ['session.revoked'] },
  { name: 'logout of nobody', from: 'nobody', act: (_w, b) => b.post('/logout'), events: [] },
  {
    name: 'logout everywhere',
    from: 'signed in',
    act: (_w, b) => b.post('/logout', { everywhere: true }),
    events: ['session.revoked'],
  },
  {
    name: 'ending another session',
    from: 'signed in',
    act: async (w, b) => {
      const other = w.browser();
      await other.post('/login', { email: alice, password: goodPassword });
      const { id } = (await other.get('/session')).body.session;
      await b.delete(`/sessions/${id}`);
      await b.delete(`/sessions/${id}`);
    },
    events: ['session.created', 'login.succeeded', 'session.revoked'],
  },
  {
    name: 'revokeAll',
    from: 'signed in',
    act: async (w) => w.auth.api.revokeAll(await userIdOf(w)),
    events: ['session.revoked'],
  },
  {
    name: 'deletion',
    from: 'signed in',
    act: async (w) => w.auth.api.deleteUser(await userIdOf(w)),
    events: ['account.disabled', 'account.deleted'],
  },
  {
    name: 'a touch',
    from: 'signed in',
    act: async (w, b) => {
      w.clock.advance(300_000);
      await b.get('/session');
    },
    events: ['session.touched'],
  },
  {
    name: 'asking for a link again',
    from: 'registered',
    act: (_w, b) => b.post('/verify-email/send', { email: alice }),
    events: [],
  },
  { name: 'reading the session', from: 'signed in', act: (_w, b) => b.get('/session'), events: [] },
  { name: 'input that is none', from: 'nobody', act: (_w, b) => b.post('/login', { email: 1 }), events: [] },
  {
    name: 'a notifier that is down',
    options: { notifier: { send: () => Promise.reject(new Error('down')) } },
    from: 'nobody',
    act: (_w, b) => b.post('/register', { email: alice, password: goodPassword }),
    events: ['register.requested', 'notifier.failed: internal'],
  },
  {
    name: 'a breach check that is down',
    options: { breach: { isBreached: () => Promise.reject(new Error('down')) } },
    from: 'nobody',
    act: (_w, b) => b.post('/register', { email: alice, password: goodPassword }),
    events: ['config.notice: breach_check_unavailable', 'register.requested'],
  },
  {
    name: 'a store that is down',
    options: { instruments: { before: () => Promise.reject(outage), after: async () => {} } },
    from: 'nobody',
    act: (_w, b) => b.post('/login', { email: alice, password: goodPassword }),
    events: ['request.failed: store_unavailable'],
  },
  {
    name: 'a store that is down behind the answer',
    options: {
      instruments: {
        before: (call) => (call === 'users.create' ? Promise.reject(outage) : Promise.resolve()),
        after: async () => {},
      },
    },
    from: 'nobody',
    act: (_w, b) => b.post('/register', { email: alice, password: goodPassword }),
    events: ['register.requested', 'store.failed: store_unavailable'],
  },
  {
    name: 'a limiter that is down and may be',
    options: {
      limits: { login_ip: { onStoreError: 'allow' } },
      instruments: {
        before: (call) => (call === 'limits.take' ? Promise.reject(outage) : Promise.resolve()),
        after: async () => {},
      },
    },
    from: 'nobody',
    act: (_w, b) => b.post('/login', { email: alice, password: goodPassword }),
    events: ['store.failed: store_unavailable', 'request.failed: store_unavailable'],
  },
  {
    name: 'a hasher that is busy',
    options: { hasher: { ...testHasher([]), verify: () => Promise.reject(new BusyError(1)) } },
    from: 'nobody',
    act: (_w, b) => b.post('/login', { email: alice, password: goodPassword }),
    events: ['request.failed: busy'],
  },
  {
    name: 'an operation that fails',
    options: { hasher: { ...testHasher([]), verify: () => Promise.reject(new Error('x')) } },
    from: 'nobody',
    act: (w) =>
      w.auth.api
        .login({ email: alice, password: goodPassword }, new Headers(), { peer: '192.0.2.1' })
        .catch(() => null),
    events: ['request.failed: internal'],
  },
];

const prepare = async (play: Play, sink?: EventSink) => {
  const w = world({ ...play.options, ...(sink === undefined ? {} : { events: sink }) });
  const browser = w.browser();
  if (play.from === 'signed in') browser.jar.clear();
  const own = play.from === 'signed in' ? await w.signedIn(alice) : browser;
  if (play.from === 'registered') await own.post('/register', { email: alice, password: goodPassword });
  await w.auth.drain();
  w.events.length = 0;
  return { w, own };
};

describe('ASVS 16.3.1: what is told of each flow', () => {
  it.each(plays)('$name', async (play) => {
    const { w, own } = await prepare(play);
    await play.act(w, own);
    await w.auth.drain();
    expect(words(w.events).sort()).toEqual([...play.events].sort());
    for (const event of w.events) {
      expect(Object.keys(event).sort()).toEqual(
        [
          'at',
          'client',
          ...(event.code === undefined ? [] : ['code']),
          'data',
          'name',
          'outcome',
          'requestId',
          'userId',
        ].sort(),
      );
      expect([event.at, event.outcome]).toEqual([w.clock.now(), event.code === undefined ? 'success' : 'failure']);
      expect(event.requestId).toMatch(/^req_[A-Za-z0-9_-]{22}$/);
      expect(JSON.parse(JSON.stringify(event))).toEqual(event);
    }
  });

  it('names the user where there is one, and the request that the answer names', async () => {
    const w = world();
    const browser = await w.signedIn(alice);
    const userId = await userIdOf(w);
    w.events.length = 0;
    const answer = await browser.post('/login', { email: alice, password: otherPassword });
    const nobody = await browser.post('/login', { email: 'nobody@example.org', password: otherPassword });
    expect(w.events.map((event) => [event.userId, event.requestId, event.client])).toEqual([
      [userId, answer.body.requestId, { ip: '198.51.100.7', agent: 'test' }],
      [null, nobody.body.requestId, { ip: '198.51.100.7', agent: 'test' }],
    ]);
  });

  it('EMAIL-16: a password that was changed is told of, to the log and to its owner, also where the session store fails right after', async () => {
    let down = false;
    const fail = async (call: string) => {
      if (down && call.startsWith('session.') && call !== 'session.get') throw outage;
    };
    const w = world({ instruments: { before: fail, after: async () => {} } });
    const browser = await w.signedIn(alice);
    w.events.length = 0;
    w.outbox.length = 0;
    down = true;
    const answer = await browser.post('/change-password', { current: goodPassword, password: otherPassword });
    expect([answer.status, answer.body.code]).toEqual([503, 'store_unavailable']);
    await w.auth.drain();
    down = false;
    expect((await w.browser().post('/login', { email: alice, password: otherPassword })).status).toBe(200);
    expect(words(w.events)).toContain('password.changed');
    expect(w.outbox.map(({ type }) => type)).toEqual(['password_changed']);
  });

  it('says what was proved, and how', async () => {
    const w = world();
    const browser = await w.signedIn(alice);
    expect(w.events.find(({ name }) => name === 'session.created')?.data).toEqual({ aal: 1, amr: ['pwd'] });
    expect(w.events.find(({ name }) => name === 'login.succeeded')?.data).toEqual({ amr: ['pwd'] });
    w.events.length = 0;
    await browser.post('/step-up', { password: otherPassword });
    await browser.post('/logout', { everywhere: true });
    expect(w.events.map(({ data }) => data)).toEqual([{ phase: 'step_up' }, { by: 'logout', everywhere: true }]);
  });

  it('INJ-11: what a client says of itself is one line without controls', async () => {
    const lines: string[] = [];
    const w = world({ events: consoleEvents((line) => lines.push(line)) });
    const headers = { 'user-agent': `curl${String.fromCharCode(0x85, 0x9b)}[31m "level":"admin" ${'x'.repeat(400)}` };
    await w
      .browser()
      .post('/login', { email: 'a.level=admin@x.org', password: 'x\n{"name":"login.succeeded"}' }, headers);
    const agent = { get: (name: string) => (name === 'user-agent' ? 'a\r\nb\u001b[31m\u0000\u2028' : null) };
    await w.auth.api.login({ email: 'a@x.org', password: 'x' }, agent).catch(() => null);
    expect(lines.length).toBeGreaterThanOrEqual(2);
    for (const line of lines) {
      expect(line).not.toMatch(/\p{Cc}/u);
      expect((JSON.parse(line) as AuthEvent).client.agent?.length ?? 0).toBeLessThanOrEqual(256);
    }
  });
});

describe('a sink that does not listen', () => {
  const sinks: readonly (readonly [string, () => unknown])[] = [
    [
      'throws',
      () => {
        throw new Error('sink');
      },
    ],
    [
      'throws nothing',
      () => {
        throw undefined;
      },
    ],
    ['rejects', () => Promise.reject(new Error('sink'))],
    ['never settles', () => new Promise(() => {})],
  ];
  const outcome = async (play: Play, sink?: EventSink) => {
    const { w, own } = await prepare(play, sink);
    const answer = await play.act(w, own);
    await w.auth.drain();
    const { status, body } = (answer ?? {}) as { status?: number; body?: { code?: string } };
    return { status, code: body?.code, calls: [...w.log].sort(), mails: w.outbox.map(({ type }) => type) };
  };

  it.each(sinks)('one that %s changes nothing that happens', async (_, emit) => {
    for (const play of plays) {
      expect(await outcome(play, { emit: emit as () => void })).toEqual(await outcome(play));
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toHaveLength(0);
  });
});
