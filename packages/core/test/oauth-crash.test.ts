import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CredentialRecord, Stores } from '../src/index.ts';
import { type Browser, crashAt, goodPassword, newBrowser, testClock, type World } from './harness.ts';
import { begin, callback, linkAt, me, type OAuthWorld, oauthWorld, outcomeOf, signInAt } from './oauth.ts';
import { type TestProvider, testProvider } from './oauth-provider.ts';
import { holds } from './probes.ts';
import { areInMemory, freshStores } from './stores.ts';

let provider: TestProvider;
beforeAll(async () => {
  provider = await testProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  provider.twist = {};
});

const email = 'alice@corp.example';
const proved = { sub: 'alice', email, email_verified: true };
const unproved = { sub: 'alice', email: 'alice@other.example', email_verified: true };

interface Flow {
  readonly name: string;
  readonly options?: OAuthWorld;
  readonly user: Record<string, unknown>;
  /** What was there before; resolves with the browser that acts. */
  prepare(w: World): Promise<Browser>;
  act(browser: Browser): Promise<string>;
  /** The user's next move, whatever the step at which the process died. */
  next(w: World, browser: Browser, done: boolean): Promise<void>;
}

const register = async (w: World): Promise<Browser> => {
  const attacker = w.browser('203.0.113.9');
  await attacker.post('/register', { email, password: goodPassword });
  await w.auth.drain();
  return attacker;
};
const start = async (w: World): Promise<Browser> => w.browser();
const signIn = (browser: Browser): Promise<string> => signInAt(browser, provider);
const signInAgain = async (w: World, expected: string | null): Promise<void> => {
  const again = newBrowser(w.auth, '192.0.2.1');
  expect(await signIn(again)).toBe('ok');
  const user = await me(again);
  expect(user).toMatchObject({ email: expected, emailVerified: expected !== null });
  const { accounts } = (await again.get('/accounts')).body;
  expect(accounts).toHaveLength(1);
  // Once more: the same user, and nothing left over.
  const third = newBrowser(w.auth, '192.0.2.2');
  expect(await signIn(third)).toBe('ok');
  expect((await me(third)).id).toBe(user.id);
};

const flows: readonly Flow[] = [
  {
    name: 'a sign-in, new, the address proved',
    user: proved,
    prepare: start,
    act: signIn,
    next: (w) => signInAgain(w, email),
  },
  {
    name: 'a sign-in, new, the address not proved',
    user: unproved,
    prepare: start,
    act: signIn,
    next: (w) => signInAgain(w, null),
  },
  {
    name: 'a sign-in, known',
    user: proved,
    prepare: async (w) => {
      expect(await signIn(w.browser())).toBe('ok');
      return w.browser();
    },
    act: signIn,
    next: (w) => signInAgain(w, email),
  },
  {
    name: 'a sign-in, the address registered by somebody else and never confirmed',
    user: proved,
    prepare: async (w) => {
      await register(w);
      return w.browser();
    },
    act: signIn,
    next: async (w) => {
      await signInAgain(w, email);
      const login = await newBrowser(w.auth, '203.0.113.10').post('/login', { email, password: goodPassword });
      expect(login.status).toBe(401);
    },
  },
  {
    name: 'a sign-in that links a confirmed address',
    options: { oauth: { linkVerifiedEmail: true } },
    user: proved,
    prepare: async (w) => {
      await w.signedIn(email);
      return w.browser();
    },
    act: signIn,
    next: async (w) => {
      await signInAgain(w, email);
      const login = await newBrowser(w.auth, '203.0.113.10').post('/login', { email, password: goodPassword });
      expect(login.status).toBe(200);
    },
  },
  {
    name: 'a link',
    user: unproved,
    prepare: (w) => w.signedIn(email),
    act: (browser) => linkAt(browser, provider),
    next: async (w, browser) => {
      // Linked or not, it lets in nobody but the owner; linking again completes it.
      expect(await linkAt(browser, provider)).toBe('ok');
      expect((await browser.get('/accounts')).body.accounts).toHaveLength(1);
      const other = newBrowser(w.auth, '192.0.2.3');
      expect(await signIn(other)).toBe('ok');
      expect((await me(other)).email).toBe(email);
    },
  },
  {
    name: 'a link, and then somebody signs in with it instead',
    user: unproved,
    prepare: (w) => w.signedIn(email),
    act: (browser) => linkAt(browser, provider),
    next: async (w, browser, done) => {
      const { id } = await me(browser);
      const other = newBrowser(w.auth, '192.0.2.3');
      expect(await signIn(other)).toBe('ok');
      const isLinked = (await me(other)).id === id;
      if (done) expect(isLinked).toBe(true);
      // An account counts for one user, whoever that is.
      expect((await browser.get('/accounts')).body.accounts).toHaveLength(isLinked ? 1 : 0);
      expect(await linkAt(browser, provider)).toBe(isLinked ? 'ok' : 'account_linked_elsewhere');
    },
  },
  {
    name: 'an unlink',
    user: unproved,
    prepare: async (w) => {
      const alice = await w.signedIn(email);
      expect(await linkAt(alice, provider)).toBe('ok');
      return alice;
    },
    act: async (browser) => {
      const [account] = (await browser.get('/accounts')).body?.accounts ?? [];
      const answer = await browser.delete(`/accounts/${account?.id ?? 'x'}`);
      return answer.status === 204 ? 'ok' : `${answer.status} ${JSON.stringify(answer.body)}`;
    },
    next: async (w, _, done) => {
      const again = newBrowser(w.auth, '192.0.2.4');
      expect((await again.post('/login', { email, password: goodPassword })).status).toBe(200);
      const { accounts } = (await again.get('/accounts')).body;
      if (done) expect(accounts).toEqual([]);
      for (const { id } of accounts) expect((await again.delete(`/accounts/${id}`)).status).toBe(204);
      const { id } = await me(again);
      const stranger = newBrowser(w.auth, '192.0.2.5');
      expect(await signIn(stranger)).toBe('ok');
      expect((await me(stranger)).id).not.toBe(id);
    },
  },
];

const isOutage = (outcome: string): boolean => /^(?:start answered )?503 .*store_unavailable/.test(outcome);

/** One life: what was before, the flow in a process that dies at its n-th store call, and the next move at another process. */
const live = async ({ options, user, prepare, act, next }: Flow, n: number, when: 'before' | 'after') => {
  const inner: Stores = freshStores();
  const clock = testClock();
  provider.user = { ...user };
  const before = oauthWorld(provider, { ...options, inner, clock });
  const browser = await prepare(before);
  await before.auth.drain();
  const crash = crashAt(n, when);
  const dying = oauthWorld(provider, { ...options, inner, clock, instruments: crash });
  const own = newBrowser(dying.auth, browser.address, new Map(browser.jar));
  const outcome = await act(own).catch((error: Error) => error.message);
  await dying.auth.drain();
  const fired = crash.fired();
  expect([n, outcome === 'ok' || isOutage(outcome), outcome]).toEqual([n, true, outcome]);
  if (!fired) expect(outcome).toBe('ok');
  crash.heal();
  const w = oauthWorld(provider, { ...options, inner, clock });
  await next(w, newBrowser(w.auth, browser.address, new Map(browser.jar)), outcome === 'ok');
  await w.auth.drain();
  return { fired, calls: dying.log.filter((call) => call.includes('.')).length };
};

describe('INJ-14, OIDC-23: a process that dies at any store call of a sign-in, a link or an unlink', () => {
  // What a real store holds after a call it held before the next one.
  for (const when of areInMemory() ? (['before', 'after'] as const) : (['after'] as const)) {
    it.each(flows)(`$name: ${when} the call`, async (flow) => {
      let deaths = 0;
      // Of two reads at once the first is no place to die at after it, so that one miss is not the end.
      for (let n = 1, calls = 60; n <= calls && n < 60; n += 1) {
        const life = await live(flow, n, when);
        if (life.fired) deaths += 1;
        else calls = life.calls;
      }
      expect(deaths).toBeGreaterThan(5);
    });
  }
});

describe('OIDC-24: a record of an account that nobody names', () => {
  it('is not a way in, and leads to nobody by its address', async () => {
    const w = oauthWorld(provider);
    provider.user = proved;
    const owner = await w.signedIn(email);
    const other = await w.signedIn('bob@example.org');
    expect(await linkAt(other, provider)).toBe('ok');
    const { id } = await me(other);
    const credentials = w.stores.durable.open<CredentialRecord>('credential');
    const record = await credentials.get(id);
    if (record === null) throw new Error('no credential');
    await credentials.replace({ ...record, accounts: [], version: record.version + 1 }, record.version);
    const stranger = w.browser();
    expect(await signIn(stranger)).toBe('account_exists');
    expect([await me(stranger), (await me(owner)).email]).toEqual([null, email]);
  });

  it('goes with its user', async () => {
    const w = oauthWorld(provider);
    provider.user = proved;
    const alice = w.browser();
    expect(await signIn(alice)).toBe('ok');
    const [{ id }] = (await alice.get('/accounts')).body.accounts;
    expect((await alice.delete('/account')).status).toBe(204);
    expect(await w.stores.durable.open<never>('account').get(id)).toBeNull();
    expect(await signIn(w.browser())).toBe('ok');
  });
});

describe('many at once', () => {
  const everySession = async (w: World, userId: string) => w.stores.ephemeral.open<never>('session').listByUser(userId);

  it('OIDC-02: of ten callbacks of one attempt: one session, one user, one account, one code redeemed', async () => {
    const inner = freshStores();
    const clock = testClock();
    provider.user = { ...proved };
    const all = [oauthWorld(provider, { inner, clock }), oauthWorld(provider, { inner, clock })] as const;
    const alice = all[0].browser();
    const back = provider.approve(await begin(alice));
    provider.redeemed.length = 0;
    const browsers = Array.from({ length: 10 }, (_, n) =>
      newBrowser((all[n % 2] ?? all[0]).auth, '192.0.2.9', new Map(alice.jar)),
    );
    const outcomes = await Promise.all(browsers.map(async (browser) => outcomeOf(await callback(browser, back))));
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'oauth_state_invalid')).toHaveLength(9);
    expect(provider.redeemed).toHaveLength(1);
    const user = await inner.users.findByLoginKey(email);
    if (!areInMemory()) await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await everySession(all[0], user?.id ?? '')).toHaveLength(1);
    expect(await inner.durable.open<never>('account').listByUser(user?.id ?? '')).toHaveLength(1);
  });

  it('of ten sign-ins of one new subject: ten sessions of one user with one account', async () => {
    const inner = freshStores();
    const clock = testClock();
    provider.user = { ...proved };
    const all = [oauthWorld(provider, { inner, clock }), oauthWorld(provider, { inner, clock })] as const;
    const browsers = Array.from({ length: 10 }, (_, n) => (all[n % 2] ?? all[0]).browser(`10.0.0.${n}`));
    const backs: string[] = [];
    for (const browser of browsers) backs.push(provider.approve(await begin(browser)));
    const outcomes = await Promise.all(
      browsers.map(async (browser, n) => outcomeOf(await callback(browser, backs[n] ?? ''))),
    );
    // Who loses three times in a row is told to try again; nobody is told anything else.
    expect(outcomes.filter((outcome) => outcome !== 'ok' && outcome !== 'conflict')).toEqual([]);
    const users = new Set<string>();
    for (const [n, browser] of browsers.entries()) if (outcomes[n] === 'ok') users.add((await me(browser)).id);
    expect(users.size).toBe(1);
    const [userId = ''] = users;
    const record = await inner.durable.open<CredentialRecord>('credential').get(userId);
    expect(record?.accounts).toHaveLength(1);
    expect((await inner.users.findByLoginKey(email))?.id).toBe(userId);
  });

  it('of five users who link one account: one has it', async () => {
    const w = oauthWorld(provider);
    provider.user = { ...unproved };
    const browsers: Browser[] = [];
    for (let n = 0; n < 5; n += 1) browsers.push(await w.signedIn(`u${n}@example.org`));
    const backs: string[] = [];
    for (const browser of browsers) backs.push(provider.approve(await begin(browser, 'corp', '/link')));
    const outcomes = await Promise.all(browsers.map(async (b, n) => outcomeOf(await callback(b, backs[n] ?? ''))));
    const counted = await Promise.all(browsers.map(async (b) => (await b.get('/accounts')).body.accounts.length));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    expect(counted[outcomes.indexOf('ok')]).toBe(1);
  });

  it('a link that a sign-in takes for a leftover says so', async () => {
    const instruments = holds();
    const w = oauthWorld(provider, { instruments });
    provider.user = { ...unproved };
    const alice = await w.signedIn(email);
    const back = provider.approve(await begin(alice, 'corp', '/link'));
    const made = instruments.hold('account.create', 'after');
    const linking = callback(alice, back);
    await made.reached;
    const other = w.browser('192.0.2.3');
    expect(await signIn(other)).toBe('ok');
    made.release();
    expect(outcomeOf(await linking)).toBe('conflict');
    expect((await alice.get('/accounts')).body.accounts).toEqual([]);
    expect((await other.get('/accounts')).body.accounts).toHaveLength(1);
  });

  it('a link that ends while a sign-in takes it for a leftover stays', async () => {
    const instruments = holds();
    const w = oauthWorld(provider, { instruments });
    provider.user = { ...unproved };
    const alice = await w.signedIn(email);
    const back = provider.approve(await begin(alice, 'corp', '/link'));
    const made = instruments.hold('account.create', 'after');
    const linking = callback(alice, back);
    await made.reached;
    // It has read the record while nobody was named, and writes when the link is done.
    const taking = instruments.hold('account.replace', 'before');
    const other = w.browser('192.0.2.3');
    const signing = signIn(other);
    await taking.reached;
    made.release();
    expect(outcomeOf(await linking)).toBe('ok');
    taking.release();
    expect(await signing).toBe('ok');
    expect((await alice.get('/accounts')).body.accounts).toHaveLength(1);
    expect((await me(other)).id).toBe((await me(alice)).id);
  });

  it('of two unlinks at once of the last two accounts one stays', async () => {
    const w = oauthWorld(provider);
    provider.user = { ...proved };
    const alice = w.browser();
    expect(await signIn(alice)).toBe('ok');
    provider.user = { sub: 'second', email: 'x@other.example' };
    expect(await linkAt(alice, provider)).toBe('ok');
    const { accounts } = (await alice.get('/accounts')).body;
    const copies = [alice.copy(), alice.copy()];
    const statuses = await Promise.all(
      copies.map(async (copy, n) => (await copy.delete(`/accounts/${accounts[n].id}`)).status),
    );
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    const { id } = (await w.stores.users.findByLoginKey(email)) ?? { id: '' };
    const record = await w.stores.durable.open<CredentialRecord>('credential').get(id);
    expect(record?.accounts).toHaveLength(1);
  });
});
