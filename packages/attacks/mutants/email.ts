import type { AuthMessage } from '@sallyport/core';
import type { App } from './app.ts';
import { type Mutant, mutant } from './mutant.ts';
import {
  again,
  answer,
  at,
  bodyOf,
  mailed,
  own,
  passwordOf,
  rewriting,
  somewhere,
  textOf,
  userOf,
  type Wrap,
} from './wrap.ts';

/** What would be mailed to an address of the attacker's. */
const stray = (app: App, to: string): void => {
  const message = app.outbox.findLast(({ type }) => type === 'reset_password');
  if (message !== undefined) app.outbox.push({ ...message, to });
};

/** A reset for `lookedUp`, mailed to `submitted`. */
const mailsTo = (pick: (email: unknown) => { readonly lookedUp: string; readonly submitted: string } | null): Wrap =>
  at('/forgot-password', async (request, peer, inner, app) => {
    const found = pick((await bodyOf(request))['email']);
    if (found === null) return inner(request, peer);
    const response = await inner(await again(request, { json: { email: found.lookedUp } }), peer);
    await app.auth.drain();
    stray(app, found.submitted);
    return response;
  });

const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replace('ı', 'i');

/** The token of the newest mail to somebody. */
const newest = (app: App, to: string): string => {
  const message = app.outbox.findLast(
    (one): one is AuthMessage & { url: string } => one.to === to && 'url' in one && one.url !== null,
  );
  return message === undefined ? '' : (new URL(message.url).searchParams.get('token') ?? '');
};

/** Passwords beside the one that is stored. */
const extra = (remember: (app: App, body: { email: string; password: string }) => Promise<string | null>): Wrap => {
  return (inner, app) => {
    const more = new Map<string, string>();
    return async (request, peer) => {
      const { pathname } = new URL(request.url);
      const body = await bodyOf(request);
      const [email, password] = [textOf(body['email']), textOf(body['password'])];
      if (pathname === '/auth/register') {
        const owner = await remember(app, { email, password });
        if (owner !== null) more.set(`${email} ${password}`, owner);
      }
      const owner = pathname === '/auth/login' ? more.get(`${email} ${password}`) : undefined;
      if (owner === undefined) return inner(request, peer);
      return inner(own('/login', { email: owner, password: await passwordOf(app, owner) }), somewhere());
    };
  };
};

const links: Record<string, string> = { change_email: '/change-email/confirm', verify_email: '/verify-email' };

/** A link works for whoever opens it: what is asked of the browser is given to it. */
const forAnybody = (path: string): Wrap => {
  return (inner, app) => {
    const flows = new Map<string, string>();
    return async (request, peer) => {
      const { pathname } = new URL(request.url);
      const { token, email } = await bodyOf(request);
      if (pathname === `/auth${path}`) {
        const message = mailed(app, token);
        const owner =
          path === '/verify-email' ? message?.to : (await app.stores.users.get(message?.userId ?? ''))?.email;
        return inner(own(path, { token, password: await passwordOf(app, owner) }), somewhere());
      }
      const response = await inner(request, peer);
      if (pathname === '/auth/register') flows.set(textOf(email), response.headers.get('set-cookie') ?? '');
      return response;
    };
  };
};

export const email: readonly Mutant[] = [
  mutant('EMAIL-01', 'a link goes to the address that was submitted', {
    wrap: mailsTo((email) => {
      const submitted = textOf(email);
      return folded(submitted) === submitted ? null : { lookedUp: folded(submitted), submitted };
    }),
  }),
  mutant('EMAIL-05', 'a list of addresses is mailed as a whole', {
    wrap: mailsTo((email) =>
      Array.isArray(email) ? { lookedUp: String(email[0]), submitted: email.join(', ') } : null,
    ),
  }),
  mutant('EMAIL-22', 'the mailer splits what the look-up did not', {
    wrap: mailsTo((email) => {
      const parts = textOf(email).split(/[,;]/);
      return parts.length > 1 ? { lookedUp: parts[0] ?? '', submitted: parts[1] ?? '' } : null;
    }),
  }),
  mutant('EMAIL-07', 'a line break reaches the mailer', {
    wrap: at('/register', async (request, peer, inner, app) => {
      const body = await bodyOf(request);
      const email = textOf(body['email']);
      if (!/[\r\n]/.test(email)) return inner(request, peer);
      app.outbox.push({
        type: 'verify_email',
        to: email,
        url: 'https://app.example.com/',
        userId: null,
        locale: null,
        expiresAt: 0,
      });
      return answer(202, { status: 'check_email' });
    }),
  }),
  mutant('EMAIL-09', 'every registration of one address counts', {
    wrap: extra(async (_app, { email }) => (/^p/.test(email) ? email : null)),
  }),
  mutant('EMAIL-17', 'an address in capitals is another account', {
    wrap: rewriting(['/register', '/login'], (body) => {
      const email = textOf(body['email']);
      return email !== '' && email === email.toUpperCase() ? { ...body, email: `capitals.${email}` } : body;
    }),
    mail: (message) => [{ ...message, to: message.to.replace(/^capitals\./, '') }],
  }),
  mutant('EMAIL-23', 'an address with a space is another account', {
    wrap: extra(async (app, { email }) =>
      email !== email.trim() && (await userOf(app, email)) !== null ? email.trim() : null,
    ),
  }),
  mutant('EMAIL-14', 'a sign-in tells capital letters apart', {
    wrap: at('/login', async (request, peer, inner) => {
      const email = textOf((await bodyOf(request))['email']);
      return email === email.toLowerCase() ? inner(request, peer) : answer(401, { code: 'invalid_credentials' });
    }),
  }),
  mutant('EMAIL-14', 'a reset tells capital letters apart', {
    wrap: at('/forgot-password', async (request, peer, inner) => {
      const email = textOf((await bodyOf(request))['email']);
      return email === email.toLowerCase() ? inner(request, peer) : answer(202, { status: 'check_email' });
    }),
  }),
  mutant('EMAIL-16', 'the old address hears nothing', {
    mail: (message) => (message.type === 'email_changed' ? [] : [message]),
  }),
  mutant('EMAIL-18', 'a new address counts at once', {
    wrap: at('/change-email', async (request, peer, inner, app) => {
      const response = await inner(request, peer);
      if (!response.ok || request.method !== 'POST') return response;
      await app.auth.drain();
      const token = newest(app, textOf((await bodyOf(request))['email']));
      await inner(await again(request, { path: '/change-email/confirm', json: { token } }), peer);
      return response;
    }),
  }),
  mutant('EMAIL-24', 'a change of address is confirmed by whoever clicks', {
    wrap: forAnybody(links['change_email'] ?? ''),
  }),
  mutant('EMAIL-13', 'a change of address outlives a reset', {
    wrap: at('/change-email/confirm', async (request, peer, inner, app) => {
      const response = await inner(request, peer);
      return response.ok || mailed(app, (await bodyOf(request))['token']) === null ? response : answer(204);
    }),
  }),
  mutant('EMAIL-20', 'the way back leads nowhere', { wrap: at('/change-email/revert', async () => answer(204)) }),
  mutant('EMAIL-21', 'a registration is confirmed by whoever clicks', {
    wrap: forAnybody(links['verify_email'] ?? ''),
  }),
  mutant('EMAIL-25', 'a registration signs in', { options: { registration: 'open' } }),
  mutant('EMAIL-25', 'an address that nobody has confirmed signs in', {
    wrap: at('/login', async (request, peer, inner, app) => {
      const response = await inner(request, peer);
      if (response.status !== 403) return response;
      const user = await userOf(app, (await bodyOf(request))['email']);
      if (user === null) return response;
      await app.stores.users.replace({ ...user, emailVerifiedAt: 1, version: user.version + 1 }, user.version);
      return inner(own('/login', await bodyOf(request)), somewhere());
    }),
  }),
];
