import type { SessionRecord } from '@sallyport/core';
import type { Change } from './app.ts';
import { type Mutant, mutant } from './mutant.ts';
import {
  again,
  answer,
  answering,
  at,
  bodyOf,
  everywhere,
  type Json,
  pathOf,
  rewriting,
  sessionOf,
  textOf,
  type Wrap,
  withCookies,
  withHeaders,
  withJson,
  zombies,
} from './wrap.ts';

const presentedOnly = (value: string, presented: string): boolean => value === presented;
const othersOnly = (value: string, presented: string): boolean => value !== presented;

/** Session values of the application's own making; behind them are the real ones. */
export const aliases = (path: string, aliasOf: (real: string, presented: string, n: number) => string): Wrap => {
  return (inner) => {
    const real = new Map<string, string>();
    return async (request, peer) => {
      const presented = sessionOf(request);
      const known = real.get(presented);
      const cookie =
        known === undefined
          ? request.headers.get('cookie')
          : (request.headers.get('cookie') ?? '').replace(presented, known);
      const response = await inner(await again(request, { headers: { cookie } }), peer);
      if (pathOf(request) !== path) return response;
      return withCookies(response, (line) => {
        const value = /^__Host-session=([^;]+)/.exec(line)?.[1];
        if (value === undefined) return line;
        const alias = aliasOf(value, presented, real.size + 1);
        real.set(alias, value);
        return line.replace(value, alias);
      });
    };
  };
};

/** What a mutant puts into the place of the session's cookie. */
const cookie = (edit: (line: string) => string): Change => ({
  wrap: (inner) => async (request, peer) =>
    withCookies(await inner(request, peer), (line) => (line.startsWith('__Host-session=') ? edit(line) : line)),
});

/** Values are nearly right when their beginning is. */
const byBeginning: Wrap = (inner) => {
  const known: string[] = [];
  return async (request, peer) => {
    const presented = sessionOf(request);
    const real = known.find((one) => presented.length > 8 && one.slice(0, 20) === presented.slice(0, 20));
    const header = request.headers.get('cookie') ?? '';
    const response = await inner(
      real === undefined ? request : await again(request, { headers: { cookie: header.replace(presented, real) } }),
      peer,
    );
    for (const line of response.headers.getSetCookie()) known.push(/^__Host-session=([^;]+)/.exec(line)?.[1] ?? '');
    return response;
  };
};

/** A session from somewhere else than its cookie. */
const elsewhere = (read: (request: Request) => string | null): Wrap =>
  everywhere(async (request, peer, inner) => {
    const value = read(request);
    return inner(
      value === null ? request : await again(request, { headers: { cookie: `__Host-session=${value}` } }),
      peer,
    );
  });

/** Whoever asked last, as a variable of the module. */
const mixedUp: Wrap = (inner) => {
  let last: Response | null = null;
  return async (request, peer) => {
    const response = await inner(request, peer);
    if (pathOf(request) !== '/session') return response;
    last = response.clone();
    await new Promise((resolve) => setTimeout(resolve, 1));
    return last.clone();
  };
};

/** A value that was once signed in is so for ever. */
const forEver: Wrap = (inner) => {
  const seen = new Map<string, string>();
  return async (request, peer) => {
    const response = await inner(request, peer);
    if (pathOf(request) !== '/session' || request.method !== 'GET') return response;
    const text = await response.clone().text();
    if (!text.includes('"user":null')) seen.set(sessionOf(request), text);
    const kept = seen.get(sessionOf(request));
    return kept === undefined ? response : new Response(kept, { status: 200, headers: response.headers });
  };
};

export const sessions: readonly Mutant[] = [
  mutant('SES-01', 'a planted session value is kept', {
    wrap: aliases('/login', (real, presented) => (presented === '' ? real : presented)),
  }),
  mutant('SES-02', 'a registration goes on in the session that is there', {
    wrap: (inner) => {
      const owners = new Map<string, string>();
      return async (request, peer) => {
        const value = sessionOf(request);
        if (pathOf(request) === '/register' && value !== '')
          owners.set(value, textOf((await bodyOf(request))['email']));
        const response = await inner(request, peer);
        const owner = owners.get(value);
        if (pathOf(request) !== '/session' || owner === undefined) return response;
        return withJson(response, (json) => ({ ...json, user: { ...(json['user'] as Json), email: owner } }));
      };
    },
  }),
  mutant('SES-24', 'a second sign-in keeps the value', {
    wrap: aliases('/login', (real, presented) => (presented === '' ? real : presented)),
  }),
  mutant('SES-25', 'a second sign-in leaves the session of before', {
    wrap: at('/login', async (request, peer, inner) =>
      inner(await again(request, { headers: { cookie: null } }), peer),
    ),
  }),
  mutant('SES-20', 'a step-up leaves the value of before', { wrap: zombies('/step-up') }),
  mutant('SES-26', 'a change of password leaves its own value', { wrap: zombies('/change-password', presentedOnly) }),
  mutant('SES-27', 'a change of password leaves the others', { wrap: zombies('/change-password', othersOnly) }),
  mutant('SES-03', 'a sign-out clears the cookie alone', {
    wrap: at('/logout', async () =>
      answer(204, null, { 'set-cookie': '__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0' }),
    ),
  }),
  mutant('SES-28', 'a sign-out leaves the cookie', {
    wrap: answering('/logout', (response) => withHeaders(response, { 'set-cookie': null })),
  }),
  mutant('SES-28', 'a sign-out expires the cookie without its attributes', {
    wrap: answering('/logout', (response) => withCookies(response, () => '__Host-session=; Max-Age=0')),
  }),
  mutant('SES-41', 'a sign-out everywhere is one here', { wrap: rewriting('/logout', () => ({})) }),
  mutant('SES-32', 'sessions are counted', {
    wrap: aliases('/login', (_real, _presented, n) => `v1.${String(n).padStart(43, '0')}`),
  }),
  mutant('SES-32', 'sessions are 32 bits', { wrap: aliases('/login', (real) => real.slice(3, 9)) }),
  mutant('SES-40', 'sessions are looked up by their beginning', { wrap: byBeginning }),
  mutant('SES-07', 'a session is ended by its id alone', {
    wrap: everywhere(async (request, peer, inner, app) => {
      const id = /^\/sessions\/(.+)$/.exec(pathOf(request))?.[1];
      if (id !== undefined) await app.stores.ephemeral.open<SessionRecord>('session').delete(id);
      return inner(request, peer);
    }),
  }),
  mutant('SES-33', 'the list of sessions holds their values', {
    wrap: (inner) => {
      const values = new Set<string>();
      return async (request, peer) => {
        const response = await inner(request, peer);
        for (const line of response.headers.getSetCookie()) values.add(/^__Host-session=([^;]+)/.exec(line)?.[1] ?? '');
        if (pathOf(request) !== '/sessions') return response;
        return withJson(response, (json) => ({
          sessions: (json['sessions'] as Json[]).map((one, i) => ({ ...one, token: [...values][values.size - 1 - i] })),
        }));
      };
    },
  }),
  mutant('SES-34', 'the end of another session waits', {
    wrap: everywhere(async (request, peer, inner) =>
      request.method === 'DELETE' && pathOf(request).startsWith('/sessions/') ? answer(204) : inner(request, peer),
    ),
  }),
  mutant('SES-18', 'sessions outlive their account', { wrap: zombies('/account') }),
  mutant('SES-35', 'a deleted account is only signed out', {
    wrap: at('/account', async (request, peer, inner) =>
      inner(
        await again(request, {
          path: '/logout',
          method: 'POST',
          json: {},
          headers: { 'content-type': 'application/json' },
        }),
        peer,
      ),
    ),
  }),
  mutant('SES-08', 'sessions last for ever', { wrap: forEver }),
  mutant('SES-45', 'use lengthens a session for ever', { wrap: forEver }),
  mutant('SES-37', 'the first of two cookies wins', {
    wrap: everywhere(async (request, peer, inner) => {
      const [first = ''] = (request.headers.get('cookie') ?? '')
        .split('; ')
        .filter((one) => one.startsWith('__Host-session='));
      return inner(first === '' ? request : await again(request, { headers: { cookie: first } }), peer);
    }),
  }),
  mutant('SES-38', 'a session is read from the address', {
    wrap: elsewhere((request) => new URL(request.url).searchParams.get('sid')),
  }),
  mutant('SES-38', 'a session is read from a header', {
    wrap: elsewhere((request) => request.headers.get('x-session')),
  }),
  mutant('SES-42', 'a sign-in puts the session into the body', {
    wrap: answering('/login', async (response) => {
      const value = /__Host-session=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1];
      return response.ok ? withJson(response, (json) => ({ ...json, session: value })) : response;
    }),
  }),
  mutant('SES-19', 'a change of address asks for no proof', { options: { session: { stepUpWindow: 86_400_000 } } }),
  mutant('SES-43', 'the end of an account asks for no proof', { options: { session: { stepUpWindow: 86_400_000 } } }),
  mutant('SES-44', 'the end of a session asks for no proof', { options: { session: { stepUpWindow: 86_400_000 } } }),
  mutant('SES-46', 'the user is a variable of the module', { wrap: mixedUp }),
  mutant(
    'SES-09',
    'the cookie is open to scripts',
    cookie((line) => line.replace('; HttpOnly', '')),
  ),
  mutant(
    'SES-29',
    'the cookie is not Secure',
    cookie((line) => line.replace('; Secure', '')),
  ),
  mutant(
    'SES-30',
    'the cookie has no SameSite',
    cookie((line) => line.replace('; SameSite=Lax', '')),
  ),
  mutant(
    'SES-30',
    'the cookie is SameSite=None',
    cookie((line) => line.replace('SameSite=Lax', 'SameSite=None')),
  ),
  mutant(
    'SES-31',
    'the cookie has a Path of its own',
    cookie((line) => line.replace('Path=/', 'Path=/auth')),
  ),
  mutant(
    'SES-47',
    'the cookie goes to sibling hosts',
    cookie((line) => `${line}; Domain=example.com`),
  ),
  mutant(
    'SES-17',
    'the cookie lasts for ten years',
    cookie((line) => line.replace(/Max-Age=[1-9]\d*/, 'Max-Age=315360000')),
  ),
  mutant('SES-14', 'a sign-in may be cached', {
    wrap: answering('/login', (response) => withHeaders(response, { 'cache-control': 'public, max-age=60' })),
  }),
  mutant('SES-36', 'an account may be cached', {
    wrap: answering('/session', (response) => withHeaders(response, { 'cache-control': null })),
  }),
];
