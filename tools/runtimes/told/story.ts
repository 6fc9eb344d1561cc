import { type AuthMessage, createAuth, memoryStores, password } from '@sallyport/core';
import { portableHasher } from '@sallyport/core/hashing';
import { honoAuth } from '@sallyport/hono';
import { Hono } from 'hono';
import { same, type Told, teller } from './step.ts';

const origin = 'https://app.example.com';
const account = { email: 'alice@example.com', password: 'correct horse battery staple' };
const next = 'another horse battery staple';
/** Written on Node. */
const written = '$argon2id$v=19$m=19456,t=2,p=1$c2FsbHlwb3J0LXNhbHQtMQ$NHX5XaolQo2XnUq/pm3ubhb3eU72w0nOR3VOjxC5BzQ';

const cookieOf = (cookies: readonly string[]): Headers =>
  new Headers({ cookie: cookies.map((one) => one.split(';', 1)).join('; ') });

/** What every runtime must be able to do; nothing in it knows which one it runs on. */
export const story = async (): Promise<readonly Told[]> => {
  const { told, step } = teller();
  const mails: AuthMessage[] = [];
  const tokenOf = (type: AuthMessage['type']): string => {
    const mail = mails.findLast((one) => one.type === type);
    return new URL(mail !== undefined && 'url' in mail ? (mail.url ?? '') : '').searchParams.get('token') ?? '';
  };
  const auth = createAuth({
    mode: 'development',
    origin,
    secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
    stores: memoryStores(),
    notifier: { send: async (message) => void mails.push(message) },
    features: [password()],
  });
  const nobody = new Headers();
  let cookies: readonly string[] = [];
  const isSignedIn = async (): Promise<boolean> => (await auth.authenticate(cookieOf(cookies))) !== null;

  await step('WebCrypto', async () => {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('abc')));
    same([...digest.slice(0, 4)], [0xba, 0x78, 0x16, 0xbf]);
  });
  await step('a hash of another runtime', async () => {
    const hasher = portableHasher();
    same(await hasher.verify(account.password, written), true);
    same(await hasher.verify(next, written), false);
  });
  await step('register', async () => same((await auth.api.register(account, nobody)).value.status, 'check_email'));
  await auth.drain();
  await step('confirm', () =>
    auth.api.verifyEmail({ token: tokenOf('verify_email'), password: account.password }, nobody),
  );
  await step('log in', async () => {
    const { value, ...done } = await auth.api.login(account, nobody);
    cookies = done.cookies;
    same([value.status, cookies.length], ['signed_in', 2]);
  });
  await step('session', async () => same(await isSignedIn(), true));
  await step('reset', async () => {
    await auth.api.forgotPassword({ email: account.email }, nobody);
    await auth.drain();
    await auth.api.resetPassword({ token: tokenOf('reset_password'), password: next }, nobody);
    same(await isSignedIn(), false);
    cookies = (await auth.api.login({ ...account, password: next }, nobody)).cookies;
    same(await isSignedIn(), true);
  });
  await step('log out', async () => {
    await auth.api.logout({}, cookieOf(cookies));
    same(await isSignedIn(), false);
  });
  await step('random', async () => {
    const ids = await Promise.all(
      Array.from({ length: 1_000 }, async () =>
        (await auth.handle(new Request(`${origin}/auth/session`))).headers.get('auth-request-id'),
      ),
    );
    same(new Set(ids).size, 1_000);
  });
  await step('Hono', async () => {
    const web = honoAuth(auth);
    const app = new Hono().use(web.routes);
    app.get('/me', web.require(), (c) => c.json(c.var.auth.user.email));
    const login = await app.request('/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ ...account, password: next }),
    });
    same([login.status, login.headers.getSetCookie().length], [200, 2]);
    same(await (await app.request('/me', { headers: cookieOf(login.headers.getSetCookie()) })).json(), account.email);
    same((await app.request('/me')).status, 401);
  });
  await auth.drain();
  return told;
};
