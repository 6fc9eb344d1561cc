import { afterEach, describe, expect, it, vi } from 'vitest';
import { portableHasher } from '../src/hashing.ts';
import {
  AuthConfigError,
  type AuthOptions,
  type ConfigIssue,
  consoleNotifier,
  createAuth,
  days,
  type Feature,
  type JsonObject,
  memoryStores,
  minutes,
  password,
  type RecordSpace,
  type StandardSchema,
  type Stores,
  seconds,
} from '../src/index.ts';
import {
  goodPassword,
  newBrowser,
  origin,
  tally,
  testClock,
  testHasher,
  testSecrets,
  type WorldOptions,
  world,
} from './harness.ts';
import { recordWrites } from './wire.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

type Options = AuthOptions<StandardSchema<JsonObject>>;

const bare = <T extends object>(store: T): T => Object.fromEntries(Object.entries(store)) as T;
/** The memory stores as nobody's: their marks, which are symbols, are gone. */
const plainStores = (): Stores => {
  const { users, durable, ephemeral, rateLimits } = memoryStores();
  const space = ({ open }: RecordSpace): RecordSpace => ({ open });
  return { users: bare(users), durable: space(durable), ephemeral: space(ephemeral), rateLimits: bare(rateLimits) };
};
const good = (): Options => ({
  origin,
  secrets: testSecrets,
  stores: plainStores(),
  notifier: { send: async () => {} },
  features: [password()],
  clientIp: 'peer',
  clock: testClock(),
});
/** What is wrong, as `createAuth` says it; every issue is held to the form that helps. */
const issuesOf = (change: object): readonly ConfigIssue[] => {
  try {
    createAuth({ ...good(), ...change } as Options);
    return [];
  } catch (error) {
    if (!(error instanceof AuthConfigError)) throw error;
    for (const { code, path, message, fix } of error.issues) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)+$/);
      for (const text of [path, message, fix]) expect(text.trim().length).toBeGreaterThan(4);
      expect(error.message).toContain(`${path} [${code}]: ${message}`);
      expect(error.message).toContain(`fix: ${fix}`);
    }
    return error.issues;
  }
};
const codesOf = (change: object): readonly string[] => issuesOf(change).map(({ code, path }) => `${code} ${path}`);

const without = (slot: keyof Stores, method: string): Stores => {
  const stores = plainStores();
  if (slot === 'users' || slot === 'rateLimits') return { ...stores, [slot]: { ...stores[slot], [method]: undefined } };
  return { ...stores, [slot]: { open: (kind: string) => ({ ...stores[slot].open(kind), [method]: undefined }) } };
};
const twelve: readonly (readonly [keyof Stores, string])[] = [
  ...['create', 'get', 'findByLoginKey', 'replace', 'delete'].map((name) => ['users', name] as const),
  ...(['durable', 'ephemeral'] as const).flatMap((slot) =>
    ['create', 'get', 'replace', 'delete', 'listByUser'].map((name) => [slot, name] as const),
  ),
  ...['take', 'reset'].map((name) => ['rateLimits', name] as const),
];

const cases: readonly (readonly [string, string, object])[] = [
  ['origin_missing', 'origin', { origin: undefined }],
  ['origin_missing', 'origin', { origin: '' }],
  ...[
    ...[
      'https://app.example.com/',
      'https://app.example.com/path',
      'https://app.example.com?x',
      'https://app.example.com#x',
      'app.example.com',
    ],
    ...[
      'https://APP.example.com',
      'https://app.example.com:443',
      'https://user@app.example.com',
      ' https://app.example.com',
      'https://',
      '*',
    ],
    ...[
      'https://app.example.com evil',
      'https://app.example.com,https://x.com',
      'blob:https://app.example.com',
      'null',
      5,
      {},
    ],
  ].map((value) => ['origin_invalid', 'origin', { origin: value }] as const),
  ...['http://app.example.com', 'http://localhost:3000', 'ftp://app.example.com', 'ws://app.example.com'].map(
    (value) => ['origin_insecure', 'origin', { origin: value }] as const,
  ),
  ...[
    'http://app.example.com',
    'http://localhost.evil.com',
    'http://evil-localhost',
    'http://127.0.0.1.nip.io',
    'http://0.0.0.0',
  ].map((value) => ['origin_insecure', 'origin', { origin: value, mode: 'development' }] as const),
  ['secret_missing', 'secrets', { secrets: undefined }],
  ['secret_missing', 'secrets', { secrets: '' }],
  ['secret_missing', 'secrets', { secrets: [] }],
  ['secret_short', 'secrets', { secrets: '1:changeme' }],
  ['secret_weak', 'secrets', { secrets: `1:${'A'.repeat(43)}` }],
  ['secret_kid_duplicate', 'secrets', { secrets: [testSecrets, testSecrets] }],
  ...twelve.map(([slot, name]) => ['store_incomplete', `stores.${slot}`, { stores: without(slot, name) }] as const),
  ['store_incomplete', 'stores.durable', { stores: { ...plainStores(), durable: {} } }],
  ['store_incomplete', 'stores.ephemeral', { stores: { ...plainStores(), ephemeral: { open: 5 } } }],
  ['notifier_incomplete', 'notifier', { notifier: {} }],
  ['notifier_incomplete', 'notifier', { notifier: undefined }],
  ['notifier_console', 'notifier', { notifier: consoleNotifier() }],
  ...(['users', 'durable', 'ephemeral', 'rateLimits'] as const).map(
    (slot) =>
      ['store_memory', `stores.${slot}`, { stores: { ...plainStores(), [slot]: memoryStores()[slot] } }] as const,
  ),
  ['trusted_origin_invalid', 'trustedOrigins[1]', { trustedOrigins: ['https://www.example.com', 'www.example.com'] }],
  ['trusted_origin_invalid', 'trustedOrigins[0]', { trustedOrigins: ['https://www.example.com/'] }],
  ['trusted_origin_invalid', 'trustedOrigins[0]', { trustedOrigins: ['null'] }],
  ['trusted_origin_wildcard', 'trustedOrigins[0]', { trustedOrigins: ['https://*.example.com'] }],
  ['trusted_origin_wildcard', 'trustedOrigins[0]', { trustedOrigins: ['*'] }],
  ['trusted_origin_insecure', 'trustedOrigins[0]', { trustedOrigins: ['http://www.example.com'] }],
  ['trusted_origin_insecure', 'trustedOrigins[0]', { trustedOrigins: ['http://localhost:5173'] }],
  ['client_ip_unset', 'clientIp', { clientIp: undefined }],
  ...['0.0.0.0/0', '::/0', '10.0.0.0/0', '0.0.0.0/00', '::/000'].map(
    (network) => ['client_ip_all', 'clientIp', { clientIp: { forwardedFor: [network] } }] as const,
  ),
  ...[
    ...[
      { forwardedFor: 0 },
      { forwardedFor: 17 },
      { forwardedFor: 1.5 },
      { forwardedFor: -1 },
      { forwardedFor: Number.NaN },
      { forwardedFor: [] },
    ],
    ...[
      { forwardedFor: ['10.0.0.0/33'] },
      { forwardedFor: ['proxy'] },
      { forwardedFor: ['10.0.0.1/'] },
      { forwardedFor: '10.0.0.0/8' },
    ],
    ...[
      { header: 'CF-Connecting-IP' },
      { header: 'x real ip' },
      { header: '' },
      { header: 'x\n' },
      'proxy',
      'PEER',
      true,
      1,
      {},
    ],
  ].map((value) => ['client_ip_invalid', 'clientIp', { clientIp: value }] as const),
  ['lifetime_invalid', 'session.absolute', { session: { absolute: days(401) } }],
  ['lifetime_invalid', 'session.idle', { session: { idle: days(31) } }],
  ['lifetime_invalid', 'session.idle', { session: { idle: '7d' } }],
  ['lifetime_invalid', 'session.touchEvery', { session: { touchEvery: days(4) } }],
  ['lifetime_invalid', 'session.touchEvery', { session: { touchEvery: -1 } }],
  ['lifetime_invalid', 'session.revocationLag', { session: { revocationLag: seconds(61) } }],
  ['lifetime_invalid', 'session.revocationLag', { session: { revocationLag: Number.NaN } }],
  ['lifetime_invalid', 'session.stepUpWindow', { session: { stepUpWindow: days(2) } }],
  ['lifetime_invalid', 'session.stepUpWindow', { session: { stepUpWindow: Number.POSITIVE_INFINITY } }],
  ['lifetime_invalid', 'lifetimes.verify', { lifetimes: { verify: seconds(59) } }],
  ['lifetime_invalid', 'lifetimes.verify', { lifetimes: { verify: days(8) } }],
  ['lifetime_invalid', 'lifetimes.reset', { lifetimes: { reset: seconds(59) } }],
  ['lifetime_invalid', 'lifetimes.reset', { lifetimes: { reset: days(1) + 1 } }],
  ...[
    'auth',
    '/auth/',
    '/',
    '/Auth',
    '/auth//x',
    '/a b',
    '/auth?x',
    '/../auth',
    '/auth/{id}',
    'https://x.com/auth',
    '/%61uth',
    '/auth\n',
  ].map((value) => ['base_path_invalid', 'basePath', { basePath: value }] as const),
  ...[1_023, 1_048_577, 0, 2_000.5, Number.NaN, '16384'].map(
    (value) => ['body_limit_invalid', 'bodyLimit', { bodyLimit: value }] as const,
  ),
  ...[
    'https://evil.com/x',
    '//evil.com',
    'javascript:alert(1)',
    'verify',
    '',
    'http://app.example.com/x',
    'blob:https://app.example.com/x',
  ].flatMap(
    (page) =>
      [
        ['page_invalid', 'pages.verifyEmail', { pages: { verifyEmail: page } }],
        ['page_invalid', 'pages.error', { pages: { error: page } }],
        ['page_invalid', 'pages.resetPassword', { pages: { resetPassword: page } }],
        ['page_invalid', 'pages.changeEmail', { pages: { changeEmail: page } }],
        ['page_invalid', 'pages.revertEmail', { pages: { revertEmail: page } }],
      ] as const,
  ),
  ['limit_unknown', 'limits.login', { limits: { login: { burst: 1 } } }],
  ['limit_unknown', 'limits.constructor', { limits: { constructor: { burst: 1 } } }],
  ...[
    { burst: 0 },
    { burst: 1.5 },
    { burst: -1 },
    { refillMs: 0 },
    { refillMs: '1m' },
    { burst: Number.NaN },
    { burst: undefined },
  ].map((value) => ['limit_invalid', 'limits.login_ip', { limits: { login_ip: value } }] as const),
  ...['login_pair', 'login_login', 'login_device', 'login_account', 'reauth', 'mail_login'].map(
    (name) => ['limit_invalid', `limits.${name}`, { limits: { [name]: { onStoreError: 'allow' } } }] as const,
  ),
  ['feature_duplicate', 'features', { features: [password(), password()] }],
  ['feature_missing', 'features', { features: [] }],
  ...[7, 0, 65, 12.5, Number.NaN, '12'].map(
    (minLength) =>
      [
        'password_length_invalid',
        'features: password({ minLength })',
        { features: [password({ minLength: minLength as number })] },
      ] as const,
  ),
  ['clock_implausible', 'clock', { clock: { now: () => 0 } }],
  ['clock_implausible', 'clock', { clock: { now: () => 1_735_689_599_999 } }],
  ['clock_implausible', 'clock', { clock: { now: () => Number.NaN } }],
  ['clock_implausible', 'clock', { clock: { now: () => 1_767_225_600 } }],
];

/** What pages and touches are judged by. */
const entailing = ['base_path_invalid basePath', 'lifetime_invalid session.idle', 'origin_insecure origin'];

describe('AuthConfigError', () => {
  it('the options that the cases change are right', () => {
    expect(codesOf({})).toEqual([]);
  });

  it.each(cases.map(([code, path, change]) => [code, path, JSON.stringify(change)?.slice(0, 90), change] as const))(
    '%s: %s: %s',
    (code, path, _text, change) => {
      const codes = codesOf(change);
      expect(codes).toContain(`${code} ${path}`);
      // One mistake is one issue; where it makes others wrong, these are said too.
      if (!entailing.includes(`${code} ${path}`)) expect(codes).toHaveLength(1);
    },
  );

  it('webcrypto_missing', () => {
    vi.stubGlobal('crypto', undefined);
    expect(codesOf({})).toEqual(['webcrypto_missing runtime']);
  });

  it('hasher_weak: an Argon2id below the OWASP floor is refused where it is made', () => {
    const codes: string[] = [];
    for (const params of [
      { memoryKiB: 19_455, passes: 2, lanes: 1 },
      { memoryKiB: 19_456, passes: 1, lanes: 1 },
      { memoryKiB: 1_000_000, passes: 4, lanes: 1 },
    ]) {
      try {
        portableHasher({ params });
      } catch (error) {
        if (error instanceof AuthConfigError) codes.push(...error.issues.map(({ code, path }) => `${code} ${path}`));
      }
    }
    expect(codes).toEqual(['hasher_weak hasher', 'hasher_weak hasher', 'hasher_invalid hasher']);
  });

  it('says everything at once', () => {
    const codes = codesOf({
      ...{
        origin: 'http://x.example.com',
        secrets: '1:changeme',
        stores: memoryStores(),
        notifier: consoleNotifier(),
        trustedOrigins: ['*'],
      },
      ...{
        clientIp: undefined,
        session: { idle: days(60) },
        basePath: '/',
        bodyLimit: 1,
        limits: { x: {} },
        features: [],
        clock: { now: () => 0 },
      },
    }).map((line) => line.split(' ')[0]);
    for (const code of [
      ...[
        'origin_insecure',
        'secret_short',
        'store_memory',
        'notifier_console',
        'trusted_origin_wildcard',
        'client_ip_unset',
      ],
      ...[
        'lifetime_invalid',
        'base_path_invalid',
        'body_limit_invalid',
        'limit_unknown',
        'feature_missing',
        'clock_implausible',
      ],
    ])
      expect(codes).toContain(code);
  });

  it('says everything at once of no options at all', () => {
    let thrown: unknown;
    try {
      createAuth({} as Options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AuthConfigError);
    const codes = (thrown as AuthConfigError).issues.map(({ code }) => code);
    for (const code of [
      'origin_missing',
      'secret_missing',
      'store_incomplete',
      'notifier_incomplete',
      'client_ip_unset',
      'feature_missing',
    ])
      expect(codes).toContain(code);
    // Five methods of the users, the two spaces, two of the limiter.
    expect(tally(codes)['store_incomplete']).toBe(9);
  });

  it('whatever stands where an option belongs, nothing but an AuthConfigError is thrown', () => {
    const others: string[] = [];
    const names = [
      'origin',
      'secrets',
      'stores',
      'notifier',
      'features',
      'basePath',
      'trustedOrigins',
      'clientIp',
      'session',
      'pages',
    ];
    for (const name of [...names, 'limits', 'lifetimes', 'bodyLimit', 'hooks', 'mode', 'appName', 'registration']) {
      for (const value of [null, 5, 'x', true, {}, [null], ['x']]) {
        try {
          createAuth({ ...good(), [name]: value } as Options);
        } catch (error) {
          if (!(error instanceof AuthConfigError)) others.push(`${name}: ${JSON.stringify(value)}: ${String(error)}`);
        }
      }
    }
    expect(others).toEqual([]);
  });
});

describe('what is right', () => {
  it.each<[string, object]>([
    ['a port', { origin: 'https://app.example.com:8443' }],
    ['an IDN origin as browsers write it', { origin: 'https://xn--mnchen-3ya.example' }],
    ['trusted origins', { trustedOrigins: ['https://www.example.com', 'https://app.example.com'] }],
    [
      'the longest sessions',
      {
        session: {
          absolute: days(400),
          idle: days(400),
          touchEvery: days(200),
          revocationLag: 60_000,
          stepUpWindow: days(1),
        },
      },
    ],
    ['the shortest', { session: { absolute: 1, idle: 1, touchEvery: 0, stepUpWindow: 1 } }],
    ['verification limits', { lifetimes: { verify: minutes(1) } }],
    ['reset limits', { lifetimes: { reset: days(1) } }],
    ['a nested base path', { basePath: '/api/v1/my_auth-x' }],
    ['body limits', { bodyLimit: 1_048_576 }],
    [
      'limits',
      {
        limits: {
          login_ip: { burst: 1, refillMs: 1, onStoreError: 'allow' },
          register_ip: { onStoreError: 'allow' },
          mail_ip: { onStoreError: 'allow' },
        },
      },
    ],
    [
      'own pages',
      {
        pages: { verifyEmail: '/verify?x=1', error: 'https://www.example.com/e' },
        trustedOrigins: ['https://www.example.com'],
      },
    ],
    ['a header', { clientIp: { header: 'cf-connecting-ip' } }],
    ['proxies', { clientIp: { forwardedFor: 16 } }],
    ['networks', { clientIp: { forwardedFor: ['10.0.0.0/8', 'fd00::/8', '192.0.2.1', '2001:db8::1'] } }],
    ['no address', { clientIp: 'none' }],
    ['minLength 8', { features: [password({ minLength: 8 })] }],
    [
      'development on localhost',
      {
        mode: 'development',
        origin: 'http://localhost:3000',
        stores: memoryStores(),
        notifier: consoleNotifier(),
        clientIp: undefined,
      },
    ],
    ['development on 127.0.0.1', { mode: 'development', origin: 'http://127.0.0.1:3000' }],
    [
      'development on [::1]',
      { mode: 'development', origin: 'http://[::1]:3000', trustedOrigins: ['http://localhost:5173'] },
    ],
  ])('%s', (_, change) => {
    expect(codesOf(change)).toEqual([]);
  });

  it('the mode is production unless the option says otherwise; NODE_ENV is not read', () => {
    for (const value of ['development', 'test', 'production', undefined]) {
      vi.stubEnv('NODE_ENV', value);
      expect(codesOf({ stores: memoryStores() })).toEqual([
        'store_memory stores.users, stores.durable, stores.ephemeral, stores.rateLimits',
      ]);
      expect(codesOf({ stores: memoryStores(), mode: 'development' })).toEqual([]);
      expect(createAuth({ ...good(), mode: 'development' }).mode).toBe('development');
      expect(createAuth(good()).mode).toBe('production');
    }
  });

  it('SES-09: an https origin has __Host- cookies in development too; http://localhost has neither the prefix nor Secure', async () => {
    for (const [at, name, secure] of [
      [origin, '__Host-session', true],
      ['http://localhost:3000', 'sallyport-session', false],
    ] as const) {
      const w = world({ origin: at, registration: 'open' });
      const answer = await w.browser().post('/register', { email: 'a@example.org', password: goodPassword });
      const cookie = answer.cookies.find((one) => one.startsWith(`${name}=`)) ?? '';
      const attributes = `Path=/; ${secure ? 'Secure; ' : ''}HttpOnly; SameSite=Lax; Max-Age=2592000`;
      expect(cookie.slice(cookie.indexOf(';') + 2)).toBe(attributes);
    }
  });

  it('OIDC-20: a feature whose installation throws stops createAuth', () => {
    const broken: Feature = {
      name: 'broken',
      install: () => {
        throw new Error('no');
      },
    };
    expect(() => createAuth({ ...good(), features: [password(), broken] })).toThrow('no');
    const flawed: Feature = {
      name: 'flawed',
      check: () => [{ code: 'flaw_found', path: 'features: flawed()', message: 'It is flawed.', fix: 'Mend it.' }],
      install: () => ({ routes: [], pages: [] }),
    };
    expect(codesOf({ features: [password(), flawed] })).toEqual(['flaw_found features: flawed()']);
  });
});

describe('clientIp', () => {
  const seen = async (clientIp: WorldOptions['clientIp'], peer: string | null, headers: Record<string, string>) => {
    const w = world({ ...(clientIp === undefined ? {} : { clientIp }) });
    const all = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', ...headers };
    const body = JSON.stringify({ email: 'a@example.org', password: 'x' });
    await w.auth.handle(new Request(`${origin}/auth/login`, { method: 'POST', headers: all, body }), { peer });
    return w.events.find(({ name }) => name === 'login.failed')?.client.ip;
  };
  const xff = (value: string) => ({ 'x-forwarded-for': value });
  const lan = { forwardedFor: ['10.0.0.0/8', 'fd00::/8'] };

  it.each<[string, WorldOptions['clientIp'], string | null, Record<string, string>, string | null]>([
    ['peer', 'peer', '198.51.100.7', xff('1.2.3.4'), '198.51.100.7'],
    ['peer with a zone', 'peer', 'fe80::1%eth0', {}, 'fe80:0:0:0:0:0:0:1'],
    ['peer in IPv6 clothes', 'peer', '::ffff:198.51.100.7', {}, '198.51.100.7'],
    ['no peer', 'peer', null, xff('1.2.3.4'), null],
    ['garbage for a peer', 'peer', 'unix:', {}, null],
    ['none', 'none', '198.51.100.7', xff('1.2.3.4'), null],
    ['header', { header: 'x-real-ip' }, '10.0.0.1', { 'x-real-ip': ' 192.0.2.9 ', ...xff('1.2.3.4') }, '192.0.2.9'],
    ['header absent', { header: 'x-real-ip' }, '10.0.0.1', {}, '10.0.0.1'],
    ['header with a list', { header: 'x-real-ip' }, '10.0.0.1', { 'x-real-ip': '1.2.3.4, 192.0.2.9' }, '10.0.0.1'],
    ['one proxy', { forwardedFor: 1 }, '10.0.0.1', xff('1.2.3.4, 192.0.2.9'), '192.0.2.9'],
    ['two proxies', { forwardedFor: 2 }, '10.0.0.1', xff('6.6.6.6, 192.0.2.9, 10.0.0.2'), '192.0.2.9'],
    ['more proxies than entries', { forwardedFor: 3 }, '10.0.0.1', xff('192.0.2.9'), '192.0.2.9'],
    ['one proxy, no chain', { forwardedFor: 1 }, '10.0.0.1', {}, '10.0.0.1'],
    [
      'networks: from the right, to the first stranger',
      lan,
      '10.0.0.1',
      xff('6.6.6.6, 192.0.2.9, 10.9.9.9, 10.0.0.2'),
      '192.0.2.9',
    ],
    ['networks: a peer that is no proxy', lan, '192.0.2.9', xff('1.2.3.4'), '192.0.2.9'],
    ['networks: proxies all the way', lan, '10.0.0.1', xff('10.0.0.3, 10.0.0.2'), '10.0.0.3'],
    ['networks: IPv6', lan, 'fd00::1', xff('1.2.3.4, 2001:db8::9'), '2001:db8:0:0:0:0:0:9'],
    ['networks: mapped IPv4', lan, '::ffff:10.0.0.1', xff('192.0.2.9'), '192.0.2.9'],
    ['networks: the chain is cut at the bad entry', lan, '10.0.0.1', xff('192.0.2.9, unknown, 10.0.0.2'), '10.0.0.2'],
    [
      'networks: with ports, quotes and brackets',
      lan,
      '10.0.0.1',
      xff('1.2.3.4, "[2001:db8::9]:4711", 10.0.0.2:80'),
      '2001:db8:0:0:0:0:0:9',
    ],
    ['networks: an empty entry', lan, '10.0.0.1', xff('192.0.2.9,,10.0.0.2'), '10.0.0.2'],
    ['networks: no peer', lan, null, xff('192.0.2.9'), null],
    ['networks: a chain of a megabyte', lan, '10.0.0.1', xff(`${'6.6.6.6, '.repeat(2_000)}192.0.2.9`), '192.0.2.9'],
  ])('RL-01: %s', async (_, declared, peer, headers, wanted) => {
    expect(await seen(declared, peer, headers)).toBe(wanted);
  });
});

describe('CRY-04, SES-21: rotation of the secrets', () => {
  const next = `2:KXK7BE2W3yhxugNMld4ncLkCS5TdJm-4AUqT3CVutwA`;
  const both = `${next},${testSecrets}`;

  it('what kid 1 signed is read while it is listed, and no longer; what is new is signed under kid 2', async () => {
    const inner = memoryStores();
    const old = world({ inner });
    const alice = old.browser();
    await alice.post('/register', { email: 'a@example.org', password: goodPassword });
    await old.auth.drain();
    const token = old.tokenFor('a@example.org');
    const flow = alice.jar.get('__Host-flow') ?? '';
    expect(flow).toMatch(/^1\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/);

    const dropped = world({ inner, secrets: next });
    expect(
      (await newBrowser(dropped.auth, '192.0.2.1', new Map(alice.jar)).post('/verify-email', { token })).body.code,
    ).toBe('invalid_credentials');
    const rotated = world({ inner, secrets: both });
    const there = newBrowser(rotated.auth, '192.0.2.1', new Map(alice.jar));
    expect((await there.post('/verify-email', { token })).status).toBe(204);
    // The value is kept, its signature is new.
    await there.post('/register', { email: 'b@example.org', password: goodPassword });
    expect(there.jar.get('__Host-flow')).toMatch(new RegExp(`^2\\.${flow.split('.')[1]}\\.`));
  });

  it('TOK-07, CRY-08: a value that nobody signed, or that was signed for something else, is read as none', async () => {
    const inner = memoryStores();
    const w = world({ inner, secrets: both });
    const alice = w.browser();
    await alice.post('/register', { email: 'a@example.org', password: goodPassword });
    await w.auth.drain();
    const token = w.tokenFor('a@example.org');
    const [kid = '', id = '', mac = ''] = (alice.jar.get('__Host-flow') ?? '').split('.');
    const device = (await w.signedIn('b@example.org')).jar.get('__Host-device') ?? '';
    const flip = (text: string, at: number) =>
      `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
    const forged = [
      ...[flip(mac, 0), flip(mac, 20), 'A'.repeat(43), '', mac.slice(0, 42), `${mac}A`].map(
        (tag) => `${kid}.${id}.${tag}`,
      ),
      ...[
        `1.${id}.${mac}`,
        `3.${id}.${mac}`,
        `.${id}.${mac}`,
        `${kid}.${flip(id, 3)}.${mac}`,
        `${kid}.${id}.${mac}.x`,
        `${id}.${mac}`,
        id,
      ],
      ...[device, `${kid}.${id}.${device.split('.')[2]}`, `__proto__.${id}.${mac}`, ''],
    ];
    for (const flow of forged) {
      const browser = newBrowser(w.auth, '192.0.2.1', new Map([['__Host-flow', flow]]));
      expect([flow, (await browser.post('/verify-email', { token })).status]).toEqual([flow, 401]);
    }
    expect((await alice.post('/verify-email', { token })).status).toBe(204);
  });

  it('sessions survive every rotation; csrf tokens the listed ones', async () => {
    const inner = memoryStores();
    const old = world({ inner });
    const alice = await old.signedIn('a@example.org');
    const headers = alice.headers();
    const csrf = await old.auth.csrfToken(headers);
    const ask = (token: string) =>
      new Request(`${origin}/x`, {
        method: 'POST',
        headers: { cookie: headers.get('cookie') ?? '', 'x-csrf-token': token },
      });
    for (const [secrets, passes] of [
      [testSecrets, true],
      [both, true],
      [next, false],
    ] as const) {
      const { auth } = world({ inner, secrets });
      expect((await auth.authenticate(headers))?.user.email).toBe('a@example.org');
      const verdict = await auth.csrf(ask(csrf)).then(
        () => true,
        () => false,
      );
      expect(verdict).toBe(passes);
    }
  });

  it('a known device stays known while its kid is listed', async () => {
    const limits = { login_login: { burst: 2, refillMs: minutes(60) } };
    const inner = memoryStores();
    const old = world({ inner, limits });
    const alice = await old.signedIn('a@example.org');
    for (const [secrets, wanted] of [
      [both, 200],
      [next, 429],
    ] as const) {
      const w = world({ inner, limits, secrets });
      const stranger = w.browser('203.0.113.9');
      const guesses: number[] = [];
      for (let i = 0; i < 3; i += 1)
        guesses.push((await stranger.post('/login', { email: 'a@example.org', password: 'wrong' })).status);
      expect(guesses.at(-1)).toBe(429);
      const jar = new Map([['__Host-device', alice.jar.get('__Host-device') ?? '']]);
      const answer = await newBrowser(w.auth, '198.51.100.7', jar).post('/login', {
        email: 'a@example.org',
        password: goodPassword,
      });
      expect(answer.status).toBe(wanted);
    }
  });

  it('RL-12: limiter keys are those of the active kid: shared by instances, new after a rotation', async () => {
    const keysOf = async (secrets: string) => {
      const written = recordWrites(memoryStores());
      const w = world({ inner: written.stores, secrets });
      await w.browser().post('/login', { email: 'a@example.org', password: 'wrong' });
      return written.values.flatMap((value) => {
        const { call, args } = value as { call: string; args: string[] };
        return call === 'limits.take' ? [args[0]] : [];
      });
    };
    const [one, same, rotated] = [await keysOf(testSecrets), await keysOf(testSecrets), await keysOf(both)];
    expect(new Set(one).size).toBe(4);
    expect(same).toEqual(one);
    expect(rotated.filter((key) => one.includes(key))).toEqual([]);
    expect(await keysOf(next)).toEqual(rotated);
  });
});

describe('the defaults', () => {
  it('SES-08: seven days idle, thirty in all, touched every five minutes, fresh for ten', async () => {
    const w = world();
    const alice = await w.signedIn('a@example.org');
    const { session } = (await alice.get('/session')).body;
    expect(session.expiresAt - w.clock.now()).toBe(days(7));
    w.clock.advance(minutes(10) - 1);
    expect((await w.auth.require(alice.headers(), { fresh: minutes(10) })).session.id).toBe(session.id);
    w.log.length = 0;
    w.clock.advance(1);
    await expect(w.auth.require(alice.headers(), { fresh: minutes(10) })).rejects.toThrow('step_up_required');
    await w.auth.drain();
    expect(w.log).not.toContain('session.touch');
    w.clock.advance(days(7));
    expect(await w.auth.authenticate(alice.headers())).toBeNull();
  });

  it('sweep asks every space that can, with a minute of slack', async () => {
    const asked: number[] = [];
    const inner = memoryStores();
    const sweep = async (before: number) => {
      asked.push(before);
      return 3;
    };
    const stores = { ...inner, durable: { ...inner.durable, sweep }, ephemeral: { ...inner.ephemeral, sweep } };
    const clock = testClock();
    const auth = createAuth({ ...good(), stores, mode: 'development', clock, hasher: testHasher([]) });
    expect(await auth.sweep()).toBe(6);
    expect(asked).toEqual([clock.now() - 60_000, clock.now() - 60_000]);
    expect(await createAuth(good()).sweep()).toBe(0);
  });
});
