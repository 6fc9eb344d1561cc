import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { type StartedApp, startApp } from './start.ts';

const { missing, postgres, redis } = inject('services');
const password = 'correct horse battery staple';

const running: StartedApp[] = [];
const start = async (env: Readonly<Record<string, string>>): Promise<StartedApp> => {
  const app = await startApp(env);
  running.push(app);
  return app;
};
afterEach(async () => {
  for (const app of running.splice(0)) await app.stop();
});

const post = (app: StartedApp, path: string, body: object, cookie = ''): Promise<Response> =>
  fetch(app.origin + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', origin: app.origin, ...(cookie === '' ? {} : { cookie }) },
  });

const cookieOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';', 1))
    .join('; ');

const profile = (app: StartedApp, cookie: string): Promise<Response> =>
  fetch(`${app.origin}/api/profile`, { headers: { cookie } });

interface Mail {
  readonly to: string;
  readonly type: string;
  readonly url?: string;
  readonly at: number;
}

const mailTo = async (app: StartedApp, address: string): Promise<Mail> => {
  for (;;) {
    const mails = (await (await fetch(`${app.origin}/outbox.json`)).json()) as readonly Mail[];
    const mail = mails.findLast(({ to }) => to === address);
    if (mail !== undefined) return mail;
  }
};

/** Registers, confirms, signs in; the cookie of the session. */
const member = async (app: StartedApp, email: string): Promise<string> => {
  const registered = await post(app, '/auth/register', { email, password });
  expect(registered.status).toBe(202);
  const mail = await mailTo(app, email);
  expect(mail).toEqual({ to: email, type: 'verify_email', url: expect.any(String), at: expect.any(Number) });
  const token = new URL(mail.url ?? '').searchParams.get('token');
  expect((await post(app, '/auth/verify-email', { token }, cookieOf(registered))).status).toBe(204);
  const login = await post(app, '/auth/login', { email, password });
  expect(login.status).toBe(200);
  return cookieOf(login);
};

describe('where the demo on Next keeps things', () => {
  it.skipIf(missing !== null).each([
    ['Postgres', { DATABASE_URL: postgres ?? '' }],
    ['Redis', { REDIS_URL: redis ?? '' }],
    ['Postgres and Redis', { DATABASE_URL: postgres ?? '', REDIS_URL: redis ?? '' }],
  ])('is %s when their addresses are given: the story', async (where, urls) => {
    const app = await start(urls);
    expect(app.printed()).toContain(`accounts and sessions are in ${where}\n`);
    const email = `${randomUUID()}@example.com`;
    const cookie = await member(app, email);
    expect(await (await profile(app, cookie)).json()).toMatchObject({ user: { email }, session: { aal: 1 } });
    expect((await post(app, '/auth/logout', {}, cookie)).status).toBe(204);
    expect((await profile(app, cookie)).status).toBe(401);
  });

  it.skipIf(missing !== null)('outlives a restart: the same session answers to another process', async () => {
    const urls = { DATABASE_URL: postgres ?? '', REDIS_URL: redis ?? '' };
    const before = await start(urls);
    const cookie = await member(before, `${randomUUID()}@example.com`);
    await before.stop();
    expect((await profile(await start(urls), cookie)).status).toBe(200);
  });

  it.each([
    ['DATABASE_URL', 'postgres://ann:hunter2@127.0.0.1:1/a'],
    ['REDIS_URL', 'redis://:hunter2@127.0.0.1:1'],
  ])('that cannot be reached is said at the start, without the password: %s', async (name, url) => {
    const failure = await start({ [name]: url }).catch((error: unknown) => error);
    expect(String(failure)).toContain(`${name} names no database that answers`);
    expect(String(failure)).not.toContain('hunter2');
  });
});

describe('the outbox', () => {
  it.each(['/outbox', '/outbox.json'])('%s is for this computer only', async (path) => {
    const app = await start({});
    const { port } = new URL(app.origin);
    // fetch names the host itself: a name that resolves here is what a rebinding site uses.
    const { request } = await import('node:http');
    const statusFor = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, path, headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await statusFor(`localhost:${port}`)).toBe(200);
    expect(await statusFor(`evil.example:${port}`)).toBe(404);
  });
});
