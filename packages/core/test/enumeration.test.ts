import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStores } from '../src/index.ts';
import { goodPassword, otherPassword, tally, type World, world } from './harness.ts';
import {
  type AccountKind,
  accountKinds,
  addressOf,
  cleared,
  codesOf,
  emailOf,
  mailsTo,
  type Probed,
  probe,
  requestTo,
  sightOf,
  times,
  withEveryKind,
} from './probes.ts';

const wrongPassword = 'not the right pass phrase';
const others = accountKinds.filter((kind) => kind !== 'known');

/** Whoever asks for another address is signed in; the address asked for is what nothing may be told of. */
const asker = 'asker@example.com';
const everyKind = async <W extends World>(w: W): Promise<W> => {
  await w.confirmed(asker);
  return withEveryKind(w);
};
const sessionOf = async (w: World): Promise<Record<string, string>> => {
  const browser = w.browser('203.0.113.60');
  await browser.post('/login', { email: asker, password: goodPassword });
  return { cookie: browser.headers().get('cookie') ?? '' };
};

const routes = {
  register: { path: '/register', bodyFor: (email: string) => ({ email, password: otherPassword }) },
  resend: { path: '/verify-email/send', bodyFor: (email: string) => ({ email }) },
  forgot: { path: '/forgot-password', bodyFor: (email: string) => ({ email }) },
  'change of address': { path: '/change-email', bodyFor: (email: string) => ({ email }) },
  'login with a wrong password': { path: '/login', bodyFor: (email: string) => ({ email, password: wrongPassword }) },
} as const;
type RouteName = keyof typeof routes;

const ask = async (w: World, name: RouteName, kind: AccountKind, address = '192.0.2.1'): Promise<Probed> => {
  const { path, bodyFor } = routes[name];
  const headers = name === 'change of address' ? await sessionOf(w) : {};
  return probe(w, path, { body: bodyFor(emailOf(kind)), headers, address });
};

/** What answers the same and mails, or does not, behind its answer. */
const mailing = ['register', 'resend', 'forgot', 'change of address'] as const;

/** The same request about two accounts, each in a world of its own, so that neither meets what the other left. */
const askInTwins = async (name: RouteName, kind: AccountKind) => {
  const [one, two] = [await everyKind(world()), await everyKind(world())];
  return { known: await ask(one, name, 'known'), other: await ask(two, name, kind), worlds: [one, two] as const };
};

describe.each(Object.keys(routes) as RouteName[])('%s tells nothing about an account', (name) => {
  describe.each(others)('known against %s', (kind) => {
    it('ENUM-01 ENUM-05 PWD-07: status, body, headers and cookies are equal', async () => {
      const { known, other } = await askInTwins(name, kind);
      const { work: _one, ...seen } = known;
      const { work: _two, ...seenOfOther } = other;
      expect(seenOfOther).toEqual(seen);
    });

    it('ENUM-01 PWD-06: the work up to the answer is equal, call by call', async () => {
      const { known, other } = await askInTwins(name, kind);
      expect(tally([...other.work])).toEqual(tally([...known.work]));
      expect(other.work).toEqual(known.work);
    });
  });
});

describe('what a single answer says', () => {
  it('S13 ENUM-01: registering a known address is answered 202 check_email with the flow cookie alone', async () => {
    const w = await everyKind(world());
    for (const kind of accountKinds) {
      const { status, body, cookies } = await ask(w, 'register', kind);
      expect([kind, status, body]).toEqual([kind, 202, { status: 'check_email' }]);
      expect(cookies).toEqual(['__Host-flow=*; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400']);
    }
  });

  it('S13 ENUM-01: a registration costs one hash, whoever the address belongs to', async () => {
    const w = await everyKind(world());
    for (const kind of accountKinds) {
      const { work } = await ask(w, 'register', kind);
      expect([kind, work.filter((call) => call === 'hash' || call === 'verify')]).toEqual([kind, ['hash']]);
    }
  });

  it('S13 ENUM-01: every address gets one mail: the link, or the news that somebody tried', async () => {
    const w = await everyKind(world());
    for (const kind of accountKinds) await ask(w, 'register', kind);
    await w.auth.drain();
    for (const kind of accountKinds) {
      expect([kind, mailsTo(w, emailOf(kind))]).toEqual([
        kind,
        [kind === 'unknown' ? 'verify_email' : 'register_attempt'],
      ]);
    }
  });

  it('S14: a registration opens no session, for a new address as for a known one', async () => {
    const w = await everyKind(world());
    for (const kind of accountKinds) {
      const browser = w.browser('192.0.2.9');
      await browser.post('/register', { email: emailOf(kind), password: otherPassword });
      await w.auth.drain();
      expect([...browser.jar.keys()]).toEqual(['__Host-flow']);
      expect(await w.auth.authenticate(browser.headers())).toBeNull();
    }
    expect(w.log).not.toContain('session.create');
  });

  it('ENUM-05: a resent link goes to the unverified address and to nobody else', async () => {
    const w = await everyKind(world());
    for (const kind of accountKinds) {
      const { status, body } = await ask(w, 'resend', kind);
      expect([kind, status, body]).toEqual([kind, 202, { status: 'check_email' }]);
    }
    await w.auth.drain();
    expect(w.outbox.map(({ to, type }) => [to, type])).toEqual([[emailOf('unverified'), 'verify_email']]);
  });

  it('ENUM-03 S19: a link to reset goes to the stored address of who has an account, and to nobody else', async () => {
    const w = await everyKind(world());
    for (const kind of accountKinds) {
      const { status, body } = await probe(w, '/forgot-password', {
        body: { email: ` ${emailOf(kind).toUpperCase()} ` },
        address: '192.0.2.1',
      });
      expect([kind, status, body]).toEqual([kind, 202, { status: 'check_email' }]);
    }
    await w.auth.drain();
    expect(w.outbox.map(({ to, type }) => [to, type])).toEqual(
      (['known', 'unverified', 'passwordless'] as const).map((kind) => [emailOf(kind), 'reset_password']),
    );
  });

  it('ENUM-07: a change to an address of somebody mails its owner a notice, to a free one the link', async () => {
    const w = await everyKind(world());
    for (const kind of accountKinds) {
      const { status, body } = await ask(w, 'change of address', kind);
      expect([kind, status, body]).toEqual([kind, 202, { status: 'check_email' }]);
    }
    await w.auth.drain();
    const types = Object.fromEntries(w.outbox.map(({ to, type }) => [to, type]));
    expect(types).toEqual(
      Object.fromEntries(
        accountKinds.map((kind) => [emailOf(kind), kind === 'unknown' ? 'change_email' : 'register_attempt']),
      ),
    );
  });

  it('ENUM-05: a disabled account that never confirmed gets no link either, and the answer is the same', async () => {
    const w = await everyKind(world());
    const user = await w.stores.users.findByLoginKey(emailOf('unverified'));
    await w.auth.api.setDisabled(user?.id ?? '', true);
    const first = await ask(w, 'resend', 'unverified');
    await w.auth.drain();
    expect([first.status, w.outbox]).toEqual([202, []]);
  });

  it('ENUM-12: a registration that the application refuses is refused alike for every address', async () => {
    const w = await everyKind(
      world({ hooks: { beforeRegister: async ({ client }) => (client.ip === '192.0.2.66' ? 'no_thanks' : null) } }),
    );
    const answers = [];
    for (const kind of accountKinds) answers.push(await ask(w, 'register', kind, '192.0.2.66'));
    expect(answers[0]).toMatchObject({ status: 403, body: { code: 'registration_closed', detail: 'no_thanks' } });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('the registration that tells is the one that says so: mode open answers 409 login_taken, and nothing else differs', async () => {
    const w = await everyKind(world({ registration: 'open' }));
    const { status, body, cookies } = await ask(w, 'register', 'known');
    expect([status, body, cookies]).toMatchObject([409, { code: 'login_taken' }, []]);
  });
});

describe('login', () => {
  it.each(accountKinds)('S1 PWD-06: a wrong password costs exactly one verification: %s', async (kind) => {
    const w = await everyKind(world());
    const { status, body, work } = await ask(w, 'login with a wrong password', kind);
    expect([status, body]).toMatchObject([401, { code: 'invalid_credentials' }]);
    expect(tally([...work])).toEqual({ 'limits.take': 4, 'users.findByLoginKey': 1, 'credential.get': 1, verify: 1 });
  });

  it.each(accountKinds)(
    'S1 PWD-06: the first login ever of a process costs one hash and one verification: %s',
    async (kind) => {
      const inner = memoryStores();
      await everyKind(world({ inner }));
      const { work } = await ask(world({ inner }), 'login with a wrong password', kind);
      expect(work).toEqual([
        ...times(4, () => 'limits.take'),
        'users.findByLoginKey',
        'credential.get',
        'hash',
        'verify',
      ]);
    },
  );

  it('S1: the decoy is made by the hasher that is in use, so it is one of its strings and of its parameters', async () => {
    const verified: string[] = [];
    const w = world({
      hasher: {
        hash: async (text) => `$real$m=19456,t=2,p=1$${text.length}`,
        verify: async (_text, encoded) => {
          verified.push(encoded);
          return false;
        },
        needsRehash: () => false,
      },
    });
    await ask(w, 'login with a wrong password', 'unknown');
    expect(verified).toEqual(['$real$m=19456,t=2,p=1$43']);
  });

  it('S1: the decoy opens nothing: a hasher that says yes to everything signs in no unknown and no passwordless account', async () => {
    const w = await everyKind(world());
    const yes = world({
      inner: w.stores,
      hasher: { hash: async () => '$x$y$z', verify: async () => true, needsRehash: () => false },
    });
    for (const kind of ['unknown', 'passwordless'] as const) {
      const { status, body, cookies } = await ask(yes, 'login with a wrong password', kind);
      expect([kind, status, body, cookies]).toMatchObject([kind, 401, { code: 'invalid_credentials' }, []]);
    }
  });

  it.each([
    ['disabled', 'account_disabled'],
    ['unverified', 'email_unverified'],
  ] as const)('ENUM-04: %s is told by 403 %s, and only to who knows the password', async (kind, code) => {
    const w = await everyKind(world());
    const right = await probe(w, '/login', { body: { email: emailOf(kind), password: goodPassword } });
    expect([right.status, right.body, right.cookies]).toMatchObject([403, { code }, []]);
    const wrong = await ask(w, 'login with a wrong password', kind);
    expect([wrong.status, wrong.body]).toMatchObject([401, { code: 'invalid_credentials' }]);
    expect(w.log).not.toContain('session.create');
  });

  it.each(others)(
    'ENUM-08: sixty wrong logins from one address are answered as for a known account: %s',
    async (kind) => {
      const sequence = async (about: AccountKind) => {
        const w = await everyKind(world());
        const seen = [];
        for (const n of times(60, (index) => index)) {
          const { status, body, headers } = await ask(w, 'login with a wrong password', about);
          seen.push({ n, status, body, headers });
          w.clock.advance(7_000);
        }
        return seen;
      };
      const known = await sequence('known');
      expect(await sequence(kind)).toEqual(known);
      expect(new Set(known.map(({ status }) => status))).toEqual(new Set([401, 429]));
    },
  );

  it.each(others)(
    'ENUM-08: sixty wrong logins from sixty addresses are answered as for a known account: %s',
    async (kind) => {
      const sequence = async (about: AccountKind) => {
        const w = await everyKind(world());
        const seen = [];
        for (const n of times(60, (index) => index)) {
          const { status, body, headers } = await ask(w, 'login with a wrong password', about, addressOf(n));
          seen.push({ status, body, headers });
        }
        return seen;
      };
      const known = await sequence('known');
      expect(await sequence(kind)).toEqual(known);
      expect(codesOf(known)).toEqual({ '401 invalid_credentials': 50, '429 rate_limited': 10 });
    },
  );

  it('PWD-03: passwords of any length are answered alike for a known and an unknown account', async () => {
    for (const length of [1, 72, 73, 129, 1_024, 1_025, 4_097]) {
      const w = await everyKind(world());
      const about = (kind: AccountKind) =>
        probe(w, '/login', { body: { email: emailOf(kind), password: 'x'.repeat(length) }, address: '192.0.2.1' });
      expect(await about('unknown')).toEqual(await about('known'));
    }
  });
});

describe('mail that fails', () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', listen);
  });
  afterEach(() => {
    process.off('unhandledRejection', listen);
  });

  const mailers = {
    rejects: async () => Promise.reject(new Error('smtp: 550')),
    'throws at once': () => {
      throw new Error('smtp: no route');
    },
    hangs: () => new Promise<void>(() => {}),
  } as const;

  describe.each(Object.keys(mailers) as (keyof typeof mailers)[])('a mailer that %s', (way) => {
    it.each(mailing)('S17 ENUM-03: shows in no answer of %s', async (name) => {
      for (const kind of accountKinds) {
        const healthy = await ask(await everyKind(world()), name, kind);
        const broken = await everyKind(world());
        const sick = world({ inner: broken.stores, notifier: { send: mailers[way] } });
        const { work: _healthy, ...expected } = healthy;
        const { work: _sick, ...seen } = await ask(sick, name, kind);
        expect([kind, seen]).toEqual([kind, expected]);
      }
    });
  });

  it.each(['rejects', 'throws at once'] as const)(
    'S17 ENUM-03: one that %s is an event, and no unhandled rejection',
    async (way) => {
      const w = world({ notifier: { send: mailers[way] } });
      await ask(w, 'register', 'unknown');
      await w.auth.drain();
      await new Promise((resolve) => setTimeout(resolve, 0));
      const failed = w.events.filter(({ name }) => name === 'notifier.failed');
      expect(failed).toMatchObject([{ outcome: 'failure', code: 'internal', data: { type: 'verify_email' } }]);
      expect(JSON.stringify(w.events)).not.toContain('smtp');
      expect(unhandled).toEqual([]);
    },
  );

  it('S17 ENUM-03: a store that fails behind the answer is an event, and no unhandled rejection', async () => {
    const w = world({
      instruments: {
        before: async (call) => {
          if (call === 'users.create') throw new Error('connection reset');
        },
        after: async () => {},
      },
    });
    expect(await ask(w, 'register', 'unknown')).toMatchObject({ status: 202, body: { status: 'check_email' } });
    await w.auth.drain();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(w.events.map(({ name }) => name)).toContain('store.failed');
    expect(JSON.stringify(w.events)).not.toContain('connection reset');
    expect(unhandled).toEqual([]);
  });

  it('S17 ENUM-03: the work behind the answer is handed to waitUntil, for known and unknown alike', async () => {
    const w = await everyKind(world());
    for (const kind of accountKinds) {
      const tasks: Promise<unknown>[] = [];
      const request = requestTo(w, '/register', { body: { email: emailOf(kind), password: otherPassword } });
      await sightOf(await w.auth.handle(request, { peer: '192.0.2.1', waitUntil: (task) => tasks.push(task) }));
      expect([kind, tasks.length]).toEqual([kind, 1]);
      await Promise.all(tasks);
      expect(mailsTo(w, emailOf(kind))).toHaveLength(1);
    }
  });

  it('ENUM-01: no mail is begun before the answer is there', async () => {
    const begun: string[] = [];
    const w = await everyKind(world());
    const watched = world({
      inner: w.stores,
      notifier: {
        send: async ({ to }) => {
          begun.push(to);
        },
      },
    });
    for (const kind of accountKinds) {
      const before = await watched.auth
        .handle(requestTo(watched, '/register', { body: { email: emailOf(kind), password: otherPassword } }), {})
        .then(() => begun.slice());
      expect([kind, before]).toEqual([kind, []]);
      await watched.auth.drain();
      begun.length = 0;
    }
  });

  it('a process with a thousand mails under way answers 503 busy before any work, to everybody alike', async () => {
    const w = await everyKind(world());
    const stuck = world({ inner: w.stores, notifier: { send: mailers.hangs } });
    for (const n of times(1_000, (index) => index)) {
      await probe(stuck, '/register', {
        body: { email: `n${n}@example.com`, password: otherPassword },
        address: addressOf(n),
      });
    }
    cleared(stuck.log);
    for (const name of mailing) {
      const answers = [];
      for (const kind of accountKinds) answers.push(await ask(stuck, name, kind));
      const work = name === 'change of address' ? ['session.get', 'credential.get', 'users.get'] : [];
      expect(answers[0]).toMatchObject({ status: 503, body: { code: 'busy', retryAfter: 5 }, work });
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    }
    const login = await stuck.browser().post('/login', { email: emailOf('known'), password: goodPassword });
    expect(login.status).toBe(200);
  });
});

describe('limits that count mails', () => {
  it.each(mailing)(
    'TOK-12: %s goes on answering 202 when the recipient has had its mails, known or not',
    async (name) => {
      const w = await everyKind(world());
      for (const kind of accountKinds) {
        const answers = [];
        for (const n of times(6, (index) => index)) {
          answers.push(await ask(w, name, kind, `192.0.2.${100 + n}`));
          await w.auth.drain();
        }
        expect([kind, codesOf(answers)]).toEqual([kind, { 202: 6 }]);
        expect(mailsTo(w, emailOf(kind)).length).toBeLessThanOrEqual(3);
      }
    },
  );

  it('TOK-12: the mails that a stranger asked for lock nobody out of the account', async () => {
    const w = await everyKind(world());
    for (const n of times(30, (index) => index)) await ask(w, 'register', 'known', addressOf(n));
    await w.auth.drain();
    // The owner's own registration was the first of the three.
    expect(mailsTo(w, emailOf('known'))).toEqual(['register_attempt', 'register_attempt']);
    const login = await w.browser().post('/login', { email: emailOf('known'), password: goodPassword });
    expect(login.status).toBe(200);
  });
});
