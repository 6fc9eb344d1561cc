import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AuthProblem,
  BusyError,
  type ErrorCode,
  memoryStores,
  type OwnedRecordStore,
  type StoredRecord,
  StoreUnavailableError,
} from '../src/index.ts';
import { type Browser, goodPassword, origin, otherPassword, testHasher, type World, world } from './harness.ts';
import { liveLink } from './recovery.ts';
import {
  expectCommonHeaders,
  expectProblem,
  linkPages,
  postRoutes,
  statusByCode,
  type Wire,
  type WireRoute,
  wirePages,
  wireRequest,
  wireRoutes,
  wireSend,
  withMethod,
} from './wire.ts';

const form = 'application/x-www-form-urlencoded';
const trusted = 'https://www.example.com';
const encode = (fields: Readonly<Record<string, unknown>>): string =>
  new URLSearchParams(fields as Record<string, string>).toString();

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => {
  unhandled.push(reason);
};
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', onUnhandled);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});

const cookieOf = (browser: Browser): Record<string, string> => {
  const cookie = browser.headers().get('cookie');
  return cookie === null ? {} : { cookie };
};

describe('every answer', () => {
  const wires: readonly (readonly [string, (path: string, body: unknown) => Wire])[] = [
    ['as it should be', (_, body) => ({ body: JSON.stringify(body) })],
    ['with nothing', () => ({})],
    ['with a broken body', () => ({ body: '{' })],
    ['with a large body', () => ({ body: 'x'.repeat(20_000) })],
    ['with another type', () => ({ type: 'text/plain', body: 'x' })],
    ['with unknown members', () => ({ body: '{"x":1}' })],
    ['as a form', (_, body) => ({ type: form, body: encode({ ...(body as object), returnTo: '/in' }) })],
    [
      'as a form that leads away',
      (_, body) => ({ type: form, body: encode({ ...(body as object), returnTo: '//evil.com' }) }),
    ],
    [
      'from another site',
      (_, body) => ({
        body: JSON.stringify(body),
        headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.com' },
      }),
    ],
    [
      'from a trusted site',
      (_, body) => ({ body: JSON.stringify(body), headers: { 'sec-fetch-site': 'same-site', origin: trusted } }),
    ],
  ];

  it.each(wires)(
    'SES-14, ENUM-01: %s, signed in or not: no-store, Vary, nosniff, no-referrer, a request id',
    async (_, wire) => {
      const w = world({ trustedOrigins: [trusted] });
      const signedIn = await w.signedIn('known@example.org');
      const ids = new Set<string | null>();
      let answers = 0;
      for (const cookies of [{}, cookieOf(signedIn)]) {
        for (const { method, path, body } of wireRoutes) {
          const { headers = {}, body: sent, ...rest } = wire(path, body);
          const base = method === 'POST' ? { ...rest, body: sent ?? null } : { type: null };
          const response = await wireSend(w.auth, path, { ...base, method, headers: { ...cookies, ...headers } });
          expectCommonHeaders(response);
          expect(response.status).toBeLessThan(500);
          if (response.status >= 400) await expectProblem(response);
          ids.add(response.headers.get('auth-request-id'));
          answers += 1;
        }
      }
      expect(ids.size).toBe(answers);
    },
  );

  it('SES-14: pages, unknown paths, other methods, preflights and outages too', async () => {
    const w = world({ trustedOrigins: [trusted] });
    for (const path of wirePages) {
      const response = await wireSend(w.auth, path, { method: 'GET', type: null });
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expectCommonHeaders(response);
    }
    for (const path of [...wirePages, '/nothing', ...wireRoutes.map((route) => route.path)]) {
      for (const method of ['PUT', 'PATCH', 'OPTIONS', 'HEAD', 'GET', 'DELETE']) {
        expectCommonHeaders(await wireSend(w.auth, path, { method, type: null }));
      }
    }
    const down = world({
      instruments: {
        before: () => Promise.reject(new StoreUnavailableError('x', { cause: null })),
        after: async () => {},
      },
    });
    for (const { method, path, body } of wireRoutes) {
      const headers = { cookie: `__Host-session=v1.${'A'.repeat(43)}` };
      const wire = method === 'POST' ? { body: JSON.stringify(body) } : { type: null };
      expectCommonHeaders(await wireSend(down.auth, path, { method, headers, ...wire }));
    }
  });

  it('CSRF-09: a trusted origin may read every answer, errors too; nobody else may', async () => {
    const w = world({ trustedOrigins: [trusted] });
    const wires: [string, Wire][] = [
      ['/session', { method: 'GET', type: null }],
      ['/sessions', { method: 'GET', type: null }],
      ['/login', { body: '{' }],
      ['/login', { method: 'OPTIONS', type: null }],
      ['/nothing', { method: 'GET', type: null }],
    ];
    for (const [path, wire] of wires) {
      for (const from of [
        trusted,
        origin,
        'https://evil.com',
        'https://www.example.com.evil.com',
        'null',
        '*',
        'https://WWW.example.com',
      ]) {
        const response = await wireSend(w.auth, path, {
          ...wire,
          headers: { 'sec-fetch-site': 'same-site', origin: from },
        });
        const allowed = response.headers.get('access-control-allow-origin');
        expect([from, allowed]).toEqual([from, from === trusted ? trusted : null]);
        expect(response.headers.get('access-control-allow-credentials')).toBe(from === trusted ? 'true' : null);
        expect(response.headers.get('vary')).toBe('Cookie, Origin');
      }
    }
  });
});

/** How to meet each code that the routes of this feature set can answer with; the answer is the last request's. */
const meetings: Readonly<Partial<Record<ErrorCode, () => Promise<Response>>>> = {
  malformed_request: () => wireSend(world().auth, '/login', { body: '{' }),
  token_invalid: () => wireSend(world().auth, '/verify-email', { body: JSON.stringify({ token: 'A'.repeat(43) }) }),
  unauthenticated: () => wireSend(world().auth, '/sessions', { method: 'GET', type: null }),
  invalid_credentials: () => wireSend(world().auth, '/login', { body: '{"email":"a@b.co","password":"x"}' }),
  csrf_rejected: () => wireSend(world().auth, '/login', { headers: { 'sec-fetch-site': 'cross-site' } }),
  step_up_required: async () => {
    const w = world();
    const alice = await w.signedIn('a@example.org');
    w.clock.advance(600_000);
    return wireSend(w.auth, `/sessions/${'A'.repeat(43)}`, { method: 'DELETE', type: null, headers: cookieOf(alice) });
  },
  email_unverified: async () => {
    const w = world();
    await w.browser().post('/register', { email: 'a@example.org', password: goodPassword });
    await w.auth.drain();
    return wireSend(w.auth, '/login', { body: JSON.stringify({ email: 'a@example.org', password: goodPassword }) });
  },
  account_disabled: async () => {
    const w = world();
    const alice = await w.signedIn('a@example.org');
    await w.auth.api.setDisabled((await alice.get('/session')).body.user.id, true);
    return wireSend(w.auth, '/login', { body: JSON.stringify({ email: 'a@example.org', password: goodPassword }) });
  },
  registration_closed: () =>
    wireSend(world({ registration: 'closed' }).auth, '/register', {
      body: JSON.stringify({ email: 'a@b.co', password: goodPassword }),
    }),
  not_found: () => wireSend(world().auth, '/nothing', { method: 'GET', type: null }),
  method_not_allowed: () => wireSend(world().auth, '/login', { method: 'GET', type: null }),
  body_too_large: () => wireSend(world().auth, '/login', { body: 'x'.repeat(20_000) }),
  unsupported_media_type: () => wireSend(world().auth, '/login', { type: 'text/plain', body: 'x' }),
  login_taken: async () => {
    const w = world({ registration: 'open' });
    const body = JSON.stringify({ email: 'a@b.co', password: goodPassword });
    await wireSend(w.auth, '/register', { body });
    return wireSend(w.auth, '/register', { body });
  },
  conflict: async () => {
    const inner = memoryStores();
    const losing = <R extends StoredRecord>(kind: string): OwnedRecordStore<R> => ({
      ...inner.durable.open<R>(kind),
      replace: async () => false,
    });
    const w = world({ inner: { ...inner, durable: { open: losing } } });
    const alice = await w.signedIn('a@example.org');
    const body = JSON.stringify({ current: goodPassword, password: otherPassword });
    return wireSend(w.auth, '/change-password', { body, headers: cookieOf(alice) });
  },
  validation_failed: () => wireSend(world().auth, '/login', { body: '[]' }),
  weak_password: () => wireSend(world().auth, '/register', { body: '{"email":"a@b.co","password":"short"}' }),
  rate_limited: async () => {
    const w = world({ limits: { login_ip: { burst: 1, refillMs: 1_500 } } });
    const body = '{"email":"a@b.co","password":"x"}';
    await wireSend(w.auth, '/login', { body });
    return wireSend(w.auth, '/login', { body });
  },
  store_unavailable: () => {
    const outage = new StoreUnavailableError('limits.take', { cause: new Error('secret cause') });
    const w = world({ instruments: { before: () => Promise.reject(outage), after: async () => {} } });
    return wireSend(w.auth, '/login', { body: '{"email":"a@b.co","password":"x"}' });
  },
  busy: () => {
    const busy = { ...testHasher([]), verify: () => Promise.reject(new BusyError(1_001)) };
    return wireSend(world({ hasher: busy }).auth, '/login', { body: '{"email":"a@b.co","password":"x"}' });
  },
  internal: () => {
    const broken = { ...testHasher([]), verify: () => Promise.reject(new Error('secret cause')) };
    return wireSend(world({ hasher: broken }).auth, '/login', { body: '{"email":"a@b.co","password":"x"}' });
  },
};

describe('problems (RFC 9457)', () => {
  it.each(Object.entries(meetings))('%s', async (code, meet) => {
    const problem = await expectProblem(await meet());
    expect(problem.code).toBe(code);
    const more = { rate_limited: 2, store_unavailable: 5, busy: 2 }[code as string];
    expect(problem['retryAfter']).toBe(more);
    expect('errors' in problem).toBe(code === 'validation_failed');
    expect(problem['reasons']).toEqual(code === 'weak_password' ? ['too_short'] : undefined);
    expect(problem['need']).toEqual(code === 'step_up_required' ? { fresh: 600_000 } : undefined);
  });

  it('ENUM-01: an error sets no cookie and clears none', async () => {
    for (const meet of Object.values(meetings)) expect((await meet()).headers.getSetCookie()).toEqual([]);
  });

  it.each([0, -1, 0.4, 1, 999, 1_000, 1_001, 60_000])(
    'RL-16: a hasher that is busy for %d ms: Retry-After is whole and at least 1',
    async (ms) => {
      const busy = { ...testHasher([]), hash: () => Promise.reject(new BusyError(ms)) };
      const body = JSON.stringify({ email: 'a@b.co', password: goodPassword });
      const problem = await expectProblem(await wireSend(world({ hasher: busy }).auth, '/register', { body }));
      expect([problem.code, problem['retryAfter']]).toEqual(['busy', Math.max(1, Math.ceil(ms / 1_000))]);
    },
  );

  it('AuthProblem.toResponse is that answer, as often as it is asked for', async () => {
    const w = world();
    const thrown = await w.auth.require(new Headers()).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(AuthProblem);
    const problem = thrown as AuthProblem;
    expect([problem.name, problem.message, problem.problem.code]).toEqual([
      'AuthProblem',
      'unauthenticated',
      'unauthenticated',
    ]);
    for (let i = 0; i < 2; i += 1) {
      const body = await expectProblem(problem.toResponse());
      expect(body).toEqual(problem.problem);
    }
    const limited = world({ limits: { login_ip: { burst: 1, refillMs: 1_500 } } });
    const login = () =>
      limited.auth.api.login({ email: 'a@b.co', password: 'x' }, new Headers(), { peer: '192.0.2.1' });
    await login().catch(() => null);
    const refused = await login().catch((error: unknown) => error as AuthProblem);
    expect((refused as AuthProblem).toResponse().headers.get('retry-after')).toBe('2');
  });
});

describe('methods', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    ...Object.fromEntries(postRoutes.map(({ path }) => [path, ['POST']])),
    ...Object.fromEntries(linkPages.map((path) => [path, ['GET', 'HEAD', 'POST']])),
    ...Object.fromEntries(linkPages.map((path) => [`${path}/done`, ['GET', 'HEAD']])),
    '/account': ['DELETE'],
    '/error': ['GET', 'HEAD'],
    '/session': ['GET', 'HEAD'],
    '/sessions': ['GET', 'HEAD'],
    [`/sessions/${'A'.repeat(43)}`]: ['DELETE'],
  };
  const methods = [
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'TRACE',
    'CONNECT',
    'TRACK',
    'get',
    'post',
    'PROPFIND',
    'X',
    '',
  ];

  it.each(Object.entries(allowed))('FW-09, CSRF-08: %s', async (path, allow) => {
    const w = world();
    const alice = await w.signedIn('a@example.org');
    w.log.length = 0;
    for (const method of methods) {
      if (allow.includes(method)) continue;
      const headers = { ...cookieOf(alice), 'x-http-method-override': allow[0] ?? '', 'x-method-override': 'POST' };
      const request = wireRequest(path, { type: null, headers, method: 'GET' });
      const response = await w.auth.handle(withMethod(request, method));
      expect([method, response.status]).toEqual([method, 405]);
      expect(response.headers.get('allow')).toBe(allow.join(', '));
      if (method !== 'HEAD') expect((await expectProblem(response)).code).toBe('method_not_allowed');
    }
    expect(w.log).toEqual([]);
  });

  it('CSRF-07, TOK-09: GET, HEAD and OPTIONS write nothing, on any path, with a live session and a live link', async () => {
    const w = world();
    const alice = await w.signedIn('a@example.org');
    await w.browser().post('/register', { email: 'b@example.org', password: goodPassword });
    await w.auth.drain();
    w.log.length = 0;
    const token = w.tokenFor('b@example.org');
    for (const path of [...Object.keys(allowed), `/verify-email?token=${token}`, '/session?_method=DELETE']) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const response = await wireSend(w.auth, path, { method, type: null, headers: cookieOf(alice) });
        expect(response.headers.getSetCookie()).toEqual([]);
      }
    }
    await w.auth.drain();
    expect(w.log.filter((call) => !/\.(get|findByLoginKey|listByUser)$/.test(call))).toEqual([]);
    expect((await w.browser().post('/verify-email', { token, password: goodPassword })).status).toBe(204);
  });

  it.each(['/session', '/sessions', ...wirePages, '/nothing', '/login', '/logout'])(
    'HEAD %s is what GET answers, without its body (RFC 9110 §9.3.2)',
    async (path) => {
      const w = world();
      const get = await wireSend(w.auth, path, { method: 'GET', type: null });
      const head = await wireSend(w.auth, path, { method: 'HEAD', type: null });
      expect(head.status).toBe(get.status);
      expect(await head.text()).toBe('');
    },
  );

  it('OPTIONS: a trusted page learns what it may send, anybody else only what there is', async () => {
    const w = world({ trustedOrigins: [trusted] });
    for (const [path, allow] of Object.entries(allowed)) {
      const ask = (from: string) =>
        wireSend(w.auth, path, {
          method: 'OPTIONS',
          type: null,
          headers: { origin: from, 'access-control-request-method': 'POST' },
        });
      const yes = await ask(trusted);
      expect([yes.status, yes.headers.get('access-control-allow-methods'), yes.headers.get('allow')]).toEqual([
        204,
        allow.join(', '),
        null,
      ]);
      expect(yes.headers.get('access-control-allow-headers')).toMatch(/^content-type(,|$)/);
      const no = await ask('https://evil.com');
      expect([no.status, no.headers.get('allow')]).toEqual([204, allow.join(', ')]);
      expect([...no.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    expect((await wireSend(w.auth, '/nothing', { method: 'OPTIONS', type: null })).status).toBe(404);
  });
});

describe('paths', () => {
  const tricks = [
    ...[
      '/auth/login/',
      '/auth//login',
      '//auth/login',
      '/auth/login//',
      '/auth/login/.x',
      '/auth/login.json',
      '/auth/login;x=1',
      '/auth;x/login',
    ],
    ...[
      '/auth/LOGIN',
      '/AUTH/login',
      '/Auth/Login',
      '/auth/%6cogin',
      '/auth/%6Cogin',
      '/%61uth/login',
      '/auth/login%20',
      '/auth/login%00',
    ],
    ...[
      '/auth/login%2f',
      '/auth%2flogin',
      '/auth/login%3f',
      '/auth/%2e%2e/auth%2flogin',
      '/auth/..%2flogin',
      '/auth/%2e%2e/login',
      '/auth/../login',
    ],
    ...[
      '/authlogin',
      '/auth',
      '/auth/',
      '/',
      '/login',
      '/auth/log',
      '/auth/loginx',
      '/auth/login/x',
      '/x/auth/login',
      '/auth/login\\',
      '/auth/__proto__',
    ],
    ...[
      '/auth/constructor',
      '/auth/{id}',
      '/auth/sessions/{id}',
      '/auth/sessions/',
      '/auth/sessions/a/b',
      '/auth/sessions/a%2fb',
      '/auth/sessions/*',
    ],
    ...[
      '/auth/sessions/a.b',
      `/auth/sessions/${'a'.repeat(65)}`,
      '/auth/sessions/a;b',
      '/auth/sessions/%61',
      '/auth/sessions//a',
      '/auth/ｌogin',
    ],
    ...[
      '/auth/session/',
      '/auth/error/',
      '/auth/ERROR',
      '/auth/verify-email/',
      '/auth/verify-email/send/',
      '/auth/verify-email/Done',
    ],
  ];
  it.each(tricks)('FW-05: %s is 404, in every method', async (path) => {
    const w = world();
    const alice = await w.signedIn('a@example.org');
    w.log.length = 0;
    for (const method of ['GET', 'POST', 'DELETE', 'HEAD', 'PUT', 'OPTIONS']) {
      const body = method === 'POST' ? JSON.stringify({ email: 'a@example.org', password: goodPassword }) : undefined;
      const headers = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', ...cookieOf(alice) };
      const request = new Request(origin + path, { method, headers, ...(body === undefined ? {} : { body }) });
      expect([method, (await w.auth.handle(request)).status]).toEqual([method, 404]);
    }
    expect(w.log).toEqual([]);
  });

  it('what the URL parser itself takes away was never there', async () => {
    const w = world();
    for (const path of [
      '/auth/./session',
      '/auth/x/../session',
      '/auth/%2e/session',
      '/auth/x/%2E%2E/session',
      '/auth\\session',
      '/auth/sess\tion',
      '/auth/session?x=//login',
      '/auth/session#login',
    ]) {
      expect([path, (await w.auth.handle(new Request(origin + path))).status]).toEqual([path, 200]);
    }
  });

  it('TOK-08: the host of a request changes neither the route nor a link', async () => {
    const w = world();
    const headers = {
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/json',
      host: 'evil.com',
      'x-forwarded-host': 'evil.com',
    };
    const more = {
      'x-forwarded-proto': 'javascript',
      forwarded: 'host=evil.com',
      'x-original-host': 'evil.com',
      'x-original-url': '/auth/logout',
    };
    const body = JSON.stringify({ email: 'a@example.org', password: goodPassword });
    const request = new Request('http://evil.com:81/auth/register', {
      method: 'POST',
      headers: { ...headers, ...more },
      body,
    });
    expect((await w.auth.handle(request)).status).toBe(202);
    await w.auth.drain();
    const [mail] = w.outbox;
    expect(mail !== undefined && 'url' in mail ? new URL(mail.url ?? '').origin : null).toBe(origin);
  });

  it('FW-05: basePath is where everything is, and nowhere else', async () => {
    const w = world({ basePath: '/api/v1/auth' });
    const statusAt = async (path: string) => (await w.auth.handle(new Request(origin + path))).status;
    expect(await statusAt('/api/v1/auth/session')).toBe(200);
    for (const path of [
      '/auth/session',
      '/session',
      '/api/v1/session',
      '/api/v1/auth/auth/session',
      '/api/v1/authsession',
    ]) {
      expect([path, await statusAt(path)]).toEqual([path, 404]);
    }
    await w.browser().post('/register', { email: 'a@example.org', password: goodPassword });
    await w.auth.drain();
    expect('url' in (w.outbox[0] ?? {}) && (w.outbox[0] as { url: string }).url).toMatch(
      /^https:\/\/app\.example\.com\/api\/v1\/auth\/verify-email\?token=/,
    );
    const page = await w.auth.handle(new Request(`${origin}/api/v1/auth/verify-email?token=${'A'.repeat(43)}`));
    expect(await page.text()).toContain('action="/api/v1/auth/verify-email"');
  });
});

describe('forms', () => {
  const forms = postRoutes.filter(({ takesForms }) => takesForms);
  const post = (w: World, path: string, fields: Readonly<Record<string, unknown>>, headers = {}) =>
    wireSend(w.auth, path, { type: form, body: encode(fields), headers });

  it('RED-08: a success is 303 to returnTo, with the cookies of the answer', async () => {
    const w = world();
    const registered = await post(w, '/register', {
      email: 'a@example.org',
      password: goodPassword,
      returnTo: '/check?x=1#y',
    });
    expect([registered.status, registered.headers.get('location'), await registered.text()]).toEqual([
      303,
      '/check?x=1#y',
      '',
    ]);
    expect(registered.headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual(['__Host-flow']);
    await w.auth.drain();
    const done = await post(w, '/verify-email', {
      token: w.tokenFor('a@example.org'),
      password: goodPassword,
      returnTo: '/done',
    });
    expect([done.status, done.headers.get('location')]).toEqual([303, '/done']);
    const login = await post(w, '/login', { email: 'a@example.org', password: goodPassword });
    expect([login.status, login.headers.get('location')]).toEqual([303, '/']);
    expect(login.headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual([
      '__Host-session',
      '__Host-device',
    ]);
    const cookie = login.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const out = await post(w, '/logout', { everywhere: 'true', returnTo: `${origin}/bye` }, { cookie });
    expect([out.status, out.headers.get('location')]).toEqual([303, `${origin}/bye`]);
    expect(await w.auth.authenticate(new Headers({ cookie }))).toBeNull();
    const sent = await post(w, '/verify-email/send', { email: 'a@example.org', returnTo: '/sent' });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/sent']);
  });

  it.each<[string, string | undefined, readonly string[], string]>([
    ['our page', undefined, [], 'https://app.example.com/auth/error?code='],
    ['a page of the application', '/oops', [], 'https://app.example.com/oops?code='],
    ['a page with a query', '/oops?from=auth', [], 'https://app.example.com/oops?from=auth&code='],
    ['a page of a trusted origin', 'https://www.example.com/oops', [trusted], 'https://www.example.com/oops?code='],
  ])('an error is 303 to %s and a code, without cookies', async (_, page, trustedOrigins, wanted) => {
    const w = world({ trustedOrigins, ...(page === undefined ? {} : { pages: { error: page } }) });
    const cases: [string, Record<string, unknown>, string][] = [
      ['/login', { email: 'a@example.org', password: 'wrong' }, 'invalid_credentials'],
      ['/login', { email: 'a' }, 'validation_failed'],
      ['/register', { email: 'a@example.org', password: 'short' }, 'weak_password'],
      ['/verify-email', { token: 'A'.repeat(43) }, 'token_invalid'],
      ['/logout', { everywhere: 'perhaps' }, 'validation_failed'],
      ['/verify-email/send', { email: 'x', returnTo: '/sent' }, 'validation_failed'],
    ];
    for (const [path, fields, code] of cases) {
      const response = await post(w, path, fields);
      expect([response.status, response.headers.get('location')]).toEqual([303, wanted + code]);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
  });

  const away = [
    ...[
      '//evil.com',
      '/\\evil.com',
      '/\t/evil.com',
      '\\\\evil.com',
      'https:///evil.com',
      'https://app@evil.com',
      'https://evil.com\\@app',
    ],
    ...[
      'https://evil。com',
      '%2f%2fevil.com',
      'javascript:alert(1)',
      'data:text/html,x',
      'https://evil.com',
      '/.//evil.example',
      '',
      'evil.com',
    ],
    ...[
      'https://app.example.com@evil.com',
      '/\r\nSet-Cookie: x=y',
      'http://app.example.com/',
      'blob:https://app.example.com/x',
      '/ok\0',
    ],
  ];
  it.each(away)('RED-01: returnTo %j is refused before anything is done', async (returnTo) => {
    const w = world();
    for (const { path, body } of forms) {
      const response = await post(w, path, { ...body, returnTo });
      expect([path, response.status, response.headers.get('location')]).toEqual([
        path,
        303,
        `${origin}/auth/error?code=return_to_forbidden`,
      ]);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    await w.auth.drain();
    expect([w.log, w.outbox]).toEqual([[], []]);
  });

  it('RED-04: a returnTo that is no text, or in JSON, is no returnTo', async () => {
    const w = world();
    const body = '{"email":"a@b.co","password":"x","returnTo":"/in"}';
    expect((await expectProblem(await wireSend(w.auth, '/login', { body }))).code).toBe('validation_failed');
    const twice = 'email=a%40b.co&password=x&returnTo=/in&returnTo=//evil.com';
    expect((await expectProblem(await wireSend(w.auth, '/login', { type: form, body: twice }))).code).toBe(
      'malformed_request',
    );
    const list = await wireSend(w.auth, '/login', { type: form, body: 'email=a%40b.co&password=x&returnTo[]=/in' });
    expect(list.headers.get('location')).toBe(`${origin}/auth/error?code=validation_failed`);
  });

  it('CSRF-01: a form without a word of where it comes from is refused', async () => {
    const w = world();
    for (const { path, body } of forms) {
      const request = new Request(`${origin}/auth${path}`, {
        method: 'POST',
        headers: { 'content-type': form },
        body: encode(body),
      });
      expect((await expectProblem(await w.auth.handle(request))).code).toBe('csrf_rejected');
    }
    expect(w.log).toEqual([]);
  });
});

describe('pages', () => {
  const page = async (path: string): Promise<string> => {
    const response = await wireSend(world().auth, path, { method: 'GET', type: null });
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect([response.headers.get('x-frame-options'), response.status]).toEqual(['DENY', 200]);
    return response.text();
  };
  const hostile = [
    '<script>alert(1)</script>',
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    '</title><img src=x onerror=alert(1)>',
    'javascript:alert(1)',
    '{{7*7}}',
    '\u202e\0',
  ];

  it.each(hostile)('RED-06: reflects nothing of %j', async (text) => {
    const given = encodeURIComponent(text);
    const clean = await page('/error');
    for (const query of [
      `code=${given}`,
      `error=${given}`,
      `${given}=1`,
      `code=internal&code=${given}`,
      `code=${given}&x=#${given}`,
    ]) {
      expect(await page(`/error?${query}`)).toBe(clean);
    }
    const empty = await page('/verify-email');
    for (const query of [`token=${given}`, `token=${'A'.repeat(42)}${given}`, `email=${given}`, `returnTo=${given}`]) {
      expect(await page(`/verify-email?${query}`)).toBe(empty);
    }
  });

  it('RED-06: the error page says our own words for a code of ours, and one sentence for any other', async () => {
    const titles = await Promise.all(
      Object.keys(statusByCode).map(async (code) => /<h1>(.*)<\/h1>/.exec(await page(`/error?code=${code}`))?.[1]),
    );
    expect(new Set(titles).size).toBe(titles.length);
    for (const code of ['__proto__', 'constructor', 'toString', 'INTERNAL', 'nope', '']) {
      expect(await page(`/error?code=${code}`)).toBe(await page('/error?code=internal'));
    }
  });

  it('TOK-13: a token of our form is in the page once a form, and in no header', async () => {
    const token = 'tOkEn-_'.padEnd(43, 'x');
    const html = await page(`/verify-email?token=${token}`);
    expect(html.split(token)).toHaveLength(3);
    expect(html).not.toMatch(/<script|<img|<link|<a |href=|src=/);
  });

  it('RED-09: the style that the policy names is the style of the page', async () => {
    const response = await wireSend(world().auth, '/error', { method: 'GET', type: null });
    const style = /<style>(.*)<\/style>/s.exec(await response.text())?.[1] ?? '';
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style));
    expect(response.headers.get('content-security-policy')).toContain(
      `'sha256-${Buffer.from(hash).toString('base64')}'`,
    );
  });
});

describe('whatever is thrown', () => {
  const oddities: readonly (readonly [string, () => unknown])[] = [
    ['an Error', () => new Error('relation "users" does not exist: marker-7')],
    ['an Error of many lines', () => new Error('marker-7\n    at marker-7 (marker-7.ts:1:1)')],
    ['a text', () => 'marker-7'],
    ['nothing', () => undefined],
    ['null', () => null],
    ['a number', () => 7],
    ['an object', () => ({ message: 'marker-7', status: 200, name: 'BusyError', retryAfterMs: 5 })],
    ['an Error whose stack is a list', () => Object.assign(new Error('marker-7'), { stack: [{ marker: 7 }] })],
    [
      'an Error that cannot be looked at',
      () =>
        Object.defineProperty(new Error('marker-7'), 'stack', {
          get: () => {
            throw new Error('marker-7');
          },
        }),
    ],
    [
      'an AuthProblem',
      () => new AuthProblem({ type: 'x', title: 'marker-7', status: 200, code: 'internal', requestId: 'x' }, []),
    ],
  ];

  /** Every route in a world of its own, with a live session and a live link, where the calls that `fails` names throw. */
  const walk = async (thrown: () => unknown, fails: (call: string, n: number) => boolean) => {
    const answers: Response[] = [];
    const events: unknown[] = [];
    for (const route of wireRoutes) {
      const { answer, w } = await walkOne(route, thrown, fails);
      answers.push(answer);
      events.push(...w.events);
    }
    return { answers, events };
  };

  const walkOne = async (route: WireRoute, thrown: () => unknown, fails: (call: string, n: number) => boolean) => {
    let n = 0;
    let armed = false;
    const fail = (call: string) => {
      if (!armed) return;
      n += 1;
      if (fails(call, n)) throw thrown();
    };
    const plain = testHasher([]);
    const hasher = {
      ...plain,
      hash: async (text: string) => {
        fail('hash');
        return plain.hash(text);
      },
      verify: async (text: string, encoded: string) => {
        fail('verify');
        return plain.verify(text, encoded);
      },
    };
    const w = world({ hasher, instruments: { before: async (call) => fail(call), after: async () => {} } });
    const alice = await w.signedIn('known@example.org');
    await w.browser().post('/register', { email: 'b@example.org', password: goodPassword });
    await w.auth.drain();
    const { method, path, body } = route;
    const link = await liveLink(w, alice, 'known@example.org', path);
    const token = path === '/verify-email' ? w.tokenFor('b@example.org') : link;
    armed = true;
    const sent = { ...body, ...(token === null ? {} : { token }) };
    const wire = method === 'POST' ? { body: JSON.stringify(sent) } : { type: null };
    const answer = await wireSend(w.auth, path, { method, ...wire, headers: cookieOf(alice) });
    await w.auth.drain();
    return { answer, w };
  };

  it.each(oddities)(
    'INJ-10: a first store call that throws %s is 500 internal, which says nothing of it',
    async (_, thrown) => {
      const { answers, events } = await walk(thrown, (_call, n) => n === 1);
      for (const response of answers) {
        const problem = await expectProblem(response);
        expect([problem.code, Object.keys(problem).sort()]).toEqual([
          'internal',
          ['code', 'requestId', 'status', 'title', 'type'],
        ]);
        expect(JSON.stringify(problem) + JSON.stringify([...response.headers])).not.toContain('marker-7');
      }
      expect(JSON.stringify(events).split('request.failed')).toHaveLength(answers.length + 1);
      expect(JSON.stringify(events)).not.toContain('marker-7');
    },
  );

  it.each(oddities)('INJ-10: whichever store call throws %s, nothing else is ever answered', async (_, thrown) => {
    const kinds = ['users', 'credential', 'session', 'one_time', 'limits', 'hash', 'verify'];
    for (const kind of kinds) {
      const { answers } = await walk(thrown, (call) => call.split('.')[0] === kind);
      for (const response of answers) {
        const text = await response.text();
        expect(response.status).toBeLessThanOrEqual(500);
        expect(text).not.toContain('marker-7');
        if (response.status >= 400) expect(Object.keys(statusByCode)).toContain(JSON.parse(text).code);
      }
      expect(answers.filter(({ status }) => status === 500).length).toBeGreaterThan(0);
      // "Who is signed in" has no other way to say that it does not know.
      const session = answers[wireRoutes.findIndex(({ path }) => path === '/session')];
      if (['users', 'credential', 'session'].includes(kind)) expect([kind, session?.status]).toEqual([kind, 500]);
    }
  });

  it('RL-13: an outage is 503 with Retry-After, for every route and whichever call it meets; never "signed out"', async () => {
    const outage = () => new StoreUnavailableError('x', { cause: new Error('marker-7') });
    for (let at = 1; at <= 6; at += 1) {
      const { answers } = await walk(outage, (_call, n) => n >= at);
      for (const response of answers) {
        const text = await response.text();
        expect(text).not.toContain('marker-7');
        if (at === 1) expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
        else expect([200, 202, 204, 503]).toContain(response.status);
        if (response.status === 503) expect(response.headers.getSetCookie()).toEqual([]);
      }
    }
  });

  it('a notifier, a sink, a background and a hook that throw', async () => {
    for (const thrown of oddities.map(([, make]) => make)) {
      const bad = () => {
        throw thrown();
      };
      const w = world({ notifier: { send: bad }, events: { emit: bad }, background: { run: bad } });
      const alice = w.browser();
      expect((await alice.post('/register', { email: 'a@example.org', password: goodPassword })).status).toBe(202);
      await w.auth.drain();
      const hooked = world({ hooks: { beforeRegister: bad } });
      const answer = await hooked.browser().post('/register', { email: 'a@example.org', password: goodPassword });
      expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    }
  });
});

describe('RL-13: guards during an outage', () => {
  const cookie = { cookie: `__Host-session=v1.${'A'.repeat(43)}` };
  const outage = () => new StoreUnavailableError('session.get', { cause: new Error('down') });

  it.each([
    ['separate reads', false, 0],
    ['separate reads with a lag', false, 5_000],
    ['joined reads', true, 0],
    ['joined reads with a lag', true, 5_000],
  ])(
    '%s: authenticate, require and api throw AuthProblem 503, and never say "nobody"',
    async (_, joined, revocationLag) => {
      let down = false;
      const inner = memoryStores();
      const fail = async () => {
        if (down) throw outage();
      };
      if (joined) {
        for (const space of [inner.ephemeral, inner.durable]) {
          const { joined: reads } = space;
          const { identify, account } = reads ?? {};
          if (reads === undefined) continue;
          if (identify !== undefined)
            Object.assign(reads, { identify: (id: string) => fail().then(() => identify(id)) });
          if (account !== undefined) Object.assign(reads, { account: (id: string) => fail().then(() => account(id)) });
        }
      }
      const w = world({
        inner,
        unwatched: joined,
        session: { revocationLag },
        instruments: { before: fail, after: async () => {} },
      });
      const alice = await w.signedIn('a@example.org');
      down = true;
      w.clock.advance(6_000);
      const { auth } = w;
      const asks: (readonly [string, () => Promise<unknown>])[] = [
        ['authenticate', () => auth.authenticate(alice.headers())],
        ['authenticate, unknown cookie', () => auth.authenticate(new Headers(cookie))],
        ['require', () => auth.require(alice.headers())],
        ['require fresh', () => auth.require(alice.headers(), { fresh: 60_000 })],
        ['require live', () => auth.require(alice.headers(), { live: true })],
        ['api.session', () => auth.api.session({}, alice.headers())],
        ['api.sessions', () => auth.api.sessions({}, alice.headers())],
      ];
      for (const [name, ask] of asks) {
        const thrown = await ask().then(
          (value) => ({ value }),
          (error: unknown) => error,
        );
        // With a lag the session is read by itself, and of these stores only the joined reads are down.
        if (joined && revocationLag > 0 && name === 'authenticate, unknown cookie') {
          expect(thrown).toEqual({ value: null });
          continue;
        }
        expect([name, thrown]).toEqual([name, expect.any(AuthProblem)]);
        const response = (thrown as AuthProblem).toResponse();
        expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
        expect((await expectProblem(response)).code).toBe('store_unavailable');
      }
    },
  );

  it('an unforeseen error is AuthProblem 500, for every guard and operation', async () => {
    const w = world({ instruments: { before: () => Promise.reject(new Error('marker-7')), after: async () => {} } });
    const { api } = w.auth;
    const source = new Headers(cookie);
    const asks: Promise<unknown>[] = [
      ...[w.auth.authenticate(source), w.auth.require(source), api.session({}, source), api.sessions({}, source)],
      ...[
        api.login({ email: 'a@b.co', password: 'x' }, source),
        api.logout({}, source),
        api.stepUp({ password: 'x' }, source),
      ],
      ...[
        api.register({ email: 'a@b.co', password: goodPassword }, source, { peer: '192.0.2.1' }),
        api.revokeSession({ id: 'x' }, source),
      ],
      ...[api.changePassword({ password: otherPassword }, source), api.verifyEmail({ token: 'A'.repeat(43) }, source)],
      api.sendVerification({ email: 'a@b.co' }, source),
    ];
    for (const outcome of await Promise.allSettled(asks)) {
      expect(outcome.status).toBe('rejected');
      const { reason } = outcome as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(AuthProblem);
      expect([reason.problem.code, reason.message]).toEqual(['internal', 'internal']);
      expect(await reason.toResponse().text()).not.toContain('marker-7');
    }
  });

  it('no cookie, no read: anonymous needs no store', async () => {
    const w = world({ instruments: { before: () => Promise.reject(outage()), after: async () => {} } });
    expect(await w.auth.authenticate(new Headers())).toBeNull();
    expect(await w.auth.authenticate(new Request(origin))).toBeNull();
    expect((await w.browser().get('/session')).body).toEqual({ user: null, session: null });
    expect(w.log).toEqual([]);
  });
});
