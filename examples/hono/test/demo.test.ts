import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const password = 'correct horse battery staple';
const { missing, postgres, redis } = inject('services');
const ending: (() => void)[] = [];
let url = '';

/** As the README says; what it printed before it listened, and where that is. */
const start = async (
  more: Readonly<Record<string, string>>,
): Promise<{ readonly origin: string; readonly said: string }> => {
  const args = ['--import', 'tsx', '--conditions=@sallyport/source', 'examples/hono/src/main.ts'];
  const { PATH } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH, PORT: '0', ...more },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ending.push(() => child.kill('SIGKILL'));
  const said: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    said.push(line);
    const [, origin] = /^listening on (.+)$/.exec(line) ?? [];
    if (origin !== undefined) return { origin, said: said.join('\n') };
  }
  throw new Error('the demo ended before it listened');
};

beforeAll(async () => {
  url = (await start({})).origin;
}, 60_000);
afterAll(() => {
  for (const end of ending) end();
});

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url + path, { redirect: 'manual', ...init });
const cookieOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((one) => one.split(';', 1))
    .join('; ');

const tellStory = async (origin: string, email: string): Promise<void> => {
  const at = (path: string, init: RequestInit = {}): Promise<Response> => fetch(origin + path, init);
  const post = (path: string, body: unknown, cookie = ''): Promise<Response> =>
    at(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin, ...(cookie === '' ? {} : { cookie }) },
    });
  expect((await at('/api/profile')).status).toBe(401);
  const registered = await post('/auth/register', { email, password });
  expect(registered.status).toBe(202);
  let token: string | null = null;
  while (token === null) {
    const mails = (await (await at('/outbox.json')).json()) as readonly { readonly to: string; readonly url: string }[];
    token = new URL(mails.find(({ to }) => to === email)?.url ?? origin).searchParams.get('token');
  }
  expect((await post('/auth/verify-email', { token }, cookieOf(registered))).status).toBe(204);
  const login = await post('/auth/login', { email, password });
  expect(login.headers.getSetCookie()).toHaveLength(2);
  const cookie = cookieOf(login);
  expect(await (await at('/api/profile', { headers: { cookie } })).json()).toMatchObject({
    user: { email },
    session: { aal: 1 },
  });
  expect((await at('/auth/session', { headers: { cookie } })).headers.get('cache-control')).toBe('no-store');
};

it('tells the story of the demo, started as the README says', () => tellStory(url, 'alice@example.com'));

it.skipIf(missing !== null)('tells it on Postgres and Redis', async () => {
  const { origin, said } = await start({ DATABASE_URL: postgres ?? '', REDIS_URL: redis ?? '' });
  expect(said).toContain('accounts and sessions are in Postgres and Redis');
  await tellStory(origin, `${randomUUID()}@example.com`);
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
