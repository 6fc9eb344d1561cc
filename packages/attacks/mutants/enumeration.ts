import type { App } from './app.ts';
import { type Mutant, mutant } from './mutant.ts';
import { answer, at, bodyOf, type Json, userOf, type Wrap, withHeaders, withJson } from './wrap.ts';

/** Answers otherwise where there is an account, or where there is none. */
const telling = (path: string, when: (app: App, body: Json) => Promise<boolean>, status: number, code: string): Wrap =>
  at(path, async (request, peer, inner, app) => {
    const body = await bodyOf(request);
    const tells = request.method === 'POST' && (await when(app, body));
    const response = await inner(request, peer);
    return tells ? answer(status, { code }) : response;
  });

const known = async (app: App, { email }: Json): Promise<boolean> => (await userOf(app, email)) !== null;
const unknown = async (app: App, body: Json): Promise<boolean> => !(await known(app, body));

/** Limits for one half of the world. */
const limiting = (path: string, most: number, whom: (app: App, body: Json) => Promise<boolean>): Wrap => {
  return (inner, app) => {
    const counts = new Map<unknown, number>();
    return async (request, peer) => {
      const body = await bodyOf(request);
      if (new URL(request.url).pathname !== path || !(await whom(app, body))) return inner(request, peer);
      const count = (counts.get(body['email']) ?? 0) + 1;
      counts.set(body['email'], count);
      return count > most ? answer(429, { code: 'rate_limited' }, { 'retry-after': '60' }) : inner(request, peer);
    };
  };
};

export const enumeration: readonly Mutant[] = [
  mutant('ENUM-01', 'registration says that a login is taken', {
    wrap: telling('/register', known, 409, 'login_taken'),
  }),
  mutant('ENUM-01', 'registration binds the browser of somebody new alone', {
    wrap: at('/register', async (request, peer, inner, app) => {
      const taken = await known(app, await bodyOf(request));
      const response = await inner(request, peer);
      return taken ? withHeaders(response, { 'set-cookie': null }) : response;
    }),
  }),
  mutant('ENUM-02', 'registration makes up an id for a known address', {
    wrap: at('/register', async (request, peer, inner, app) => {
      const taken = await known(app, await bodyOf(request));
      const response = await inner(request, peer);
      return withJson(response, (json) => ({
        ...json,
        userId: taken ? crypto.randomUUID() : 'AAAAAAAAAAAAAAAAAAAAAA',
      }));
    }),
  }),
  mutant('ENUM-14', 'registration hashes for somebody new alone', {
    wrap: at('/register', async (request, peer, inner, app) => {
      const body = await bodyOf(request);
      if (!(await known(app, body))) return inner(request, peer);
      return answer(202, { status: 'check_email' });
    }),
  }),
  mutant('ENUM-15', 'a sign-in says that there is no such account', {
    wrap: telling('/login', unknown, 404, 'no_such_user'),
  }),
  mutant('ENUM-15', 'a sign-in counts tries of accounts that exist', {
    wrap: at('/login', async (request, peer, inner, app) => {
      const exists = await known(app, await bodyOf(request));
      const response = await inner(request, peer);
      return exists && !response.ok ? withHeaders(response, { 'x-tries-left': '4' }) : response;
    }),
  }),
  mutant('ENUM-16', 'a refusal is a space longer for nobody', {
    wrap: at('/login', async (request, peer, inner, app) => {
      const exists = await known(app, await bodyOf(request));
      const response = await inner(request, peer);
      if (exists || response.ok) return response;
      return new Response(`${await response.text()} `, { status: response.status, headers: response.headers });
    }),
  }),
  mutant('ENUM-03', 'a forgotten password of nobody is not found', {
    wrap: telling('/forgot-password', unknown, 404, 'no_such_user'),
  }),
  mutant('ENUM-04', 'an unconfirmed account is told before the password', {
    wrap: telling(
      '/login',
      async (app, { email }) => (await userOf(app, email))?.emailVerifiedAt === null,
      403,
      'email_unverified',
    ),
  }),
  mutant('ENUM-05', 'a confirmed address needs no confirmation', {
    wrap: telling(
      '/verify-email/send',
      async (app, { email }) => typeof (await userOf(app, email))?.emailVerifiedAt === 'number',
      409,
      'already_verified',
    ),
  }),
  mutant('ENUM-05', 'an unknown address cannot be confirmed', {
    wrap: telling('/verify-email/send', unknown, 404, 'no_such_user'),
  }),
  mutant('ENUM-07', 'a change of address says that it is taken', {
    wrap: telling('/change-email', known, 409, 'login_taken'),
  }),
  mutant('ENUM-08', 'only accounts that exist are locked', {
    wrap: at('/login', async (request, peer, inner, app) =>
      (await unknown(app, await bodyOf(request))) ? answer(401, { code: 'invalid_credentials' }) : inner(request, peer),
    ),
  }),
  mutant('ENUM-17', 'only accounts that exist are mailed too often', {
    wrap: limiting('/auth/forgot-password', 3, known),
  }),
  mutant('ENUM-18', 'the owner of a taken address hears nothing', {
    mail: (message) => (message.type === 'register_attempt' ? [] : [message]),
  }),
];
