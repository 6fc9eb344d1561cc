import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthMessage } from '@sallyport/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { bundled, runWorker } from '../src/run.ts';

const secrets = '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk';
const password = 'correct horse battery staple';
const email = 'alice@example.com';

const client = (url: string) => {
  const post = (path: string, body: unknown, cookie = ''): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: url, ...(cookie === '' ? {} : { cookie }) },
    });
  const get = (path: string, cookie = ''): Promise<Response> =>
    fetch(url + path, { headers: cookie === '' ? {} : { cookie } });
  return { post, get };
};
const cookieOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((one) => one.split(';', 1))
    .join('; ');

it('keeps accounts and sessions in D1, past the end of every isolate', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'worker-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const mails: AuthMessage[] = [];
  const start = () => runWorker({ port: 0, secrets, onMail: (mail) => mails.push(mail), folder });
  const first = await start();
  const { post, get } = client(first.origin);
  expect(await (await get('/')).text()).toBe('Hello stranger');
  const registered = await post('/auth/register', { email, password });
  expect([registered.status, registered.headers.getSetCookie().length]).toEqual([202, 1]);
  // After the answer, by waitUntil.
  await vi.waitFor(() => expect(mails).toHaveLength(1), { timeout: 10_000 });
  const mail = mails[0];
  const token = new URL(mail !== undefined && 'url' in mail ? (mail.url ?? '') : '').searchParams.get('token');
  expect((await post('/auth/verify-email', { token }, cookieOf(registered))).status).toBe(204);
  const login = await post('/auth/login', { email, password });
  expect([login.status, login.headers.getSetCookie().length]).toEqual([200, 2]);
  const cookie = cookieOf(login);
  expect(await (await get('/api/profile', cookie)).json()).toMatchObject({ user: { email } });
  await first.close();

  const second = await start();
  onTestFinished(() => second.close());
  const again = client(second.origin);
  expect(await (await again.get('/', cookie)).text()).toBe(`Hello ${email}`);
  const out = await fetch(`${second.origin}/auth/logout`, {
    method: 'POST',
    headers: { cookie, origin: second.origin },
  });
  expect(out.status).toBe(204);
  expect((await again.get('/api/profile', cookie)).status).toBe(401);
});

it('names no module of Node', async () => {
  expect([...(await bundled()).matchAll(/(?:from|import\()\s*["'](node:[^"']+)/g)].map(([, name]) => name)).toEqual([]);
});
