import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const password = 'correct horse battery staple';
const email = 'alice@example.com';
const ending: (() => void)[] = [];
let url = '';

beforeAll(async () => {
  const args = ['--import', 'tsx', '--conditions=@sallyport/source', 'examples/hono/src/main.ts'];
  const { PATH } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ending.push(() => child.kill('SIGKILL'));
  for await (const line of createInterface(child.stdout)) {
    const [, origin] = /^listening on (.+)$/.exec(line) ?? [];
    if (origin === undefined) continue;
    url = origin;
    ending.push(() => child.kill('SIGTERM'));
    return;
  }
  throw new Error('the demo ended before it listened');
}, 60_000);
afterAll(() => {
  for (const end of ending) end();
});

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url + path, { redirect: 'manual', ...init });
const post = (path: string, body: unknown, cookie = ''): Promise<Response> =>
  ask(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', origin: url, ...(cookie === '' ? {} : { cookie }) },
  });
const cookieOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((one) => one.split(';', 1))
    .join('; ');

it('tells the story of the demo, started as the README says', async () => {
  expect((await ask('/api/profile')).status).toBe(401);
  const registered = await post('/auth/register', { email, password });
  expect(registered.status).toBe(202);
  let token: string | null = null;
  while (token === null) {
    const mails = (await (await ask('/outbox.json')).json()) as readonly {
      readonly to: string;
      readonly url: string;
    }[];
    token = new URL(mails.find(({ to }) => to === email)?.url ?? url).searchParams.get('token');
  }
  expect((await post('/auth/verify-email', { token }, cookieOf(registered))).status).toBe(204);
  const login = await post('/auth/login', { email, password });
  expect(login.headers.getSetCookie()).toHaveLength(2);
  const profile = await ask('/api/profile', { headers: { cookie: cookieOf(login) } });
  expect(await profile.json()).toMatchObject({ user: { email }, session: { aal: 1 } });
  expect((await ask('/auth/session', { headers: { cookie: cookieOf(login) } })).headers.get('cache-control')).toBe(
    'no-store',
  );
});

it.each(['/', '/verify', '/reset', '/change-email', '/revert-email', '/outbox'])(
  '%s is HTML under the policy of the demo',
  async (path) => {
    const answer = await ask(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await answer.text()).toContain('<html data-mail="outbox"');
  },
);

it('serves the files of the folder, and nothing else', async () => {
  const script = await ask('/assets/app.js');
  expect([script.status, script.headers.get('content-type'), script.headers.get('cache-control')]).toEqual([
    200,
    'text/javascript; charset=utf-8',
    'no-cache',
  ]);
  for (const path of ['/assets/none.js', '/assets/..%2findex.html', '/assets/', '/nowhere']) {
    const answer = await ask(path);
    expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 404, 'application/problem+json']);
  }
});

it('shows the outbox to this computer only', async () => {
  // fetch names the host itself: a name that resolves here is what a rebinding site uses.
  const { hostname, port } = new URL(url);
  expect(hostname).toBe('localhost');
  const { request } = await import('node:http');
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/outbox.json', headers: { host: `evil.example:${port}` } };
    request(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(404);
});
