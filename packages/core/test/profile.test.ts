import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  createAuth,
  type JsonObject,
  memoryStores,
  password,
  type SchemaResult,
  type StandardSchema,
} from '../src/index.ts';
import {
  goodPassword,
  newBrowser,
  origin,
  otherPassword,
  testHasher,
  testSecrets,
  type World,
  world,
} from './harness.ts';
import { expectProblem, wireSend } from './wire.ts';

type Person = { readonly name: string; readonly plan: 'free' };

const schemaOf = <T>(validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>): StandardSchema<T> => ({
  '~standard': { version: 1, vendor: 'test', validate },
});

/** Exactly a name of 1 to 20 characters; trims it, and adds what the client may not say. */
const person = schemaOf<Person>((value) => {
  const given = value as Record<string, unknown>;
  const { name } = given;
  const more = Object.keys(given).filter((key) => key !== 'name');
  const issues = [
    ...(typeof name === 'string' && name.length >= 1 && name.length <= 20
      ? []
      : [{ message: 'bad name', path: ['name'] }]),
    ...more.map((key) => ({ message: 'unknown', path: [{ key }] })),
  ];
  return issues.length > 0 ? { issues } : { value: { name: String(name).trim(), plan: 'free' } };
});
const anything = schemaOf<JsonObject>((value) => ({ value: value as JsonObject }));
const giving = (value: unknown): StandardSchema<JsonObject> =>
  schemaOf<JsonObject>(() => ({ value: value as JsonObject }));

const register = (w: World, profile: unknown, more: object = {}): Promise<Response> =>
  wireSend(w.auth, '/register', {
    body: JSON.stringify({ email: 'a@example.org', password: goodPassword, profile, ...more }),
  });
const stored = async (w: World) => {
  await w.auth.drain();
  return w.stores.users.findByLoginKey('a@example.org');
};
const pointersOf = async (response: Response) =>
  ((await expectProblem(response))['errors'] as { pointer: string; code: string }[]).map(
    ({ pointer, code }) => `${pointer} ${code}`,
  );

describe('profile', () => {
  it('is what the schema makes of it, typed by the schema, wherever the user is shown', async () => {
    const auth = createAuth({
      ...{
        origin,
        mode: 'development' as const,
        secrets: testSecrets,
        clientIp: 'peer' as const,
        registration: 'open' as const,
      },
      ...{ stores: memoryStores(), hasher: testHasher([]), features: [password()], profile: person },
      notifier: { send: async () => {} },
    });
    const source = new Headers();
    const profile = { name: ' Ada ' };
    const done = await auth.api.register({ email: 'a@example.org', password: goodPassword, profile }, source);
    expect(done.value).toMatchObject({ status: 'signed_in', user: { profile: { name: 'Ada', plan: 'free' } } });
    const headers = new Headers({ cookie: done.cookies.map((cookie) => cookie.split(';')[0]).join('; ') });
    const me = await auth.require(headers);
    expectTypeOf(me.user.profile).toEqualTypeOf<Person>();
    expectTypeOf(auth.authenticate).returns.resolves.exclude<null>().toHaveProperty('user');
    expect(me.user.profile).toEqual({ name: 'Ada', plan: 'free' });
    expect((await auth.api.session({}, headers)).value.user?.profile.name).toBe('Ada');
    const login = await auth.api.login({ email: 'a@example.org', password: goodPassword }, source);
    expect(login.value).toMatchObject({ user: { profile: { name: 'Ada' } } });
  });

  it('an asynchronous schema is waited for', async () => {
    const later = schemaOf<JsonObject>(async (value) => {
      await new Promise((resolve) => setImmediate(resolve));
      return person['~standard'].validate(value);
    });
    const w = world({ profile: later });
    expect(await pointersOf(await register(w, {}))).toEqual(['/profile/name invalid']);
    expect((await register(w, { name: 'Ada' })).status).toBe(202);
    expect((await stored(w))?.profile).toEqual({ name: 'Ada', plan: 'free' });
  });

  it('a form says it with profile.name', async () => {
    const w = world({ profile: person as StandardSchema<JsonObject> });
    const form = (fields: Record<string, string>) =>
      wireSend(w.auth, '/register', {
        type: 'application/x-www-form-urlencoded',
        body: new URLSearchParams({
          email: 'a@example.org',
          password: goodPassword,
          returnTo: '/in',
          ...fields,
        }).toString(),
      });
    for (const bad of [
      {},
      { 'profile.name': '' },
      { 'profile.name': 'Ada', 'profile.role': 'x' },
      { profile: 'Ada' },
      { 'profile.': 'x' },
    ]) {
      expect((await form(bad as Record<string, string>)).headers.get('location')).toMatch(/code=validation_failed$/);
    }
    expect((await form({ 'profile.name': 'Ada' })).headers.get('location')).toBe('/in');
    expect((await stored(w))?.profile).toEqual({ name: 'Ada', plan: 'free' });
  });

  it('without a schema there is none: an unknown member', async () => {
    const w = world();
    for (const profile of [{}, { name: 'Ada' }])
      expect(await pointersOf(await register(w, profile))).toEqual(['/profile unknown_member']);
    for (const profile of [null, 'x', 5, [], [{}], true])
      expect(await pointersOf(await register(w, profile))).toEqual(['/profile type']);
    expect((await register(w, undefined)).status).toBe(202);
    expect((await stored(w))?.profile).toEqual({});
  });

  it('with a schema an absent one is an empty one, for the schema to judge', async () => {
    const w = world({ profile: person as StandardSchema<JsonObject> });
    expect(await pointersOf(await register(w, undefined))).toEqual(['/profile/name invalid']);
    for (const profile of [null, 'x', 5, [], true])
      expect(await pointersOf(await register(w, profile))).toEqual(['/profile type']);
    expect(w.log).toEqual([]);
  });
});

describe('422 and its pointers', () => {
  it.each<[unknown, string]>([
    [undefined, '/profile'],
    [[], '/profile'],
    [['name'], '/profile/name'],
    [['tags', 0, 'label'], '/profile/tags/0/label'],
    [[{ key: 'name' }, { key: 1 }], '/profile/name/1'],
    [['a/b', '~c'], '/profile/a~1b/~0c'],
    [['~1'], '/profile/~01'],
    [[''], '/profile/'],
    [[Symbol('s')], '/profile/Symbol(s)'],
    [['x'.repeat(100)], `/profile/${'x'.repeat(64)}`],
  ])('an issue at %j', async (path, pointer) => {
    const issues = [
      { message: 'the schema has its own words', ...(path === undefined ? {} : { path: path as string[] }) },
    ];
    const w = world({ profile: schemaOf<JsonObject>(() => ({ issues })) });
    const response = await register(w, {});
    const text = await response.clone().text();
    expect(await pointersOf(response)).toEqual([`${pointer} invalid`]);
    expect(text).not.toContain('own words');
    expect(w.log).toEqual([]);
  });

  it('at most twenty, and at least the verdict', async () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ message: 'x', path: [i] }));
    expect(
      await pointersOf(await register(world({ profile: schemaOf<JsonObject>(() => ({ issues: many })) }), {})),
    ).toHaveLength(20);
    const none = world({ profile: schemaOf<JsonObject>(() => ({ issues: [] })) });
    expect((await expectProblem(await register(none, {}))).code).toBe('validation_failed');
  });

  class Money {
    readonly cents = 5;
  }
  const notJson: readonly (readonly [string, unknown])[] = [
    ['a Date', { at: new Date(0) }],
    ['a bigint', { n: 1n }],
    ['a function', { f: () => 1 }],
    ['a Map', { m: new Map() }],
    ['a Set in a list', { s: [new Set()] }],
    ['bytes', { b: new Uint8Array(2) }],
    ['NaN', { n: Number.NaN }],
    ['Infinity', { n: Number.POSITIVE_INFINITY }],
    ['an instance', { m: new Money() }],
    ['a symbol', { s: Symbol('x') }],
    ['a list', []],
    ['a text', 'x'],
    ['null', null],
    ['nothing', undefined],
    ['a Date itself', new Date(0)],
    ['a lone surrogate', { name: '\ud800' }],
    ['a lone surrogate for a key', { 'a\udc00': 1 }],
    ['a lone surrogate deep down', { list: [{ name: 'a\ud83d' }] }],
  ];
  it.each(notJson)('A7: a schema that gives %s is refused: no store could keep it', async (_, value) => {
    const w = world({ profile: giving(value) });
    expect(await pointersOf(await register(w, {}))).toEqual(['/profile not_json']);
    expect(w.log).toEqual([]);
  });

  it('A7: whatever passes is stored as it passed', async () => {
    const value = fc
      .dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 })
      .filter((given) => !JSON.stringify(given).includes('-0'));
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        const w = world({ profile: giving(given) });
        expect((await register(w, {})).status).toBe(202);
        expect(JSON.stringify((await stored(w))?.profile)).toBe(JSON.stringify(given));
      }),
      { numRuns: 30 },
    );
  });

  it('INJ-07: the deepest profile that fits is 4xx or stored, never 5xx', async () => {
    const list = (depth: number) => `{"list":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const nest = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    for (const [bodyLimit, profile] of [
      [16_384, list(8_000)],
      [16_384, nest(2_600)],
      [1_048_576, list(500_000)],
      [1_048_576, nest(170_000)],
    ] as const) {
      const w = world({ profile: anything, bodyLimit });
      const body = `{"email":"a@example.org","password":"${goodPassword}","profile":${profile}}`;
      const { status } = await wireSend(w.auth, '/register', { body });
      await w.auth.drain();
      expect([202, 422]).toContain(status);
      // What was accepted was also stored.
      expect(w.events.filter(({ name }) => name === 'store.failed')).toEqual([]);
    }
  });

  it('a member that is called like one of our own findings is a member', async () => {
    const w = world({ profile: anything });
    for (const profile of [
      { invalid: 'x' },
      { invalid: { a: 1 } },
      { ok: false, reason: 'internal' },
      { optional: true },
    ]) {
      const response = await register(w, profile);
      expect([JSON.stringify(profile), response.status]).toEqual([JSON.stringify(profile), 202]);
    }
    const plain = world();
    const text = await (await register(plain, { invalid: 'what a client says' })).text();
    expect(text).not.toContain('what a client says');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('marker-7');
      },
    ],
    ['rejects', () => Promise.reject(new Error('marker-7'))],
    ['gives nothing', () => undefined as never],
  ])('INJ-10: a schema that %s is 500 internal, and nobody was registered', async (_, validate) => {
    const w = world({ profile: schemaOf<JsonObject>(validate as () => never) });
    const problem = await expectProblem(await register(w, {}));
    expect([problem.code, JSON.stringify(problem).includes('marker-7')]).toEqual(['internal', false]);
    expect([w.log, w.outbox]).toEqual([[], []]);
  });
});

describe('INJ-04: mass assignment', () => {
  const ours = {
    id: 'usr_mine',
    userId: 'x',
    version: 9,
    loginKey: 'b@example.org',
    email: 'b@example.org',
    emailVerified: true,
  };
  const more = {
    emailVerifiedAt: 1,
    createdAt: 1,
    passwordHash: '$x$',
    epoch: 9,
    disabledAt: null,
    factors: [],
    accounts: ['x'],
    role: 'admin',
  };

  it.each(
    Object.entries({ ...ours, ...more, aal: 2, mfa: true, tenantId: 't', authData: {}, google: {} }).filter(
      ([name]) => name !== 'email',
    ),
  )('at the top, %s is an unknown member', async (name, value) => {
    const w = world({ profile: anything });
    expect(await pointersOf(await register(w, {}, { [name]: value }))).toEqual([`/${name} unknown_member`]);
    expect(w.log).toEqual([]);
  });

  it('in the profile they are the application’s, and reach nothing of ours', async () => {
    const w = world({ profile: anything });
    const profile = { ...ours, ...more };
    expect((await register(w, profile)).status).toBe(202);
    const user = await stored(w);
    expect(user?.profile).toEqual(profile);
    const { id, version, loginKey, email, emailVerifiedAt, createdAt } = user ?? {};
    expect([id === 'usr_mine', version, loginKey, email, emailVerifiedAt, createdAt]).toEqual([
      false,
      1,
      'a@example.org',
      'a@example.org',
      null,
      w.clock.now(),
    ]);
    const credential = await w.stores.durable.open<never>('credential').get(id ?? '');
    expect(credential).toMatchObject({ disabledAt: null, factors: [], accounts: [] });
    expect(credential).not.toMatchObject({ epoch: more.epoch });
  });

  it('INJ-05: __proto__ in a profile is a member of the profile, and of nothing else', async () => {
    const w = world({ profile: anything, registration: 'open' });
    const body = `{"email":"a@example.org","password":"${goodPassword}","profile":{"__proto__":{"emailVerified":true},"constructor":{"prototype":{"admin":1}}}}`;
    const response = await wireSend(w.auth, '/register', { body });
    const { user } = (await response.json()) as { user: { emailVerified: boolean; profile: object } };
    expect([response.status, user.emailVerified, Object.keys(user.profile)]).toEqual([
      201,
      false,
      ['__proto__', 'constructor'],
    ]);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('registering a known address changes nothing of its profile', async () => {
    const w = world({ profile: anything });
    await register(w, { name: 'first' });
    await stored(w);
    await register(w, { name: 'second' }, { password: otherPassword });
    expect((await stored(w))?.profile).toEqual({ name: 'first' });
    const browser = newBrowser(w.auth, '192.0.2.1');
    expect(
      (await browser.post('/verify-email', { token: w.tokenFor('a@example.org'), password: goodPassword })).status,
    ).toBe(204);
    await browser.post('/register', { email: 'a@example.org', password: otherPassword, profile: { name: 'third' } });
    expect((await stored(w))?.profile).toEqual({ name: 'first' });
  });
});
