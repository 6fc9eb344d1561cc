import type { App } from './app.ts';
import { type Mutant, mutant } from './mutant.ts';
import {
  again,
  answer,
  answering,
  at,
  bodyOf,
  cookieOf,
  type Json,
  own,
  pathOf,
  somewhere,
  textOf,
  userOf,
  type Wrap,
  withHeaders,
  withJson,
} from './wrap.ts';

const first = (app: App): string => app.outbox[0]?.to ?? '';

/** Signs in whoever a look at the body finds. */
const letsIn = (whom: (body: Json, app: App) => string | null): Wrap =>
  at('/login', async (request, peer, inner, app) => {
    const email = whom(await bodyOf(request), app);
    if (email === null) return inner(request, peer);
    const cookie = await cookieOf(app, email);
    return answer(
      200,
      { status: 'signed_in', user: { id: 'x', email } },
      { 'set-cookie': `${cookie.split('; ')[0]}; Path=/; Secure; HttpOnly; SameSite=Lax` },
    );
  });

const faultWhere = (paths: readonly string[], isBad: (text: string, request: Request) => boolean): Wrap =>
  at(paths, async (request, peer, inner) =>
    isBad(await request.clone().text(), request) ? answer(500, { error: 'x' }) : inner(request, peer),
  );

/** Members that nobody asked for are taken over. */
const assigning: Wrap = (inner) => {
  const extra = new Map<string, Json>();
  return async (request, peer) => {
    const { email, password, profile, ...more } = await bodyOf(request);
    if (pathOf(request) === '/register') {
      extra.set(textOf(email), more);
      return inner(
        await again(request, { json: { email, password, ...(profile === undefined ? {} : { profile }) } }),
        peer,
      );
    }
    const response = await inner(request, peer);
    if (pathOf(request) !== '/session') return response;
    return withJson(response, (json) => {
      const user = json['user'] as Json | null;
      return user === null ? json : { ...json, user: { ...user, ...extra.get(textOf(user['email'])) } };
    });
  };
};

const confirmedBy = (member: string): Wrap =>
  at('/register', async (request, peer, inner, app) => {
    const { email, password, [member]: claim } = await bodyOf(request);
    const response = await inner(await again(request, { json: { email, password } }), peer);
    await app.auth.drain();
    const user = await userOf(app, email);
    if (claim === true && user !== null)
      await app.stores.users.replace({ ...user, emailVerifiedAt: 1, version: user.version + 1 }, user.version);
    return response;
  });

/** What a merge into a plain object would do to every object. */
const polluted: Wrap = (inner) => {
  let poison: unknown = null;
  return async (request, peer) => {
    const text = request.method === 'POST' ? await request.clone().text() : '';
    if (text.includes('"__proto__"')) {
      const body = JSON.parse(text) as Json;
      poison = Object.getOwnPropertyDescriptor(body, '__proto__')?.value ?? poison;
    }
    if (poison !== null && pathOf(request) === '/session') return answer(200, poison);
    return inner(request, peer);
  };
};

/** Looks accounts up by a pattern. */
const byPattern = (patternOf: (text: string) => string): Wrap =>
  at('/login', async (request, peer, inner, app) => {
    const body = await bodyOf(request);
    const pattern = new RegExp(`^${patternOf(textOf(body['email']))}$`);
    const found = app.outbox.find(({ to }) => pattern.test(to))?.to;
    return inner(found === undefined ? request : await again(request, { json: { ...body, email: found } }), peer);
  });

const plain = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export const injection: readonly Mutant[] = [
  mutant('INJ-07', 'a body that is not JSON is a fault', {
    wrap: faultWhere(['/login', '/register', '/forgot-password'], (text) => text === '{"email":'),
  }),
  mutant('INJ-07', 'null is a fault', { wrap: faultWhere(['/forgot-password'], (text) => text === 'null') }),
  mutant('INJ-07', 'deep nesting is a fault', {
    wrap: faultWhere(['/reset-password'], (text) => text.startsWith('[[[[')),
  }),
  mutant('INJ-17', 'an address that is no text is a fault', {
    wrap: faultWhere(['/forgot-password'], (text) => /"email":[[{]/.test(text)),
  }),
  mutant('INJ-17', 'a password that is a number is a fault', {
    wrap: faultWhere(['/register'], (text) => /"password":[\d]/.test(text)),
  }),
  mutant('INJ-18', 'an object is a query', {
    wrap: letsIn(({ email, password }, app) =>
      typeof password === 'object' && typeof email === 'object' ? first(app) : null,
    ),
  }),
  mutant('INJ-18', 'a password that is an object matches', {
    wrap: letsIn(({ email, password }) =>
      typeof password === 'object' && password !== null && typeof email === 'string' && '$ne' in password
        ? email
        : null,
    ),
  }),
  mutant('INJ-01', 'quotes reach the database, and match', {
    wrap: letsIn(({ email }, app) => (textOf(email).startsWith("' OR") ? first(app) : null)),
  }),
  mutant('INJ-01', 'quotes reach the database, and break the query', {
    wrap: faultWhere(['/login'], (text) => text.includes("'; DROP")),
  }),
  mutant('INJ-02', 'addresses are looked up by LIKE', {
    wrap: byPattern((text) => plain(text).replaceAll('%', '.*').replaceAll('_', '.')),
  }),
  mutant('INJ-02', 'addresses are looked up by an expression', { wrap: byPattern((text) => text.replace(/^\*/, '.')) }),
  mutant('INJ-04', 'members of a registration are taken over', { wrap: assigning }),
  mutant('INJ-15', '`emailVerified` is believed', { wrap: confirmedBy('emailVerified') }),
  mutant('INJ-19', '`userId` is believed at a sign-in', {
    wrap: at('/login', async (request, peer, inner, app) => {
      const { userId, email, password } = await bodyOf(request);
      const user = typeof userId === 'string' ? await app.stores.users.get(userId) : null;
      const response = await inner(await again(request, { json: { email, password } }), peer);
      if (user === null || !response.ok) return response;
      return letsIn(() => user.email)(app.inner, app)(own('/login', {}), somewhere());
    }),
  }),
  mutant('INJ-19', '`expiresAt` is believed at a sign-in', {
    wrap: (inner) => {
      let believed: unknown = null;
      return async (request, peer) => {
        const { email, password, expiresAt } = await bodyOf(request);
        if (pathOf(request) === '/login') {
          believed = expiresAt ?? null;
          return inner(await again(request, { json: { email, password } }), peer);
        }
        const response = await inner(request, peer);
        if (believed === null || pathOf(request) !== '/session') return response;
        return withJson(response, (json) => ({
          ...json,
          session: { ...(json['session'] as Json), expiresAt: believed },
        }));
      };
    },
  }),
  mutant('INJ-16', 'bodies are merged into objects', { wrap: polluted }),
  mutant('INJ-10', 'errors hold their stack', {
    wrap: answering(null, (response) =>
      response.status === 400
        ? answer(400, {
            error: 'SyntaxError',
            stack: 'SyntaxError: x\n    at parse (/srv/app/node_modules/body/index.js:12:3)',
          })
        : response,
    ),
  }),
  mutant('INJ-10', 'errors hold their query', {
    wrap: answering('/forgot-password', (response) =>
      response.ok ? response : answer(422, { error: 'relation "users" does not exist' }),
    ),
  }),
  mutant('INJ-21', 'a user is the row of a user', {
    wrap: answering('/session', (response) =>
      withJson(response, (json) => ({
        ...json,
        user: json['user'] === null ? null : { ...(json['user'] as Json), passwordHash: '$argon2id$v=19$x' },
      })),
    ),
  }),
  mutant('INJ-20', 'a body of any size is read', {
    wrap: at('/login', async (request, peer, inner) => {
      const { padding, ...body } = await bodyOf(request);
      return inner(padding === undefined ? request : await again(request, { json: body }), peer);
    }),
  }),
  mutant('INJ-22', 'credentials are read from the address', {
    wrap: at('/login', async (request, peer, inner) => {
      const { searchParams } = new URL(request.url);
      const [email, password] = [searchParams.get('email'), searchParams.get('password')];
      return inner(
        email === null
          ? request
          : await again(request, {
              method: 'POST',
              json: { email, password },
              headers: { 'content-type': 'application/json' },
            }),
        peer,
      );
    }),
  }),
  mutant('INJ-24', 'of two members the last counts', {
    wrap: at('/login', async (request, peer, inner) => {
      if (!(request.headers.get('content-type') ?? '').includes('form')) return inner(request, peer);
      const form = new URLSearchParams(await request.clone().text());
      const json = { email: form.getAll('email').at(-1), password: form.getAll('password').at(-1) };
      return inner(await again(request, { json, headers: { 'content-type': 'application/json' } }), peer);
    }),
  }),
  mutant('INJ-23', 'the type may be guessed', {
    wrap: answering('/session', (response) => withHeaders(response, { 'x-content-type-options': null })),
  }),
  mutant('INJ-23', 'errors are pages', {
    wrap: answering('/login', (response) =>
      response.ok ? response : withHeaders(response, { 'content-type': 'text/html' }),
    ),
  }),
  mutant('INJ-25', 'the framework says its name', {
    wrap: answering(null, (response) => withHeaders(response, { 'x-powered-by': 'Express' })),
  }),
];
