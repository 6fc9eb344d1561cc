import { account, type Flaw, type World } from './spoilt.ts';

const pathOf = ({ url }: Request): string => new URL(url).pathname.replace(/^\/auth/, '');

/** A request with other headers; its body is kept. */
const withHeaders = (request: Request, changes: Readonly<Record<string, string | null>>): Request => {
  const made = new Request(request);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) made.headers.delete(name);
    else made.headers.set(name, value);
  }
  return made;
};

const answering = (change: (headers: Headers) => void): Flaw => ({
  after: (response) => {
    change(response.headers);
    return response;
  },
});

const cookies = (change: (cookie: string) => string): Flaw =>
  answering((headers) => {
    const all = headers.getSetCookie();
    headers.delete('set-cookie');
    for (const cookie of all) headers.append('set-cookie', change(cookie));
  });

const onLinkPage = (change: (headers: Headers) => void): Flaw => ({
  after: (response, request) => {
    if (pathOf(request) === '/verify-email') change(response.headers);
    return response;
  },
});

const addToLogin = (more: object): Flaw => ({
  after: async (response, request) =>
    pathOf(request) === '/login' && response.status === 200
      ? new Response(JSON.stringify({ ...((await response.json()) as object), ...more }), response)
      : response,
});

const emailIn = async (request: Request): Promise<string> =>
  String(
    (
      (await request
        .clone()
        .json()
        .catch(() => ({}))) as { email?: unknown }
    ).email,
  );

/** Another form for the session's value outside, the real one inside. */
const renamed = (outside: (value: string, world: World) => string): Flaw => ({
  before: (request, world) => {
    const cookie = (request.headers.get('cookie') ?? '').replace(/(session=)([^;]*)/, (whole, name, value) =>
      world.notes.has(value) ? `${name}${world.notes.get(value)}` : whole,
    );
    return cookie === '' ? request : withHeaders(request, { cookie });
  },
  after: (response, _, world) => {
    const all = response.headers.getSetCookie();
    response.headers.delete('set-cookie');
    for (const cookie of all) {
      const changed = cookie.replace(/^([\w-]*session=)([^;]+)/, (_whole, name, value) => {
        const shown = outside(value, world);
        world.notes.set(shown, value);
        return `${name}${shown}`;
      });
      response.headers.append('set-cookie', changed);
    }
    return response;
  },
});

const problem = (status: number, code: string): Response =>
  new Response(JSON.stringify({ status, code }), { status, headers: { 'content-type': 'application/problem+json' } });

const tokenOf = (seconds: number): string =>
  ['{"alg":"EdDSA"}', `{"iat":1000,"exp":${1_000 + seconds}}`, 'x']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

const whenOrigin = (from: string | null, wants: (request: Request) => boolean): Flaw => ({
  before: (request, { origin }) =>
    request.method === 'POST' && request.headers.get('origin') === from && wants(request)
      ? withHeaders(request, { origin, 'sec-fetch-site': 'same-origin' })
      : request,
});

/** By the line of the report that has to notice; on plain http. */
export const flaws: Readonly<Record<string, Flaw>> = {
  no_store: answering((headers) => headers.set('cache-control', 'private')),
  nosniff: answering((headers) => headers.delete('x-content-type-options')),
  reads_set_nothing: {
    after: (response, request) => {
      if (request.method === 'GET') response.headers.append('set-cookie', 'seen=1; Path=/; HttpOnly; SameSite=Lax');
      return response;
    },
  },
  software: answering((headers) => headers.set('x-powered-by', 'Express')),
  errors: {
    after: (response) =>
      response.status === 400
        ? new Response('SyntaxError: Unexpected end\n    at JSON.parse (/app/node_modules/x/y.js:1:2)', response)
        : response,
  },
  page_csp: onLinkPage((headers) => headers.delete('content-security-policy')),
  page_referrer: onLinkPage((headers) => headers.set('referrer-policy', 'unsafe-url')),
  app_csp: {
    after: (response, request) => {
      if (new URL(request.url).pathname === '/')
        response.headers.set('content-security-policy', "script-src 'self' 'unsafe-inline'");
      return response;
    },
  },
  cookie_http_only: cookies((cookie) => cookie.replace('; HttpOnly', '')),
  cookie_same_site: cookies((cookie) => cookie.replace(/SameSite=\w+/, 'SameSite=None')),
  csrf_own: {
    before: (request) =>
      request.method === 'POST' && pathOf(request) === '/logout' ? problem(403, 'csrf_rejected') : request,
  },
  csrf_origin: whenOrigin('https://elsewhere.invalid', ({ headers }) => !headers.has('sec-fetch-site')),
  csrf_null: whenOrigin('null', () => true),
  csrf_site: whenOrigin('https://elsewhere.invalid', ({ headers }) => headers.get('sec-fetch-site') === 'same-site'),
  csrf_form: whenOrigin(null, () => true),
  csrf_get: {
    before: (request) =>
      request.method === 'GET' && pathOf(request) === '/logout' ? new Response(null, { status: 204 }) : request,
  },
  cors: {
    after: (response, request) => {
      const origin = request.headers.get('origin');
      if (origin !== null) response.headers.set('access-control-allow-origin', origin);
      return response;
    },
  },
  session_server: renamed((value) => Buffer.from(JSON.stringify({ user: account.email, value })).toString('base64url')),
  session_random: renamed((_, { notes }) => `${1_000_000 + notes.size}`),
  session_rotates: {
    before: (request) => (pathOf(request) === '/login' ? withHeaders(request, { cookie: null }) : request),
  },
  session_logout: {
    before: (request) => (pathOf(request) === '/logout' ? withHeaders(request, { cookie: null }) : request),
  },
  session_lifetime: cookies((cookie) => cookie.replace(/; Max-Age=\d+/, '')),
  jwt_lifetime: addToLogin({ accessToken: tokenOf(3_600) }),
  jwt_cookie: addToLogin({ accessToken: tokenOf(600), refreshToken: 'x' }),
  same_login: {
    after: async (response, request) =>
      response.status === 401 && (await emailIn(request)) !== account.email ? problem(404, 'no_such_user') : response,
  },
  same_timing: {
    before: async (request, { late }) => {
      if (pathOf(request) === '/login' && (await emailIn(request)) === account.email) late(20);
      return request;
    },
  },
  same_forgot: {
    after: async (response, request) =>
      response.status === 202 && pathOf(request) === '/forgot-password' && (await emailIn(request)) !== account.email
        ? problem(404, 'no_such_user')
        : response,
  },
  same_register: {
    before: async (request, { notes }) => {
      if (pathOf(request) !== '/register') return request;
      const email = await emailIn(request);
      if (notes.has(email)) return problem(409, 'login_taken');
      notes.set(email, '');
      return request;
    },
  },
  clock: answering((headers) => headers.set('date', new Date(Date.now() + 60_000).toUTCString())),
  limit_login: {
    after: (response, request) =>
      response.status === 429 && pathOf(request) === '/login' ? problem(401, 'invalid_credentials') : response,
  },
  limit_forgot: {
    after: (response, request) =>
      response.status === 429 && pathOf(request) === '/forgot-password'
        ? new Response('{"status":"check_email"}', { status: 202 })
        : response,
  },
  limit_spoof: { peer: ({ headers }) => headers.get('x-real-ip') ?? '192.0.2.1' },
};

/** What takes https to be seen. */
export const secureFlaws: Readonly<Record<string, Flaw>> = {
  hsts: answering((headers) => headers.set('strict-transport-security', 'max-age=300')),
  cookie_secure: cookies((cookie) => cookie.replace('; Secure', '')),
  cookie_host: renamedCookie('__Host-'),
};

function renamedCookie(prefix: string): Flaw {
  return {
    before: (request) => {
      const cookie = (request.headers.get('cookie') ?? '').replace(/(^|; )(session|device|flow)=/g, `$1${prefix}$2=`);
      return cookie === '' ? request : withHeaders(request, { cookie });
    },
    after: (response) => {
      const all = response.headers.getSetCookie();
      response.headers.delete('set-cookie');
      for (const one of all) response.headers.append('set-cookie', one.replace(prefix, ''));
      return response;
    },
  };
}

export const hsts: Flaw = answering((headers) => headers.set('strict-transport-security', 'max-age=31536000'));
