import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CredentialRecord,
  createAuth,
  type JsonObject,
  memoryStores,
  type OwnedRecordStore,
  password,
  type RateLimitStore,
  type SessionRecord,
  type StoredRecord,
  type Stores,
  type UserRecord,
} from '../src/index.ts';
import { gcra } from '../src/primitives/gcra.ts';
import {
  goodPassword,
  newBrowser,
  origin,
  tally,
  testClock,
  testHasher,
  testSecrets,
  watchedStores,
} from './harness.ts';

interface Note extends StoredRecord {
  readonly text: string;
  readonly data: JsonObject;
}

const note = (id: string, more: Partial<Note> = {}): Note => ({
  id,
  userId: null,
  version: 1,
  expiresAt: null,
  text: 'first',
  data: {},
  ...more,
});
const racers = 20;
const race = <T>(act: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: racers }, (_, n) => act(n)));
const winners = (answers: readonly unknown[], word: unknown = true): number =>
  answers.filter((one) => one === word).length;

/** Text that databases and parsers are known to lose. */
const awkward = [
  '',
  '\0',
  'a\0b',
  '\u2028\u2029',
  '\ufeff',
  '😀',
  'é',
  'e\u0301',
  '\\',
  '"',
  "'; DROP TABLE users;--",
  '$1',
  '%',
  '*',
];
const json = fc.jsonValue({ noUnicodeString: false }).filter((value) => !JSON.stringify(value).includes('-0'));

describe.each(['durable', 'ephemeral'] as const)('records in memory, %s', (slot) => {
  const open = (): OwnedRecordStore<Note> => memoryStores()[slot].open<Note>('note');

  it('A1: of 20 creates of one id one wins, and its value is what is stored', async () => {
    const store = open();
    const won = await race((n) => store.create(note('a', { text: `${n}` })));
    expect(winners(won)).toBe(1);
    expect(winners(won, false)).toBe(racers - 1);
    expect((await store.get('a'))?.text).toBe(`${won.indexOf(true)}`);
  });

  it('A2: of 20 replaces from one version one wins; on a missing id none does and nothing appears', async () => {
    const store = open();
    await store.create(note('a'));
    const won = await race((n) => store.replace(note('a', { version: 2, text: `${n}` }), 1));
    expect(winners(won)).toBe(1);
    expect(await store.get('a')).toMatchObject({ version: 2, text: `${won.indexOf(true)}` });
    expect(await store.replace(note('a', { version: 2 }), 1)).toBe(false);
    expect(await store.replace(note('gone', { version: 2 }), 1)).toBe(false);
    expect(await store.get('gone')).toBeNull();
    expect(await store.listByUser('gone')).toEqual([]);
  });

  it('A2: after a delete nothing brings the record back, whatever the version', async () => {
    const store = open();
    await store.create(note('a'));
    await store.delete('a');
    for (const version of [0, 1, 2])
      expect(await store.replace(note('a', { version: version + 1 }), version)).toBe(false);
    expect(await store.get('a')).toBeNull();
  });

  it('A3: of 20 deletes one wins: this is consume-once', async () => {
    const store = open();
    await store.create(note('a'));
    expect(winners(await race(() => store.delete('a')))).toBe(1);
    expect(await store.delete('a')).toBe(false);
    expect(await store.delete('never')).toBe(false);
  });

  it('A1, A3: a create after a delete begins anew', async () => {
    const store = open();
    await store.create(note('a', { version: 7 }));
    await store.delete('a');
    expect(await store.create(note('a', { text: 'second' }))).toBe(true);
    expect(await store.get('a')).toEqual(note('a', { text: 'second' }));
  });

  it('A4: a second handle of the kind sees every write; another kind and another instance see none', async () => {
    const stores = memoryStores();
    const [one, two] = [stores[slot].open<Note>('note'), stores[slot].open<Note>('note')];
    await one.create(note('a', { userId: 'u' }));
    expect(await two.get('a')).toEqual(note('a', { userId: 'u' }));
    await two.replace(note('a', { userId: 'u', version: 2 }), 1);
    expect((await one.get('a'))?.version).toBe(2);
    await one.delete('a');
    expect([await two.get('a'), await two.listByUser('u')]).toEqual([null, []]);
    await one.create(note('b'));
    expect(await stores[slot].open<Note>('other').get('b')).toBeNull();
    expect(await memoryStores()[slot].open<Note>('note').get('b')).toBeNull();
  });

  it('A5, A9: lists what is of that owner, follows a change of owner, and lists for nobody what is of nobody', async () => {
    const store = open();
    for (const id of ['a', 'b', 'c']) await store.create(note(id, { userId: 'u' }));
    await store.create(note('d', { userId: 'v' }));
    await store.create(note('e'));
    const idsOf = async (userId: string) => (await store.listByUser(userId)).map(({ id }) => id).sort();
    expect(await idsOf('u')).toEqual(['a', 'b', 'c']);
    await store.delete('b');
    await store.replace(note('c', { userId: 'v', version: 2 }), 1);
    expect([await idsOf('u'), await idsOf('v')]).toEqual([['a'], ['c', 'd']]);
    for (const nobody of ['', 'null', 'undefined', 'w', '%', '*']) expect(await idsOf(nobody)).toEqual([]);
  });

  it('INJ-03: an id is bytes, not a pattern', async () => {
    const store = open();
    for (const id of ['a', 'ab', '[a]']) await store.create(note(id));
    for (const id of [
      '*',
      'a*',
      '?',
      '%',
      '_',
      '.',
      '[ab]',
      '',
      'A',
      'a ',
      '__proto__',
      'constructor',
      'toString',
      'size',
    ]) {
      expect([id, await store.get(id), await store.delete(id)]).toEqual([id, null, false]);
    }
    expect(await store.get('a')).not.toBeNull();
  });

  it('A6: keeps what has not expired to the millisecond, and what never does', async () => {
    const stores = memoryStores();
    const store = stores[slot].open<Note>('note');
    await store.create(note('soon', { expiresAt: 1 }));
    await store.create(note('never'));
    expect(await store.get('soon')).toMatchObject({ expiresAt: 1 });
    expect(await stores[slot].sweep?.(1)).toBe(0);
    await store.replace(note('soon', { version: 2, expiresAt: 5 }), 1);
    expect(await stores[slot].sweep?.(5)).toBe(0);
    expect(await stores[slot].sweep?.(6)).toBe(1);
    expect([await store.get('soon'), await store.get('never')]).toEqual([null, note('never')]);
  });

  it('A10: a sweep removes what expired before, of every kind, and nothing else', async () => {
    const stores = memoryStores();
    const expiries = fc.uniqueArray(fc.option(fc.integer({ min: 0, max: 100 })), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(expiries, fc.integer({ min: 0, max: 101 }), async (list, before) => {
        const kinds = ['x', 'y'].map((kind) => stores[slot].open<Note>(kind));
        for (const kind of kinds)
          for (const [i, expiresAt] of list.entries()) await kind.create(note(`${i}`, { expiresAt }));
        const gone = list.filter((expiresAt) => expiresAt !== null && expiresAt < before).length;
        expect(await stores[slot].sweep?.(before)).toBe(2 * gone);
        for (const kind of kinds) {
          for (const [i, expiresAt] of list.entries()) {
            expect((await kind.get(`${i}`)) === null).toBe(expiresAt !== null && expiresAt < before);
            await kind.delete(`${i}`);
          }
        }
      }),
    );
  });

  it('A7: what comes back is deeply what went in', async () => {
    const store = open();
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), json), fc.constantFrom(...awkward), async (data, text) => {
        const given = note('a', { data: data as JsonObject, text });
        await store.delete('a');
        await store.create(given);
        expect(await store.get('a')).toEqual(given);
        expect(JSON.stringify(await store.get('a'))).toBe(JSON.stringify(given));
      }),
    );
  });

  it('A7, INJ-05: a member called __proto__ is a member, and reaches nobody', async () => {
    const store = open();
    const data = JSON.parse(
      '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"a\\u0000b":"\\u2028"}',
    );
    await store.create(note('a', { data }));
    const back = await store.get('a');
    expect(JSON.stringify(back?.data)).toBe(JSON.stringify(data));
    expect(Object.keys(back?.data ?? {})).toEqual(['__proto__', 'constructor', 'a\0b']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect((Object.getPrototypeOf(back?.data ?? {}) as object) === Object.prototype).toBe(true);
  });

  it('A7: changing what went in, or what came out, changes nothing that is stored', async () => {
    const store = open();
    const given = { ...note('a', { userId: 'u' }), data: { list: [1, { deep: 'x' }] } };
    const wanted = structuredClone(given);
    await store.create(given);
    const spoil = (target: unknown): void => {
      const { data } = target as { data: { list: [number, { deep: string }] } };
      for (const change of [
        () => Object.assign(target as object, { version: 99, userId: 'v' }),
        () => data.list.push(3 as never),
        () => Object.assign(data.list[1], { deep: 'changed' }),
        () => Object.assign(data, { more: true }),
      ]) {
        try {
          change();
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }
    };
    spoil(given);
    expect(await store.get('a')).toEqual(wanted);
    spoil(await store.get('a'));
    spoil((await store.listByUser('u'))[0]);
    expect(await store.get('a')).toEqual(wanted);
    const next = structuredClone({ ...wanted, version: 2 });
    await store.replace(next, 1);
    spoil(next);
    expect(await store.get('a')).toEqual({ ...wanted, version: 2 });
  });
});

const user = (id: string, loginKey: string, more: Partial<UserRecord> = {}): UserRecord => ({
  id,
  version: 1,
  loginKey,
  email: loginKey,
  emailVerifiedAt: null,
  createdAt: 1,
  profile: {},
  ...more,
});

describe('users in memory', () => {
  it('U1, EMAIL-09: of 20 creates of one login one wins, and it is what is found', async () => {
    const { users } = memoryStores();
    const made = await race((n) => users.create(user(`u${n}`, 'dup@e.com')));
    const won = made.filter((one) => one !== null);
    expect(won).toHaveLength(1);
    expect(await users.findByLoginKey('dup@e.com')).toEqual(won[0]);
    expect((await Promise.all(made.map((_, n) => users.get(`u${n}`)))).filter((one) => one !== null)).toEqual(won);
  });

  it('U1: an id in use is as taken as a login in use', async () => {
    const { users } = memoryStores();
    await users.create(user('u', 'a@e.com'));
    expect(await users.create(user('u', 'b@e.com'))).toBeNull();
    expect([await users.findByLoginKey('b@e.com'), (await users.get('u'))?.loginKey]).toEqual([null, 'a@e.com']);
  });

  it('U2: of 20 replaces from one version one is replaced, the others are stale', async () => {
    const { users } = memoryStores();
    await users.create(user('u', 'a@e.com'));
    const answers = await race((n) => users.replace(user('u', 'a@e.com', { version: 2, createdAt: n }), 1));
    expect([winners(answers, 'replaced'), winners(answers, 'stale')]).toEqual([1, racers - 1]);
    expect((await users.get('u'))?.createdAt).toBe(answers.indexOf('replaced'));
    expect(await users.replace(user('nobody', 'x@e.com', { version: 2 }), 1)).toBe('stale');
    expect(await users.findByLoginKey('x@e.com')).toBeNull();
  });

  it('U3: a new login frees the old one in the same step', async () => {
    const { users } = memoryStores();
    await users.create(user('u', 'old@e.com'));
    expect(await users.replace(user('u', 'new@e.com', { version: 2 }), 1)).toBe('replaced');
    expect(await users.findByLoginKey('old@e.com')).toBeNull();
    expect((await users.findByLoginKey('new@e.com'))?.id).toBe('u');
    expect((await users.create(user('v', 'old@e.com')))?.id).toBe('v');
  });

  it('U4: onto a login in use is taken, and nothing has changed', async () => {
    const { users } = memoryStores();
    await users.create(user('u', 'a@e.com'));
    await users.create(user('v', 'b@e.com'));
    expect(await users.replace(user('u', 'b@e.com', { version: 2 }), 1)).toBe('taken');
    expect(await users.get('u')).toEqual(user('u', 'a@e.com'));
    expect((await users.findByLoginKey('b@e.com'))?.id).toBe('v');
    expect((await users.findByLoginKey('a@e.com'))?.id).toBe('u');
  });

  it('U3, U4: 20 users after one login: one has it, and everybody can still be found', async () => {
    const { users } = memoryStores();
    for (let n = 0; n < racers; n += 1) await users.create(user(`u${n}`, `${n}@e.com`));
    const answers = await race((n) => users.replace(user(`u${n}`, 'one@e.com', { version: 2 }), 1));
    expect([winners(answers, 'replaced'), winners(answers, 'taken')]).toEqual([1, racers - 1]);
    const found = await race((n) => users.findByLoginKey(`${n}@e.com`));
    expect(found.map((one) => one?.id ?? null)).toEqual(answers.map((word, n) => (word === 'taken' ? `u${n}` : null)));
  });

  it('U5: is deleted once; then the login is free', async () => {
    const { users } = memoryStores();
    await users.create(user('u', 'a@e.com'));
    expect(winners(await race(() => users.delete('u')))).toBe(1);
    expect([await users.get('u'), await users.findByLoginKey('a@e.com')]).toEqual([null, null]);
    expect(await users.replace(user('u', 'a@e.com', { version: 2 }), 1)).toBe('stale');
    expect((await users.create(user('w', 'a@e.com')))?.id).toBe('w');
  });

  it('U6, EMAIL-15, INJ-02: a login is compared byte for byte', async () => {
    const { users } = memoryStores();
    await users.create(user('u', 'jos\u00e9@e.com'));
    const others = [
      'jose@e.com',
      'JOS\u00c9@e.com',
      'jose\u0301@e.com',
      'jos\u00e9@e.com ',
      '%@e.com',
      'jos_@e.com',
      '.*',
      '*',
      '',
    ];
    for (const other of [...others, '__proto__', 'constructor'])
      expect([other, await users.findByLoginKey(other)]).toEqual([other, null]);
    expect((await users.findByLoginKey('jos\u00e9@e.com'))?.id).toBe('u');
    expect([await users.get(''), await users.get('__proto__')]).toEqual([null, null]);
  });

  it('A7: keeps no part of what it was given, and gives no part of what it keeps', async () => {
    const { users } = memoryStores();
    const profile = { tags: ['a'] };
    const stored = await users.create(user('u', 'a@e.com', { profile }));
    profile.tags.push('b');
    for (const one of [stored, await users.get('u'), await users.findByLoginKey('a@e.com')]) {
      const { tags } = (one?.profile ?? {}) as { tags: string[] };
      expect(tags).toEqual(['a']);
      expect(() => tags.push('c')).toThrow(TypeError);
    }
    expect((await users.get('u'))?.profile).toEqual({ tags: ['a'] });
  });
});

describe('the limiter in memory', () => {
  const one = { now: 1_000_000, incrementMs: 100, ceilingMs: 500 };

  it('B1: agrees step by step with the reference model, whatever the clock does', async () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', '__proto__'),
      now: fc.integer({ min: 1, max: 10_000 }),
      incrementMs: fc.integer({ min: 1, max: 2_000 }),
      ceilingMs: fc.integer({ min: 1, max: 5_000 }),
      reset: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { rateLimits } = memoryStores();
        const model = new Map<string, number>();
        for (const { key, reset, ...take } of steps) {
          if (reset) {
            await rateLimits.reset(key);
            model.delete(key);
          }
          const wanted = gcra(model.get(key) ?? null, take);
          if (wanted.allowed) model.set(key, wanted.tat);
          expect(await rateLimits.take(key, take)).toEqual(wanted);
        }
      }),
    );
  });

  it('B2, RL-04: of 20 takes on a fresh key exactly the burst is allowed', async () => {
    const { rateLimits } = memoryStores();
    const answers = await race(() => rateLimits.take('k', one));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(5);
  });

  it('B3: refused takes cost nothing: the next is allowed when it was due', async () => {
    const { rateLimits } = memoryStores();
    for (let i = 0; i < 5; i += 1) await rateLimits.take('k', one);
    for (let i = 0; i < 1_000; i += 1) expect((await rateLimits.take('k', one)).allowed).toBe(false);
    expect((await rateLimits.take('k', { ...one, now: one.now + 99 })).allowed).toBe(false);
    expect((await rateLimits.take('k', { ...one, now: one.now + 100 })).allowed).toBe(true);
  });

  it('B4: a take that could never be allowed writes nothing', async () => {
    const { rateLimits } = memoryStores();
    expect(await rateLimits.take('k', { ...one, incrementMs: 501 })).toEqual({ allowed: false, tat: 0 });
    expect((await race(() => rateLimits.take('k', one))).filter(({ allowed }) => allowed)).toHaveLength(5);
  });

  it('reset forgets that key alone', async () => {
    const { rateLimits } = memoryStores();
    for (const key of ['a', 'b']) for (let i = 0; i < 5; i += 1) await rateLimits.take(key, one);
    await rateLimits.reset('a');
    await rateLimits.reset('never seen');
    expect([(await rateLimits.take('a', one)).allowed, (await rateLimits.take('b', one)).allowed]).toEqual([
      true,
      false,
    ]);
  });
});

describe('memory is bounded', () => {
  const full = { now: 1_000_000, incrementMs: 1_000, ceilingMs: 5_000 };
  const isEmptied = async (limits: RateLimitStore, key: string): Promise<boolean> =>
    !(await limits.take(key, { ...full, incrementMs: 1, ceilingMs: 4_000 })).allowed;

  it('RL-11: an emptied bucket outlives a flood of ten times as many keys as there is room for', async () => {
    const { rateLimits } = memoryStores({ maxRateKeys: 100 });
    for (let i = 0; i < 5; i += 1) await rateLimits.take('victim', full);
    for (let i = 0; i < 1_000; i += 1) await rateLimits.take(`flood ${i}`, full);
    expect(await isEmptied(rateLimits, 'victim')).toBe(true);
    const kept = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) =>
        rateLimits.take(`flood ${i}`, { now: full.now, incrementMs: 1, ceilingMs: 1 }),
      ),
    );
    expect(kept.filter(({ allowed }) => !allowed).length).toBeLessThanOrEqual(100);
  });

  it('RL-11: what is full again goes first', async () => {
    const { rateLimits } = memoryStores({ maxRateKeys: 10 });
    for (let i = 0; i < 9; i += 1) await rateLimits.take(`old ${i}`, full);
    const later = { ...full, now: full.now + 10_000 };
    await rateLimits.take('live', { ...later, ceilingMs: 1_000 });
    await rateLimits.take('new', later);
    expect((await rateLimits.take('live', { ...later, ceilingMs: 1_000 })).allowed).toBe(false);
  });

  it('RL-11: a key that is there needs no room', async () => {
    const { rateLimits } = memoryStores({ maxRateKeys: 2 });
    for (const key of ['a', 'b']) for (let i = 0; i < 5; i += 1) await rateLimits.take(key, full);
    expect([(await rateLimits.take('a', full)).allowed, (await rateLimits.take('b', full)).allowed]).toEqual([
      false,
      false,
    ]);
  });

  it.each([
    [61_000, 1_000],
    [61_001, 500],
  ])(
    'expired entries go as the limiter tells the time, with a minute of slack: at %i there are %i',
    async (now, left) => {
      const { ephemeral, durable, rateLimits } = memoryStores();
      const store = ephemeral.open<Note>('session');
      const kept = durable.open<Note>('note');
      await kept.create(note('durable', { userId: 'u', expiresAt: 1 }));
      for (let i = 0; i < 500; i += 1) {
        await store.create(note(`${i}`, { userId: 'u', expiresAt: 1_000 }));
        await store.create(note(`live ${i}`, { userId: 'u', expiresAt: i % 2 === 0 ? null : now }));
      }
      await rateLimits.take('k', { ...full, now });
      expect(await store.listByUser('u')).toHaveLength(left);
      expect(await kept.listByUser('u')).toHaveLength(1);
    },
  );
});

describe('memory is bounded while it is in use', () => {
  it('RL-11: what expires goes, however many live entries the sweep before left behind', async () => {
    const { ephemeral, rateLimits } = memoryStores();
    const store = ephemeral.open<Note>('session');
    let most = 0;
    for (let hour = 1; hour <= 20; hour += 1) {
      const now = hour * 3_600_000;
      for (let i = 0; i < 1_000; i += 1) {
        await store.create(note(`${hour}-${i}`, { userId: 'u', expiresAt: now + 3_600_000 }));
        await rateLimits.take('k', { now, incrementMs: 1, ceilingMs: 1 });
      }
      most = Math.max(most, (await store.listByUser('u')).length);
    }
    // A thousand are alive at any time, two thousand for the minute of slack; twice that is what one sweep in as many writes allows.
    expect(most).toBeLessThanOrEqual(6_000);
  });
});

describe('joined reads', () => {
  const credential = (id: string): CredentialRecord => ({
    ...{ id, userId: id, version: 1, expiresAt: null, epoch: 1, password: null, passwordChangedAt: null },
    ...{ accounts: [], factors: [], disabledAt: null },
  });
  const session = (id: string, userId: string | null): SessionRecord => ({
    ...{ id, userId, version: 1, expiresAt: 9, epoch: 1, createdAt: 1, lastSeenAt: 1, authenticatedAt: 1 },
    ...{ absoluteExpiresAt: 9, aal: 1, amr: ['pwd'], client: { ip: null, agent: null }, data: {} },
  });

  it('are what the separate reads say, whatever is missing', async () => {
    const stores = memoryStores();
    const sessions = stores.ephemeral.open<SessionRecord>('session');
    const credentials = stores.durable.open<CredentialRecord>('credential');
    await stores.users.create(user('both', 'both@e.com'));
    await stores.users.create(user('user', 'user@e.com'));
    for (const id of ['both', 'credential']) await credentials.create(credential(id));
    const owners = ['both', 'user', 'credential', 'nobody'];
    for (const owner of owners) await sessions.create(session(`of-${owner}`, owner));
    await sessions.create(session('of-null', null));
    const { identify } = stores.ephemeral.joined ?? {};
    const { account } = stores.durable.joined ?? {};
    for (const owner of owners) {
      const apart = { credential: await credentials.get(owner), user: await stores.users.get(owner) };
      expect(await account?.(owner)).toEqual(apart);
      expect(await identify?.(`of-${owner}`)).toEqual({ session: await sessions.get(`of-${owner}`), ...apart });
    }
    expect(await identify?.('of-null')).toEqual({ session: session('of-null', null), credential: null, user: null });
    expect(await identify?.('unknown')).toBeNull();
    await credentials.replace({ ...credential('both'), version: 2, epoch: 2 }, 1);
    await stores.users.delete('both');
    expect(await identify?.('of-both')).toMatchObject({ credential: { epoch: 2 }, user: null });
  });

  it.each<[string, (own: Stores, other: Stores) => Stores, boolean]>([
    ['are used for the stores as they are', (own) => own, true],
    ['are used after a spread', (own) => ({ ...own }), true],
    ['are not used with other users', (own, other) => ({ ...own, users: other.users }), false],
    ['are not used with another durable space', (own, other) => ({ ...own, durable: other.durable }), false],
    ['are not used with another ephemeral space', (own, other) => ({ ...own, ephemeral: other.ephemeral }), false],
    ['are not used behind a wrapper', (own) => watchedStores(own, []), false],
  ])('%s, and the user is signed in all the same', async (_, mix, joins) => {
    const calls: string[] = [];
    const own = memoryStores();
    const spied = own.ephemeral.joined?.identify;
    if (own.ephemeral.joined !== undefined && spied !== undefined) {
      Object.assign(own.ephemeral.joined, {
        identify: (id: string) => {
          calls.push('identify');
          return spied(id);
        },
      });
    }
    const log: string[] = [];
    const auth = createAuth({
      ...{ origin, mode: 'development', secrets: testSecrets, clientIp: 'peer', registration: 'open' },
      ...{ clock: testClock(), stores: mix(own, memoryStores()), hasher: testHasher(log), features: [password()] },
      notifier: { send: async () => {} },
    });
    const browser = newBrowser(auth);
    expect((await browser.post('/register', { email: 'a@e.com', password: goodPassword })).status).toBe(201);
    expect((await auth.authenticate(browser.headers()))?.user.email).toBe('a@e.com');
    expect((await browser.get('/session')).body.user.email).toBe('a@e.com');
    expect(tally(calls)['identify'] ?? 0).toBe(joins ? 2 : 0);
    await auth.drain();
  });
});
