import { origin, partner } from './host.ts';
import { password, type Teller } from './story.ts';

export interface Case {
  readonly name: string;
  readonly statuses: readonly number[];
  readonly tell: (t: Teller) => Promise<unknown>;
}

const evil = 'https://evil.example';
const json = { 'content-type': 'application/json', origin };
const next = 'another horse battery staple';

/** What one browser asks, and the status of each answer. Everything else of the answers must be what the bare handler gives. */
export const cases: readonly Case[] = [
  {
    name: 'an account from its beginning to its end',
    statuses: [401, 202, 200, 204, 200, 200, 200, 403, 200, 200, 204, 401, 200, 204, 401],
    tell: async (t) => {
      const { email } = t;
      await t.send('GET', '/me');
      await t.post('/auth/register', { email, password });
      await t.send('GET', `/auth/verify-email?token=${await t.token('verify_email')}`);
      await t.post('/auth/verify-email', { token: await t.token('verify_email') });
      await t.post('/auth/login', { email, password });
      await t.send('GET', '/auth/session');
      await t.send('GET', '/me');
      await t.send('GET', '/strong');
      await t.send('GET', '/auth/sessions');
      await t.post('/auth/step-up', { password });
      await t.post('/auth/change-password', { current: password, password: next });
      await t.post('/auth/login', { email, password });
      await t.post('/auth/login', { email, password: next });
      await t.post('/auth/logout');
      await t.send('GET', '/me');
    },
  },
  {
    name: 'a password that was forgotten',
    statuses: [202, 204, 200, 202, 204, 400, 401, 200],
    tell: async (t) => {
      await t.signIn();
      await t.post('/auth/forgot-password', { email: t.email });
      const token = await t.token('reset_password');
      await t.post('/auth/reset-password', { token, password: next });
      await t.post('/auth/reset-password', { token, password: next });
      await t.send('GET', '/me');
      await t.post('/auth/login', { email: t.email, password: next });
    },
  },
  {
    name: 'an account that is deleted',
    statuses: [202, 204, 200, 204, 401],
    tell: async (t) => {
      await t.signIn();
      await t.send('DELETE', '/auth/account');
      await t.post('/auth/login', { email: t.email, password });
    },
  },
  {
    name: 'forms without JavaScript',
    statuses: [202, 204, 200, 303, 303, 303, 303, 400],
    tell: async (t) => {
      const { email } = t;
      await t.signIn();
      await t.form('/auth/login', { email, password, returnTo: '/app?tab=1' });
      await t.form('/auth/login', { email, password: 'not this one at all' });
      await t.form('/auth/login', { email, password, returnTo: evil });
      await t.form('/auth/login', { email, password, admin: 'true' });
      await t.form('/auth/login', `email=${email}&password=a&password=b`);
    },
  },
  {
    name: 'bodies that are none',
    statuses: [400, 400, 422, 422, 422, 415, 413, 204],
    tell: async (t) => {
      const login = (body: string | Uint8Array, headers: Record<string, string> = json) =>
        t.send('POST', '/auth/login', { body, headers });
      await login('{"email":');
      await login(new Uint8Array([0x22, 0xff, 0x22]));
      await login('[]');
      await login(JSON.stringify({ email: t.email, password, admin: true }));
      await login('');
      await login('{}', { ...json, 'content-type': 'text/plain' });
      await login(JSON.stringify({ email: t.email, password: 'x'.repeat(20_000) }));
      await t.send('POST', '/auth/logout', { headers: { origin } });
    },
  },
  {
    name: 'methods',
    statuses: [405, 405, 405, 405, 405, 200, 204, 404, 405],
    tell: async (t) => {
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) await t.send(method, '/auth/login');
      await t.post('/auth/session');
      await t.send('HEAD', '/auth/session');
      await t.send('OPTIONS', '/auth/login');
      await t.send('GET', '/auth/nothing');
      await t.send('PROPFIND', '/auth/session');
    },
  },
  {
    name: 'requests of other sites',
    statuses: [403, 403, 403, 403, 401, 403, 403, 403, 200, 403, 200],
    tell: async (t) => {
      const login = (headers: Record<string, string>) => t.post('/auth/login', { email: t.email, password }, headers);
      await login({ origin: evil });
      await login({ origin: 'null' });
      await login({ 'sec-fetch-site': 'cross-site', origin: evil });
      await login({ origin: `${origin}.evil.example` });
      await login({ origin: partner });
      await login({ 'sec-fetch-site': 'same-site' });
      const own = (headers: Record<string, string>) => t.send('POST', '/own', { headers });
      await own({ origin: evil });
      await own({});
      await own({ origin });
      await own({ 'sec-fetch-site': 'cross-site' });
      await own({ origin: partner });
    },
  },
  {
    name: 'a trusted origin that reads the answers',
    statuses: [204, 200, 204, 200],
    tell: async (t) => {
      const asks = { 'access-control-request-method': 'POST' };
      await t.send('OPTIONS', '/auth/login', { headers: { origin: partner, ...asks } });
      await t.send('GET', '/auth/session', { headers: { origin: partner } });
      await t.send('OPTIONS', '/auth/login', { headers: { origin: evil, ...asks } });
      await t.send('GET', '/auth/session', { headers: { origin: evil } });
    },
  },
  {
    name: 'cookies in every shape',
    statuses: [202, 204, 200, 200, 401, 401, 401, 401, 200],
    tell: async (t) => {
      await t.signIn();
      const session = `__Host-session=${t.jar.get('__Host-session')}`;
      t.jar.clear();
      const me = (cookie: string | readonly string[]) => t.send('GET', '/me', { headers: { cookie } });
      await me(['theme=dark', session]);
      await me([session, session]);
      await me(`${session}; ${session}`);
      await me('__Host-session=v1.nonsense');
      await me(session.toLowerCase());
      await me(`a=b;${session};c`);
    },
  },
  {
    name: 'headers that claim something',
    statuses: [401, 401, 401, 401, 401, 401, 200, 200],
    tell: async (t) => {
      for (const headers of [
        { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' },
        { authorization: ['Bearer a', 'Bearer b'] },
        { 'x-original-url': '/test/runs', 'x-rewrite-url': '/test/runs' },
        { 'x-http-method-override': 'OPTIONS', 'x-method-override': 'HEAD', 'x-http-method': 'OPTIONS' },
        { 'x-forwarded-prefix': '/auth', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
        { 'x-user-id': '1', 'remote-user': 'admin', 'x-authenticated': 'true' },
      ]) {
        await t.send('GET', '/admin/panel', { headers });
      }
      await t.send('GET', '/test/runs');
      await t.send('GET', '/auth/session', { headers: { 'x-http-method-override': 'DELETE' } });
    },
  },
  {
    name: 'too many tries',
    statuses: [401, 401, 401, 401, 401, 429, 429],
    tell: async (t) => {
      for (let n = 0; n < 7; n += 1) {
        await t.post(
          '/auth/login',
          { email: `${n}-${t.email}`, password },
          { origin, 'x-forwarded-for': `198.51.100.${n}` },
        );
      }
    },
  },
  {
    name: 'pages',
    statuses: [200, 200, 200, 200, 404],
    tell: async (t) => {
      await t.send('GET', '/auth/error?code=token_invalid');
      await t.send('GET', '/auth/error?code=<script>');
      await t.send('GET', `/auth/reset-password?token=${'a'.repeat(43)}`);
      await t.send('HEAD', '/auth/verify-email');
      await t.send('GET', '/auth/error/');
    },
  },
];
