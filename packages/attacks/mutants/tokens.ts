import type { AuthMessage } from '@sallyport/core';
import type { App } from './app.ts';
import { type Mutant, mutant } from './mutant.ts';
import {
  again,
  answer,
  answering,
  at,
  bodyOf,
  honoursLinks,
  mailed,
  own,
  passwordOf,
  rewriting,
  setPassword,
  somewhere,
  textOf,
  type Wrap,
  withHeaders,
  withJson,
  zombies,
} from './wrap.ts';

/** A link under another origin, when a request says so. */
const linksFrom = (hostOf: (request: Request) => string | null): Wrap =>
  at('/forgot-password', async (request, peer, inner, app) => {
    const host = hostOf(request);
    const response = await inner(request, peer);
    await app.auth.drain();
    const last = app.outbox.at(-1);
    if (host !== null && last !== undefined && 'url' in last && last.url !== null) {
      app.outbox.push({ ...last, url: last.url.replace('app.example.com', host) } as AuthMessage);
    }
    return response;
  });

/** GET of a link does what its button would. */
const opensOnGet = (
  path: string,
  act: (token: string, app: App) => Promise<Response | null>,
  methods = ['GET', 'HEAD'],
): Wrap =>
  at(path, async (request, peer, inner, app) => {
    const token = new URL(request.url).searchParams.get('token') ?? '';
    const acted = methods.includes(request.method) && token !== '' ? await act(token, app) : null;
    const response = await inner(request, peer);
    return acted === null ? response : withHeaders(response, { 'set-cookie': acted.headers.get('set-cookie') });
  });

/** Tokens that are short: the mail has one, the handler puts the long one back. */
const shortTokens = (
  short: (n: number) => string,
): { mail: (message: AuthMessage) => readonly AuthMessage[]; wrap: Wrap } => {
  const long = new Map<string, string>();
  return {
    mail: (message) => {
      if (!('url' in message) || message.url === null) return [message];
      const url = new URL(message.url);
      const token = short(long.size + 1);
      long.set(token, url.searchParams.get('token') ?? '');
      url.searchParams.set('token', token);
      return [{ ...message, url: url.href } as AuthMessage];
    },
    wrap: (inner) => async (request, peer) => {
      const body = await bodyOf(request);
      const token = long.get(textOf(body['token']));
      return token === undefined
        ? inner(request, peer)
        : inner(await again(request, { json: { ...body, token } }), peer);
    },
  };
};

const nearlyTheSame = (app: App, token: string) => {
  const near = app.outbox.find(
    (message) =>
      'url' in message &&
      message.url !== null &&
      new URL(message.url).searchParams.get('token')?.slice(0, 30) === token.slice(0, 30),
  );
  return near ?? null;
};

const reset = (app: App): AuthMessage | undefined => app.outbox.findLast(({ type }) => type === 'reset_password');

/** Only one at a time is looked at, and many are let through. */
const losersWin: Wrap = at('/reset-password', async (request, peer, inner) => {
  const response = await inner(request, peer);
  return response.ok ? response : answer(204);
});

const counting = (path: string, most: number, then: (app: App, email: unknown) => Promise<void>): Wrap => {
  return (inner, app) => {
    let count = 0;
    return async (request, peer) => {
      if (new URL(request.url).pathname === path) {
        count += 1;
        if (count > most) await then(app, (await bodyOf(request))['email']);
      }
      return inner(request, peer);
    };
  };
};

export const tokens: readonly Mutant[] = [
  mutant('TOK-01', 'of many uses at once, all are told that they won', { wrap: losersWin }),
  mutant('TOK-01', 'of many uses at once, the slow ones are a fault', {
    wrap: at('/reset-password', async (request, peer, inner) => {
      const response = await inner(request, peer);
      return response.ok ? response : answer(500);
    }),
  }),
  mutant('TOK-23', 'a reset link works again and again', { wrap: honoursLinks() }),
  mutant('TOK-02', 'a reset link never ends', { wrap: honoursLinks() }),
  mutant('TOK-06', 'a token is looked up by its beginning', { wrap: honoursLinks(['reset_password'], nearlyTheSame) }),
  mutant('TOK-07', 'a link that confirms an address sets a password', { wrap: honoursLinks(['verify_email']) }),
  mutant('TOK-30', 'a reset link confirms an address', {
    wrap: at('/verify-email', async (request, peer, inner, app) => {
      const message = mailed(app, (await bodyOf(request))['token']);
      return message?.type === 'reset_password' ? answer(204) : inner(request, peer);
    }),
  }),
  mutant('TOK-09', 'a GET of a reset link spends it', {
    wrap: opensOnGet('/reset-password', async (token, app) => {
      await app.inner(
        own('/reset-password', { token, password: await passwordOf(app, mailed(app, token)?.to) }),
        somewhere(),
      );
      return null;
    }),
  }),
  mutant('TOK-09', 'a HEAD of a reset link signs in', {
    wrap: opensOnGet(
      '/reset-password',
      async (token, app) => {
        const email = mailed(app, token)?.to;
        return app.inner(own('/login', { email, password: await passwordOf(app, email) }), somewhere());
      },
      ['HEAD'],
    ),
  }),
  mutant('TOK-24', 'a GET of a confirmation link confirms', {
    wrap: opensOnGet('/verify-email', async (token, app) => {
      await app.inner(
        own('/verify-email', { token, password: await passwordOf(app, mailed(app, token)?.to) }),
        somewhere(),
      );
      return null;
    }),
  }),
  mutant('TOK-10', 'sessions outlive a reset', { wrap: zombies('/reset-password') }),
  mutant('TOK-11', 'older reset links stay', { wrap: honoursLinks() }),
  mutant('TOK-25', 'reset links outlive a change of password', { wrap: honoursLinks() }),
  mutant('TOK-26', 'a reset signs in', {
    wrap: at('/reset-password', async (request, peer, inner, app) => {
      const { token, password } = await bodyOf(request);
      const email = mailed(app, token)?.to;
      const response = await inner(request, peer);
      if (!response.ok || request.method !== 'POST') return response;
      const entered = await app.inner(own('/login', { email, password }), somewhere());
      return withHeaders(response, { 'set-cookie': entered.headers.getSetCookie()[0] ?? '' });
    }),
  }),
  mutant('TOK-08', 'links are made of Host', { wrap: linksFrom((request) => request.headers.get('host')) }),
  mutant('TOK-28', 'links are made of X-Forwarded-Host', {
    wrap: linksFrom((request) => request.headers.get('x-forwarded-host')),
  }),
  mutant('TOK-28', 'links are made of Forwarded', {
    wrap: linksFrom((request) => /host=([^;]+)/.exec(request.headers.get('forwarded') ?? '')?.[1] ?? null),
  }),
  mutant('TOK-28', 'links are made of Origin', {
    options: { trustedOrigins: ['https://evil.attacks.example'] },
    wrap: linksFrom((request) => request.headers.get('origin')?.replace('https://', '') ?? null),
  }),
  mutant('TOK-12', 'mails to one address are not counted', { options: { limits: { mail_login: { burst: 1_000 } } } }),
  mutant('TOK-29', 'reset requests lock the account', {
    wrap: counting('/auth/forgot-password', 8, (app, email) => setPassword(app, email, 'locked')),
  }),
  mutant('TOK-15', 'a member `to` says where the link goes', {
    wrap: at('/forgot-password', async (request, peer, inner, app) => {
      const { email, to } = await bodyOf(request);
      const response = await inner(await again(request, { json: { email } }), peer);
      await app.auth.drain();
      const message = reset(app);
      if (typeof to === 'string' && message !== undefined) app.outbox.push({ ...message, to });
      return response;
    }),
  }),
  mutant('TOK-15', 'a member `redirectTo` says where the link leads', {
    wrap: at('/forgot-password', async (request, peer, inner, app) => {
      const { email, redirectTo } = await bodyOf(request);
      const response = await inner(await again(request, { json: { email } }), peer);
      await app.auth.drain();
      const message = reset(app);
      if (typeof redirectTo === 'string' && message !== undefined)
        app.outbox.push({ ...message, url: `${redirectTo}?token=x` } as AuthMessage);
      return response;
    }),
  }),
  mutant('TOK-13', 'the page of a link sends a Referer', {
    wrap: answering('/reset-password', (response) => withHeaders(response, { 'referrer-policy': null })),
  }),
  mutant('TOK-13', 'the page of a link may be stored', {
    wrap: answering('/reset-password', (response) => withHeaders(response, { 'cache-control': null })),
  }),
  mutant(
    'TOK-17',
    'tokens are six digits',
    shortTokens((n) => String(100_000 + n * 7_919)),
  ),
  mutant(
    'TOK-17',
    'tokens are counted',
    shortTokens((n) => `${'f'.repeat(40)}${n.toString(16).padStart(4, '0')}`),
  ),
  mutant('TOK-32', 'the answer holds the token', {
    wrap: at('/forgot-password', async (request, peer, inner, app) => {
      const response = await inner(request, peer);
      await app.auth.drain();
      const message = reset(app);
      const url = message !== undefined && 'url' in message ? message.url : '';
      return withJson(response, (json) => ({ ...json, debug: url }));
    }),
  }),
  mutant('TOK-33', 'no token is the newest one', {
    wrap: rewriting('/reset-password', ({ token, ...body }, app) => {
      const message = reset(app);
      const newest =
        message !== undefined && 'url' in message && message.url !== null
          ? new URL(message.url).searchParams.get('token')
          : null;
      return { ...body, token: token === null ? newest : token };
    }),
  }),
  mutant('TOK-33', 'a token that is no text is a fault', {
    wrap: at('/reset-password', async (request, peer, inner) =>
      typeof (await bodyOf(request))['token'] === 'object' ? answer(500) : inner(request, peer),
    ),
  }),
];
