import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { client, secrets } from './client.ts';
import { linkTo, mailServer } from './mail-server.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const main = ['--conditions=@sallyport/source', 'examples/express/src/main.ts'];
/** One process, which hears every signal itself. */
const direct = ['--import', import.meta.resolve('tsx'), ...main];
/** What `pnpm demo` runs: a process that starts another one. */
const throughTsx = [fileURLToPath(import.meta.resolve('tsx/cli')), ...main];

interface Started {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly output: () => string;
  /** Resolves with the first line that matches; rejects when the process ends before. */
  readonly line: (pattern: RegExp) => Promise<string>;
  /** Exit code, or the signal that killed it. */
  readonly ended: Promise<number | string | null>;
}

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

const start = (environment: Record<string, string>, command: readonly string[] = direct): Started => {
  const {
    AUTH_SECRETS: _secrets,
    DEMO_EVENTS: _events,
    DATABASE_URL: _database,
    REDIS_URL: _cache,
    SMTP_URL: _smtp,
    MAIL_FROM: _from,
    ...inherited
  } = process.env;
  const child = spawn(process.execPath, command, { cwd: root, env: { ...inherited, ...environment } });
  running.add(child);
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return code ?? signal;
  });
  const line = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = text.split('\n').find((one) => pattern.test(one));
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error(`ended without ${pattern}:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, output: () => text, line, ended };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const refusesConnections = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    }).on('error', () => resolve(true));
  });

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('says when it is ready, serves, and exits 0 on %s', async (signal) => {
    const port = await freePort();
    const demo = start({ PORT: String(port) });
    expect(await demo.line(/listening/)).toBe(`listening on http://localhost:${port}`);
    expect(demo.output()).toContain('sessions end with this process');
    expect(demo.output()).toContain('accounts and sessions are in memory');
    expect(demo.output()).toContain('mails go to the outbox');
    const answer = await client(`http://localhost:${port}`).get('/api/profile');
    expect(answer.status).toBe(401);
    demo.child.kill(signal);
    expect(await demo.ended).toBe(0);
    expect(await refusesConnections(port)).toBe(true);
  });

  it('runs as the script does', async () => {
    const port = await freePort();
    const demo = start({ PORT: String(port) }, throughTsx);
    expect(await demo.line(/listening/)).toBe(`listening on http://localhost:${port}`);
    expect((await client(`http://localhost:${port}`).get('/')).status).toBe(200);
    demo.child.kill('SIGTERM');
    // tsx passes the signal on, and kills what has not answered it within 60 ms: on a busy machine that is 128 + 15.
    expect([0, 143]).toContain(await demo.ended);
  });

  it('ends in time beside a client that keeps its connection busy', async () => {
    const port = await freePort();
    const demo = start({ PORT: String(port) });
    await demo.line(/listening/);
    const idler = connect(port, '127.0.0.1');
    idler.on('error', () => {});
    idler.write(
      'POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
    );
    await once(idler, 'connect');
    await new Promise((resolve) => setTimeout(resolve, 100));
    demo.child.kill('SIGTERM');
    expect(await demo.ended).toBe(0);
    idler.destroy();
  });

  it('takes the secrets it is given, and prints events when asked, without addresses of mailboxes or links', async () => {
    const port = await freePort();
    const demo = start({ PORT: String(port), AUTH_SECRETS: secrets, DEMO_EVENTS: '1' });
    await demo.line(/listening/);
    const body = { email: 'eve@example.com', password: 'correct horse battery staple' };
    expect((await client(`http://localhost:${port}`).post('/auth/register', body)).status).toBe(202);
    await demo.line(/"register\.requested"/);
    expect(demo.output()).not.toMatch(/sessions end|eve@|token=/);
    demo.child.kill('SIGTERM');
    expect(await demo.ended).toBe(0);
  });

  it('sends mails to the server that it is given, and those under way before it ends', async () => {
    const server = await mailServer({ takesMs: 1_000 });
    const port = await freePort();
    const demo = start({ PORT: String(port), SMTP_URL: server.url, MAIL_FROM: 'demo@example.com' });
    await demo.line(/listening/);
    expect(demo.output()).toContain(`mails go to ${server.url.slice('smtp://'.length)}`);
    const body = { email: 'late@example.com', password: 'correct horse battery staple' };
    expect((await client(`http://localhost:${port}`).post('/auth/register', body)).status).toBe(202);
    expect(server.letters).toEqual([]);
    demo.child.kill('SIGTERM');
    expect(await demo.ended).toBe(0);
    expect(linkTo(server, 'late@example.com')).toContain(`http://localhost:${port}/verify?token=`);
    await server.close();
  });

  it.each([
    [{ PORT: 'http' }, 'PORT is no port: http'],
    [{ PORT: '70000' }, 'PORT is no port: 70000'],
    [{ PORT: '0', AUTH_SECRETS: 'hunter2' }, /secrets \[secret_/],
    [{ PORT: '0', DATABASE_URL: 'postgres://127.0.0.1:1/a' }, /DATABASE_URL names no database that answers/],
    [{ PORT: '0', SMTP_URL: 'localhost:25' }, /SMTP_URL: It is no smtp:/],
    [{ PORT: '0', SMTP_URL: 'smtp://127.0.0.1:1' }, /SMTP_URL names no server that takes our mail: /],
    [{ PORT: '0', SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'me' }, /MAIL_FROM: It is not one plain address/],
  ])('says what is wrong with %o and exits 1', async (environment, complaint) => {
    const demo = start(environment as Record<string, string>);
    expect(await demo.ended).toBe(1);
    expect(demo.output()).toMatch(complaint);
    expect(demo.output()).not.toMatch(/\n\s+at /);
  });

  it('says that the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const demo = start({ PORT: String((holder.address() as AddressInfo).port) });
    expect(await demo.ended).toBe(1);
    expect(demo.output()).toContain('EADDRINUSE');
    holder.close();
  });
});
