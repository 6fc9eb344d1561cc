import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attacks } from '@sallyport/attacks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, start } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-cli-attack-'));
const profile = join(folder, 'profile.json');
let server: Server;
let url = '';

/** An application in thirty lines: sessions by a cookie that any script can read. */
beforeAll(async () => {
  const people = new Map<string, string>();
  const sessions = new Map<string, string>();
  server = createServer(async (req, res) => {
    let text = '';
    for await (const chunk of req) text += chunk;
    const { mail = '', word = '' } = text.startsWith('{') ? JSON.parse(text) : {};
    if (req.url === '/signup') people.set(mail, word);
    const opens = req.url === '/signin' && people.get(mail) === word;
    const id = crypto.randomUUID();
    if (opens) {
      sessions.set(id, mail);
      res.setHeader('set-cookie', `sid=${id}; Path=/; Secure`);
    }
    const user = sessions.get(/sid=([^;]+)/.exec(req.headers.cookie ?? '')?.[1] ?? '');
    const isRefused = (req.url === '/signin' && !opens) || (req.url === '/me' && user === undefined);
    res.writeHead(isRefused ? 401 : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ user }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const body = { mail: '{email}', word: '{password}' };
  const steps = {
    register: { method: 'POST', path: '/signup', body },
    login: { method: 'POST', path: '/signin', body },
    session: { method: 'GET', path: '/me' },
  };
  writeFileSync(profile, JSON.stringify({ name: 'small', session: { cookie: 'sid' }, steps }));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

describe('attack', () => {
  it('is started as a program: 1 and a table for what it has found, and JUnit beside it', async () => {
    const junit = join(folder, 'report.xml');
    const args = ['attack', url, '--profile', profile, '--only', 'SES-09,SES-40', '--junit', junit];
    const { exit, out, err } = await start(args);
    expect([exit, err]).toEqual([1, '']);
    expect(out).toContain('1 held, 1 finding');
    expect(readFileSync(junit, 'utf8')).toContain('failures="1"');
  });

  it('is 0 where nothing was found, with the whole report as JSON', async () => {
    const { exit, out } = await run(['attack', url, '--profile', profile, '--only', 'SES-40', '--json']);
    expect(exit).toBe(0);
    const { profile: name, results } = JSON.parse(out);
    expect([name, results.map((one: { id: string; verdict: string }) => `${one.id} ${one.verdict}`)]).toEqual([
      'small',
      ['SES-40 held'],
    ]);
  });

  it('skips with a reason, again and again', async () => {
    const skips = ['--skip', 'SES-40=behind a proxy', '--skip', 'SES-09=a page needs it'];
    const { exit, out } = await run(['attack', url, '--profile', profile, '--only', 'SES-09,SES-40', ...skips]);
    expect(exit).toBe(2);
    for (const reason of ['behind a proxy', 'a page needs it']) expect(out).toContain(`skipped: ${reason}`);
  });

  it.each([
    ['of another host', ['https://example.com'], '--allow example.com'],
    ['where nothing answers', ['http://127.0.0.1:1'], 'nothing answers at http://127.0.0.1:1: connect ECONNREFUSED'],
    ['without a place for its report', ['http://127.0.0.1:1', '--junit', '/nowhere/report.xml'], '--junit: cannot be'],
    ['of no URL', ['nonsense'], 'Invalid URL'],
    ['without a reason', ['http://localhost', '--skip', 'SES-09'], 'ID=REASON'],
    ['of an unknown attack', ['http://127.0.0.1:1', '--only', 'SES-9'], 'no attack or class is called SES-9'],
    ['of an odd rate', ['http://localhost', '--rate', '0'], '--rate'],
    ['without its profile', ['http://localhost', '--profile', '/nowhere/profile.json'], 'ENOENT'],
  ])('is not understood %s: 2', async (_what, args, word) => {
    const { exit, out, err } = await run(['attack', ...args]);
    expect([exit, out]).toEqual([2, '']);
    expect(err).toContain(word);
  });

  it('lists what there is', async () => {
    const { exit, out } = await run(['attack', 'list']);
    expect([exit, out.trim().split('\n').length]).toEqual([0, attacks.length]);
    const json = JSON.parse((await run(['attack', 'list', '--json'])).out);
    expect(json.map(({ id }: { id: string }) => id)).toEqual(attacks.map(({ id }) => id));
  });
});
