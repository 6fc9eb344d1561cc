import type { PasswordHasher } from '@sallyport/core';
import type { Change } from './app.ts';
import { type Mutant, mutant } from './mutant.ts';
import { again, answer, at, bodyOf, passwordOf, rewriting, textOf, userOf, withJson } from './wrap.ts';

/** A hasher that sees less than it is given. */
const seeing = (less: (text: string) => string): Change => ({
  hasher: (good): PasswordHasher => ({
    ...good,
    hash: (text) => good.hash(less(text)),
    verify: (text, encoded) => good.verify(less(text), encoded),
  }),
});

/** Bad passwords become good ones before the rules see them, so that the rules are not there. */
const unruled = (paths: readonly string[], isBad: (password: string, email: string) => boolean): Change => ({
  wrap: rewriting([...paths, '/login'], (body) => {
    const password = textOf(body['password']);
    return isBad(password, textOf(body['email']))
      ? { ...body, password: `Zebra7 lantern river ${password} quiet` }
      : body;
  }),
});

const short = (password: string): boolean => password.length < 9;
const leaked = /^(?:password|passwordpassword|12345678|123456789012345|qwertyuiop\w*|a{16})$/;

/** What a path of passwords leaves behind is remembered, and opens the account again. */
const remembering = (path: string): Change => {
  const old = new Map<string, string[]>();
  return {
    wrap: (inner, app) => async (request, peer) => {
      const body = await bodyOf(request);
      const { pathname } = new URL(request.url);
      if (pathname === '/auth/login') {
        const email = textOf(body['email']);
        if (!old.get(email)?.includes(textOf(body['password']))) return inner(request, peer);
        return inner(await again(request, { json: { ...body, password: await passwordOf(app, email) } }), peer);
      }
      const before =
        pathname === path
          ? await Promise.all(app.outbox.map(async ({ to }) => [to, await passwordOf(app, to)] as const))
          : [];
      const response = await inner(request, peer);
      for (const [to, password] of before) if (response.ok) old.set(to, [...(old.get(to) ?? []), password]);
      return response;
    },
  };
};

export const passwords: readonly Mutant[] = [
  mutant(
    'PWD-01',
    'the hasher reads 72 bytes',
    seeing((text) => text.slice(0, 72)),
  ),
  mutant(
    'PWD-09',
    'the hasher stops at a NUL',
    seeing((text) => text.split('\0', 1)[0] ?? ''),
  ),
  mutant(
    'PWD-15',
    'passwords are compared without case',
    seeing((text) => text.toLowerCase()),
  ),
  mutant(
    'PWD-18',
    'passwords are trimmed',
    seeing((text) => text.trim()),
  ),
  mutant(
    'PWD-26',
    'passwords are read as ASCII',
    seeing((text) => text.replace(/[^\0-\x7f]/g, '?')),
  ),
  mutant('PWD-27', 'half of a password is compared', {
    hasher: (good) => ({
      ...good,
      verify: async (text, encoded) =>
        (await good.verify(text, encoded)) || (text.length > 20 && encoded.startsWith(`$test$${text}`)),
    }),
  }),
  mutant('PWD-04', 'a huge password is cut to size', {
    wrap: rewriting('/login', (body) => ({ ...body, password: textOf(body['password']).slice(0, 1_000) })),
  }),
  mutant('PWD-04', 'a huge password is a fault', {
    wrap: at('/login', async (request, peer, inner) =>
      (await request.clone().text()).length > 1 << 19 ? answer(500) : inner(request, peer),
    ),
  }),
  mutant(
    'PWD-11',
    'leaked passwords may be registered',
    unruled(['/register'], (password) => leaked.test(password)),
  ),
  mutant(
    'PWD-19',
    'short passwords may be registered',
    unruled(['/register'], (password) => password.length < 8),
  ),
  mutant(
    'PWD-20',
    'the login may be the password',
    unruled(['/register'], (password, email) => password === email),
  ),
  mutant('PWD-21', 'a password is ASCII and at most 40 characters', {
    wrap: at('/register', async (request, peer, inner) => {
      const password = textOf((await bodyOf(request))['password']);
      return password.length > 40 ? answer(422, { code: 'too_long' }) : inner(request, peer);
    }),
  }),
  mutant('PWD-16', 'a reset asks no rules', unruled(['/reset-password'], short)),
  mutant('PWD-22', 'a change asks no rules', unruled(['/change-password'], short)),
  mutant('PWD-23', 'the current password is not compared', {
    wrap: (inner, app) => {
      const emails = new Map<string, string>();
      return async (request, peer) => {
        const { pathname } = new URL(request.url);
        const body = await bodyOf(request);
        if (pathname === '/auth/change-password') {
          const me = await app.auth.authenticate(request, { peer });
          const json = { ...body, current: await passwordOf(app, me?.user.email) };
          return inner(await again(request, { json }), peer);
        }
        emails.set(peer, textOf(body['email']));
        return inner(request, peer);
      };
    },
  }),
  mutant('PWD-24', 'the password of before a change still opens', remembering('/auth/change-password')),
  mutant('PWD-25', 'the password of before a reset still opens', remembering('/auth/reset-password')),
  mutant('PWD-28', 'a refusal repeats what was sent', {
    wrap: at('/login', async (request, peer, inner) => {
      const body = await bodyOf(request);
      const response = await inner(request, peer);
      return response.ok ? response : withJson(response, (json) => ({ ...json, received: body }));
    }),
  }),
  mutant('PWD-28', 'a session tells the password', {
    wrap: at('/session', async (request, peer, inner, app) => {
      const response = await inner(request, peer);
      const me = await app.auth.authenticate(request, { peer });
      return me === null
        ? response
        : withJson(response, async () => null).then(async () =>
            answer(200, { user: { ...me.user, pw: await passwordOf(app, me.user.email) } }),
          );
    }),
  }),
  mutant('PWD-06', 'nobody is looked for no further', {
    wrap: at('/login', async (request, peer, inner, app) =>
      (await userOf(app, (await bodyOf(request))['email'])) === null ? refused() : inner(request, peer),
    ),
  }),
  mutant('PWD-07', 'unconfirmed accounts are refused before the password', {
    wrap: at('/login', async (request, peer, inner, app) => {
      const user = await userOf(app, (await bodyOf(request))['email']);
      return user !== null && user.emailVerifiedAt === null ? refused() : inner(request, peer);
    }),
  }),
  mutant('PWD-03', 'long passwords are refused once the account is found', {
    wrap: at('/login', async (request, peer, inner, app) => {
      const { email, password } = await bodyOf(request);
      return textOf(password).length > 72 && (await userOf(app, email)) !== null
        ? answer(400, { code: 'too_long' })
        : inner(request, peer);
    }),
  }),
];

const refused = (): Response => answer(401, { code: 'invalid_credentials' });
