import { describe, expect, it } from 'vitest';
import { AuthConfigError } from '../src/index.ts';
import { type Browser, goodPassword, origin, otherPassword, type World, world } from './harness.ts';
import { cleared, isAlive, probe, refusalOf, sessionCookieOf } from './probes.ts';

const email = 'alice@example.com';
const trusted = 'https://admin.example.org';
const session = '__Host-session';

/** Every route of ours that changes state, with a body that it would take. */
const changing = [
  ['POST', '/register', { email: 'new@example.com', password: goodPassword }],
  ['POST', '/login', { email, password: goodPassword }],
  ['POST', '/logout', {}],
  ['POST', '/step-up', { password: goodPassword }],
  ['POST', '/change-password', { current: goodPassword, password: otherPassword }],
  ['POST', '/verify-email', { token: 'A'.repeat(43) }],
  ['POST', '/verify-email/send', { email }],
  ['POST', '/forgot-password', { email }],
  ['POST', '/reset-password', { token: 'A'.repeat(43), password: otherPassword }],
  ['POST', '/change-email', { email: 'next@example.com' }],
  ['POST', '/change-email/confirm', { token: 'A'.repeat(43) }],
  ['POST', '/change-email/revert', { token: 'A'.repeat(43) }],
  ['DELETE', '/account', undefined],
  ['DELETE', `/sessions/${'A'.repeat(43)}`, undefined],
] as const;

interface Cross {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly type?: string | null;
}

/** A body that counts how often it was asked for a piece of itself. */
const countedBody = (text: string) => {
  const count = { pulls: 0 };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        count.pulls += 1;
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, count };
};

/** A request exactly as said: no header is added. */
const send = async (
  w: World,
  path: string,
  { method = 'POST', headers = {}, body, type = 'application/json' }: Cross,
) => {
  const { stream, count } = countedBody(body ?? '');
  const hasBody = body !== undefined;
  const request = new Request(`${origin}/auth${path}`, {
    method,
    headers: { ...(hasBody && type !== null ? { 'content-type': type } : {}), ...headers },
    ...(hasBody ? { body: stream, duplex: 'half' } : {}),
  });
  const response = await w.auth.handle(request, { peer: '198.51.100.7' });
  const text = await response.text();
  const code: string | null = text.startsWith('{') ? (JSON.parse(text).code ?? null) : null;
  return { status: response.status, code, headers: response.headers, pulls: count.pulls };
};

const cookieHeaderOf = (browser: Browser): string =>
  [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ');

type Verdict = 'pass' | 'reject';
/** Rules 1 to 4 of the contract; `cookie` is a request that carries one of ours. */
const table: readonly (readonly [rule: string, headers: Record<string, string>, verdict: Verdict])[] = [
  ['1 same-origin', { 'sec-fetch-site': 'same-origin' }, 'pass'],
  ['1 none: typed or a bookmark', { 'sec-fetch-site': 'none' }, 'pass'],
  ['1 same-origin, with the origin', { 'sec-fetch-site': 'same-origin', origin }, 'pass'],
  ['2 the origin', { origin }, 'pass'],
  ['2 a trusted origin', { origin: trusted }, 'pass'],
  ['2 a trusted origin, which is another site', { origin: trusted, 'sec-fetch-site': 'cross-site' }, 'pass'],
  ['2 a trusted origin of the same site', { origin: trusted, 'sec-fetch-site': 'same-site' }, 'pass'],
  ['3 cross-site', { 'sec-fetch-site': 'cross-site' }, 'reject'],
  ['3 cross-site by navigation', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 'reject'],
  ['3 same-site: a sibling is another origin', { 'sec-fetch-site': 'same-site' }, 'reject'],
  ['3 a sibling with its origin', { 'sec-fetch-site': 'same-site', origin: 'https://blog.example.com' }, 'reject'],
  ['3 an unknown word', { 'sec-fetch-site': 'Same-Origin' }, 'reject'],
  ['3 an empty word', { 'sec-fetch-site': '' }, 'reject'],
  ['3 another origin', { origin: 'https://evil.example' }, 'reject'],
  ['3 another origin and cross-site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 'reject'],
  ['3 null: a sandboxed frame', { origin: 'null' }, 'reject'],
  ['3 an empty origin', { origin: '' }, 'reject'],
  ['3 a Referer of ours helps nobody', { origin: 'https://evil.example', referer: `${origin}/` }, 'reject'],
  ['3 a Host of theirs helps nobody', { origin: 'https://evil.example', host: 'evil.example' }, 'reject'],
  [
    '3 nor what a proxy is said to have seen',
    { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    'reject',
  ],
  ['3 nor a bearer', { origin: 'https://evil.example', authorization: 'Bearer x' }, 'reject'],
  ['3 nor a name of a script', { origin: 'https://evil.example', 'x-requested-with': 'XMLHttpRequest' }, 'reject'],
  ['4 a program: neither header, JSON, no cookie of ours', {}, 'pass'],
  ['4 a program with a cookie that is not ours', { cookie: 'theme=dark; session=1' }, 'pass'],
  ['4 with our session', { cookie: `${session}=v1.${'A'.repeat(43)}` }, 'reject'],
  ['4 with our flow', { cookie: '__Host-flow=x' }, 'reject'],
  ['4 with our device', { cookie: 'a=b; __Host-device=x' }, 'reject'],
  ['4 with our refresh', { cookie: '__Host-refresh=x' }, 'reject'],
  ['4 with our trusted', { cookie: '__Host-trusted=x' }, 'reject'],
];

describe('CSRF-01 S28: who may change state', () => {
  describe.each(changing)('%s %s', (method, path, body) => {
    it.each(table)('rule %s: %o: %s', async (_rule, headers, verdict) => {
      const w = world({ trustedOrigins: [trusted] });
      const text = body === undefined ? undefined : JSON.stringify(body);
      const answer = await send(w, path, { method, headers, ...(text === undefined ? {} : { body: text }) });
      if (text === undefined && Object.keys(headers).every((key) => key === 'cookie')) {
        // Rule 4 asks for JSON, which a request without a body is not.
        expect(answer).toMatchObject({ status: 403, code: 'csrf_rejected' });
        return;
      }
      expect(answer.code === 'csrf_rejected').toBe(verdict === 'reject');
      expect(answer.pulls > 0).toBe(verdict === 'pass' && text !== undefined);
      if (verdict === 'pass') return;
      expect(answer.status).toBe(403);
      expect(w.log).toEqual([]);
      expect(w.events.map(({ name }) => name)).toContain('csrf.rejected');
    });
  });

  it.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/csp-report',
    null,
  ])('CSRF-01 S28: rule 4 is for JSON alone: %s without Origin is refused unread', async (type) => {
    const w = world();
    const body = 'email=alice%40example.com&password=x';
    const answer = await send(w, '/login', { body, type });
    expect(answer).toMatchObject({ status: 403, code: 'csrf_rejected', pulls: 0 });
  });

  it('CSRF-01: a login from another site is refused, cookies or none, form or JSON (login CSRF)', async () => {
    const w = world();
    await w.confirmed('mallory@example.com');
    cleared(w.log);
    const form = `email=mallory%40example.com&password=${encodeURIComponent(goodPassword)}`;
    const json = JSON.stringify({ email: 'mallory@example.com', password: goodPassword });
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    ]) {
      for (const [body, type] of [
        [form, 'application/x-www-form-urlencoded'],
        [json, 'application/json'],
        [json, 'text/plain'],
      ] as const) {
        const answer = await send(w, '/login', { headers, body, type });
        expect(answer).toMatchObject({ status: 403, code: 'csrf_rejected', pulls: 0 });
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
    }
    expect(w.log).toEqual([]);
  });

  it('CSRF-01: nor does another site send mails, sign out or end sessions', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    w.outbox.length = 0;
    const headers = { origin: 'https://evil.example', cookie: cookieHeaderOf(browser) };
    for (const [method, path, body] of changing) {
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      expect((await send(w, path, { method, headers, ...text })).code).toBe('csrf_rejected');
    }
    await w.auth.drain();
    expect(w.outbox).toEqual([]);
    expect(await isAlive(w, sessionCookieOf(browser))).toBe(true);
  });

  it('a form of our own page passes and is answered by a redirect', async () => {
    const w = world();
    await w.confirmed(email);
    const body = `email=${encodeURIComponent(email)}&password=${encodeURIComponent(goodPassword)}&returnTo=/home`;
    const headers = { 'sec-fetch-site': 'same-origin' };
    const answer = await send(w, '/login', { headers, body, type: 'application/x-www-form-urlencoded' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/home']);
  });
});

describe('CSRF-04: an origin is trusted to the letter', () => {
  const lookalikes = [
    'https://app.example.com.evil.example',
    'https://evilapp.example.com',
    'https://evil.example/app.example.com',
    'https://app.example.com@evil.example',
    'https://app.example.com:8443',
    'https://app.example.com/',
    'https://APP.example.com',
    'http://app.example.com',
    'app.example.com',
    '//app.example.com',
    'https://example.com',
    'https://sub.app.example.com',
    'https://app.example.co',
    'https://app-example.com',
    'https://admin.example.org.evil.example',
    'https://x.admin.example.org',
    'https://example.org',
    'http://admin.example.org',
    'https://admin.example.org, https://evil.example',
    'https://evil.example https://admin.example.org',
    'https://*.example.com',
    '*',
    'null',
    'http://localhost',
    'http://localhost:3000',
    'http://evil-localhost.com',
    'http://127.0.0.1.nip.io',
    'http://0.0.0.0',
    'file://',
    'chrome-extension://abcdef',
  ];

  it.each(lookalikes)('%s is neither ours nor trusted', async (from) => {
    const w = world({ trustedOrigins: [trusted] });
    const answer = await send(w, '/login', { headers: { origin: from }, body: '{}' });
    expect(answer).toMatchObject({ status: 403, code: 'csrf_rejected', pulls: 0 });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    ['https://*.example.com', 'trusted_origin_wildcard'],
    ['*', 'trusted_origin_wildcard'],
    ['https://app.example.com/path', 'trusted_origin_invalid'],
    ['admin.example.org', 'trusted_origin_invalid'],
    ['https://admin.example.org/', 'trusted_origin_invalid'],
    ['https://Admin.example.org', 'trusted_origin_invalid'],
    ['https://user@admin.example.org', 'trusted_origin_invalid'],
    ['null', 'trusted_origin_invalid'],
    ['', 'trusted_origin_invalid'],
    ['http://admin.example.org', 'trusted_origin_insecure'],
    ['http://127.0.0.1.nip.io', 'trusted_origin_insecure'],
    ['http://evil-localhost.com', 'trusted_origin_insecure'],
    ['http://0.0.0.0', 'trusted_origin_insecure'],
    ['http://localhost.evil.example', 'trusted_origin_insecure'],
  ])('%s cannot be listed: %s', (listed, code) => {
    const make = () => world({ trustedOrigins: [listed] });
    expect(make).toThrow(AuthConfigError);
    expect(make).toThrow(`[${code}]`);
  });

  it('in development the loopback may be listed, and only the loopback', () => {
    for (const listed of ['http://localhost:5173', 'http://127.0.0.1:3000', 'http://[::1]:3000']) {
      expect(() => world({ trustedOrigins: [listed] })).not.toThrow();
    }
  });
});

describe('CSRF-08: the method is the method', () => {
  it.each(['x-http-method-override', 'x-http-method', 'x-method-override', '_method'])(
    '%s is not read',
    async (name) => {
      const w = world();
      const browser = await w.signedIn(email);
      const cookie = cookieHeaderOf(browser);
      const evil = { origin: 'https://evil.example', cookie };
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const posted = await send(w, '/logout', { headers: { ...evil, [name]: method }, body: '{}' });
        expect([method, posted.status, posted.code]).toEqual([method, 403, 'csrf_rejected']);
      }
      for (const method of ['POST', 'DELETE']) {
        const got = await send(w, `/logout?_method=${method}`, { method: 'GET', headers: { ...evil, [name]: method } });
        expect([method, got.status, got.code]).toEqual([method, 405, 'method_not_allowed']);
      }
      const id = (await w.auth.require(browser.headers())).session.id;
      const own = { 'sec-fetch-site': 'same-origin', cookie };
      const posted = await send(w, `/sessions/${id}`, {
        headers: { ...own, [name]: 'DELETE' },
        body: '{"_method":"DELETE"}',
      });
      expect([posted.status, posted.code]).toEqual([405, 'method_not_allowed']);
      expect(await isAlive(w, sessionCookieOf(browser))).toBe(true);
    },
  );

  it('RL-07: the limiter sees the real method, too', async () => {
    const w = world();
    const headers = { 'sec-fetch-site': 'same-origin', 'x-http-method-override': 'GET' };
    const body = JSON.stringify({ email, password: 'wrong, wrong, wrong' });
    const statuses = [];
    for (let n = 0; n < 7; n += 1) statuses.push((await send(w, '/login', { headers, body })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  it('FW-09: a method that a route does not have is 405 with the ones it has', async () => {
    const w = world();
    const headers = { 'sec-fetch-site': 'same-origin' };
    for (const [method, path, allow] of [
      ['GET', '/login', 'POST'],
      ['PUT', '/login', 'POST'],
      ['PATCH', '/session', 'GET, HEAD'],
      ['DELETE', '/verify-email', 'GET, HEAD, POST'],
      ['POST', `/sessions/${'A'.repeat(43)}`, 'DELETE'],
    ] as const) {
      const answer = await send(w, path, { method, headers });
      expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, allow]);
    }
  });
});

describe('CSRF-09: CORS', () => {
  const cors = (headers: Headers) => [
    headers.get('access-control-allow-origin'),
    headers.get('access-control-allow-credentials'),
  ];

  it.each(['https://evil.example', 'null', 'https://admin.example.org.evil.example', 'http://admin.example.org'])(
    '%s may read nothing, not even a refusal',
    async (from) => {
      const w = world({ trustedOrigins: [trusted] });
      for (const [method, path] of [
        ['GET', '/session'],
        ['OPTIONS', '/login'],
        ['POST', '/login'],
        ['GET', '/nowhere'],
        ['GET', '/verify-email'],
      ] as const) {
        const { headers } = await send(w, path, { method, headers: { origin: from } });
        const allowed = [...headers.keys()].filter((name) => name.startsWith('access-control-'));
        expect([path, allowed, headers.get('vary')]).toEqual([path, [], 'Cookie, Origin']);
      }
    },
  );

  it('a trusted origin may read with credentials, by its own name and never by a star', async () => {
    const w = world({ trustedOrigins: [trusted, 'https://second.example.org'] });
    for (const [method, path] of [
      ['GET', '/session'],
      ['OPTIONS', '/login'],
      ['POST', '/login'],
      ['GET', '/sessions'],
      ['GET', '/nowhere'],
    ] as const) {
      const text = method === 'POST' ? { body: '{}' } : {};
      const { headers } = await send(w, path, { method, headers: { origin: trusted }, ...text });
      expect([path, ...cors(headers), headers.get('vary')]).toEqual([path, trusted, 'true', 'Cookie, Origin']);
    }
  });

  it('a preflight says what may be sent to whoever is trusted, and to nobody else', async () => {
    const w = world({ trustedOrigins: [trusted] });
    const asks = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type, x-evil' };
    const yes = await send(w, '/login', { method: 'OPTIONS', headers: { origin: trusted, ...asks } });
    expect([yes.status, yes.headers.get('access-control-allow-methods')]).toEqual([204, 'POST']);
    expect(yes.headers.get('access-control-allow-headers')).not.toContain('x-evil');
    const no = await send(w, '/login', { method: 'OPTIONS', headers: { origin: 'https://evil.example', ...asks } });
    expect([no.status, no.headers.get('access-control-allow-methods'), no.headers.get('allow')]).toEqual([
      204,
      null,
      'POST',
    ]);
  });

  it('Vary names the origin on every answer, so that no cache serves one site what was meant for another', async () => {
    const w = world({ trustedOrigins: [trusted] });
    for (const headers of [{}, { origin }, { origin: trusted }, { origin: 'https://evil.example' }]) {
      for (const path of ['/session', '/error', '/nowhere']) {
        expect((await send(w, path, { method: 'GET', headers })).headers.get('vary')).toBe('Cookie, Origin');
      }
    }
  });
});

describe("auth.csrf: the application's own routes", () => {
  const asked = (method: string, headers: Record<string, string>) => ({ method, headers: new Headers(headers) });

  it.each(table.filter(([, headers]) => !('cookie' in headers) && Object.keys(headers).length > 0))(
    'rule %s: %o: %s',
    async (_rule, headers, verdict) => {
      const w = world({ trustedOrigins: [trusted] });
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'post', 'PROPFIND']) {
        const outcome = await refusalOf(w.auth.csrf(asked(method, headers)));
        expect([method, outcome]).toEqual([method, verdict === 'pass' ? 'not refused' : 'csrf_rejected']);
      }
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        expect(await refusalOf(w.auth.csrf(asked(method, headers)))).toBe('not refused');
      }
      expect(w.log).toEqual([]);
    },
  );

  /** A browser that sends neither header, with its cookies and a form. */
  const old = (browser: Browser, extra: Record<string, string> = {}) =>
    asked('POST', { cookie: cookieHeaderOf(browser), 'content-type': 'application/x-www-form-urlencoded', ...extra });

  it('CSRF-06: a token of the own session lets a browser pass that sends neither header, in the header or by hand', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const token = await w.auth.csrfToken(alice.headers());
    expect(await refusalOf(w.auth.csrf(old(alice)))).toBe('csrf_rejected');
    expect(await refusalOf(w.auth.csrf(old(alice, { 'x-csrf-token': token })))).toBe('not refused');
    expect(await refusalOf(w.auth.csrf(old(alice), token))).toBe('not refused');
  });

  it('CSRF-06: a token of session A is refused in session B, of the same user too', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const mallory = await w.signedIn('mallory@example.com');
    const second = w.browser('203.0.113.7');
    await second.post('/login', { email, password: goodPassword });
    for (const token of [await w.auth.csrfToken(mallory.headers()), await w.auth.csrfToken(second.headers())]) {
      expect(await refusalOf(w.auth.csrf(old(alice), token))).toBe('csrf_rejected');
    }
  });

  it('CSRF-06: nobody gets one without a session: neither anonymous, nor with a cookie that was made up or has ended', async () => {
    const w = world();
    expect(await refusalOf(w.auth.csrfToken(new Headers()))).toBe('unauthenticated');
    expect(await refusalOf(w.auth.csrfToken(new Headers({ cookie: `${session}=nonsense` })))).toBe('unauthenticated');
    expect(await refusalOf(w.auth.csrfToken(new Headers({ cookie: `${session}=v1.${'A'.repeat(43)}` })))).toBe(
      'unauthenticated',
    );
    const alice = await w.signedIn(email);
    const copy = alice.copy();
    await alice.post('/logout');
    expect(await refusalOf(w.auth.csrfToken(copy.headers()))).toBe('unauthenticated');
  });

  it('CSRF-06: a token does not replace a session, and not the one of somebody anonymous', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const token = await w.auth.csrfToken(alice.headers());
    const nobody = asked('POST', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(await refusalOf(w.auth.csrf(nobody, token))).toBe('csrf_rejected');
  });

  it('CSRF-06: forged, altered and foreign tokens are refused', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const token = await w.auth.csrfToken(alice.headers());
    const [kid = '', id = '', mac = ''] = token.split('.');
    const foreign = await world({
      inner: w.stores,
      secrets: `1:${'Z'.repeat(20)}cDeFgHiJkLmNoPqRsTuVwXyZ`,
    }).auth.csrfToken(alice.headers());
    const flipped = `${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`;
    const device = alice.jar.get('__Host-device') ?? '';
    const own = alice.jar.get(session) ?? '';
    const forged = ['', 'x', `${kid}.${id}`, `${kid}.${id}.${flipped}`, `9.${id}.${mac}`, `${token}.x`, ` ${token}`];
    for (const wrong of [...forged, foreign, device, own, own.slice(3)]) {
      expect([wrong, await refusalOf(w.auth.csrf(old(alice), wrong))]).toEqual([wrong, 'csrf_rejected']);
    }
  });

  it('CSRF-06: a cookie of the attacker and the same value in the header prove nothing (naive double submit)', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const planted = { 'x-csrf-token': 'same', cookie: `${cookieHeaderOf(alice)}; csrf=same; __Host-csrf=same` };
    expect(await refusalOf(w.auth.csrf(old(alice, planted)))).toBe('csrf_rejected');
  });

  it('CSRF-06 SES-01: the token of the old session is refused after a new login, a step-up and a changed password', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    for (const [path, body] of [
      ['/login', { email, password: goodPassword }],
      ['/step-up', { password: goodPassword }],
      ['/change-password', { current: goodPassword, password: otherPassword }],
    ] as const) {
      const token = await w.auth.csrfToken(alice.headers());
      expect(await refusalOf(w.auth.csrf(old(alice), token))).toBe('not refused');
      expect((await alice.post(path, body)).status).toBeLessThan(300);
      expect([path, await refusalOf(w.auth.csrf(old(alice), token))]).toEqual([path, 'csrf_rejected']);
    }
  });

  it('CSRF-06: a right token saves no request that another site is known to have made', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const token = await w.auth.csrfToken(alice.headers());
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      expect(await refusalOf(w.auth.csrf(old(alice, headers), token))).toBe('csrf_rejected');
    }
  });

  it('CSRF-06: our own routes take no token in place of rule 4: they need none', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const token = await w.auth.csrfToken(alice.headers());
    const headers = { cookie: cookieHeaderOf(alice), 'x-csrf-token': token };
    expect((await send(w, '/logout', { headers, body: '{}' })).code).toBe('csrf_rejected');
  });

  it('two tokens of one session differ, and both hold', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const tokens = [await w.auth.csrfToken(alice.headers()), await w.auth.csrfToken(alice.headers())];
    expect(tokens[0]).not.toBe(tokens[1]);
    for (const token of tokens) expect(await refusalOf(w.auth.csrf(old(alice), token))).toBe('not refused');
  });
});

describe('operations called by server code', () => {
  it('are not asked where the request came from: the application has asked, and says so by calling', async () => {
    const w = world();
    await w.confirmed(email);
    const headers = new Headers({ origin: 'https://evil.example' });
    const done = await w.auth.api.login({ email, password: goodPassword }, { headers }, { peer: '198.51.100.7' });
    expect(done.value.status).toBe('signed_in');
  });

  it('a POST that carries no body at all is judged like any other', async () => {
    const w = world();
    expect((await send(w, '/logout', { headers: { origin: 'https://evil.example' } })).code).toBe('csrf_rejected');
    expect((await send(w, '/logout', { headers: { origin } })).status).toBe(204);
    expect((await probe(w, '/logout', {})).status).toBe(204);
  });
});
