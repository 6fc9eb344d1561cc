import type { App, Handle } from './app.ts';
import { type Mutant, mutant } from './mutant.ts';
import { again, answer, at, cookieOf, everywhere, pathOf, sessionOf, type Wrap } from './wrap.ts';

/** Requests that a guard in front does not see are served as somebody's. */
const unguarded = (passes: (request: Request) => boolean): Wrap =>
  everywhere(async (request, peer, inner, app) => (passes(request) ? served(inner, app, peer) : inner(request, peer)));

/** What the guard should have kept back: the sessions of the first account. */
const served = async (inner: Handle, app: App, peer: string): Promise<Response> =>
  inner(
    new Request('https://app.example.com/auth/sessions', {
      headers: { cookie: await cookieOf(app, app.outbox[0]?.to) },
    }),
    peer,
  );

const raw = (request: Request): string => request.url.slice('https://app.example.com'.length);

/** Somebody by a header alone. */
const believes = (userOf: (request: Request, app: App) => string | null): Wrap =>
  everywhere(async (request, peer, inner, app) => {
    const email = pathOf(request) === '/session' ? userOf(request, app) : null;
    if (email === null) return inner(request, peer);
    return inner(await again(request, { headers: { cookie: await cookieOf(app, email) } }), peer);
  });

const anybody = (app: App): string | null => app.outbox[0]?.to ?? null;

export const framework: readonly Mutant[] = [
  mutant('FW-01', 'a request of the framework’s own skips the guard', {
    wrap: unguarded(
      (request) =>
        (request.headers.get('x-middleware-subrequest') ?? '').includes('middleware:src/middleware') &&
        pathOf(request) === '/sessions',
    ),
  }),
  mutant('FW-13', 'the guard tells capital letters apart, the router does not', {
    wrap: unguarded(
      (request) => raw(request) !== raw(request).toLowerCase() && raw(request).toLowerCase() === '/auth/sessions',
    ),
  }),
  mutant('FW-13', 'the guard does not know a slash at the end', {
    wrap: unguarded((request) => raw(request) === '/auth/sessions/'),
  }),
  mutant('FW-13', 'the router decodes, the guard does not', {
    wrap: unguarded(
      (request) =>
        raw(request).includes('%') && decodeURIComponent(raw(request).replace('%00', '')) === '/auth/sessions',
    ),
  }),
  mutant('FW-14', 'X-Original-URL moves a request past the guard', {
    wrap: unguarded((request) => request.headers.get('x-original-url') === '/auth/sessions'),
  }),
  mutant('FW-14', 'the guard looks at X-Original-URL', {
    wrap: unguarded(
      (request) => request.headers.get('x-original-url') === '/auth/session' && pathOf(request) === '/sessions',
    ),
  }),
  mutant('FW-09', 'the guard knows GET alone', {
    wrap: unguarded((request) => request.method !== 'GET' && pathOf(request) === '/sessions'),
  }),
  mutant('FW-15', 'X-Forwarded-User is believed', {
    wrap: believes((request) => request.headers.get('x-forwarded-email')),
  }),
  mutant('FW-16', 'the token `undefined` is equal to none', {
    wrap: believes((request, app) =>
      request.headers.get('authorization') === 'Bearer undefined' ? anybody(app) : null,
    ),
  }),
  mutant('FW-16', 'Basic with a wrong password is somebody', {
    wrap: believes((request) => {
      const basic = /^Basic (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
      return basic === undefined || basic === 'Og==' ? null : (atob(basic).split(':')[0] ?? null);
    }),
  }),
  mutant('FW-17', 'a session that cannot be decoded is a fault', {
    wrap: at('/session', async (request, peer, inner) =>
      sessionOf(request).startsWith('%E0') ? answer(500) : inner(request, peer),
    ),
  }),
  mutant('FW-17', 'the session `null` is a user', {
    wrap: believes((request, app) => (sessionOf(request) === 'null' ? anybody(app) : null)),
  }),
  mutant('FW-18', 'a part of an answer is not guarded', {
    wrap: unguarded((request) => request.headers.has('range') && pathOf(request) === '/sessions'),
  }),
];
