import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli } from '../src/cli.ts';
import { attacks } from '../src/index.ts';
import { withSessions } from './fixture/profiles.ts';
import { type Fixture, serveFixture } from './fixture/serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-attacks-'));
const running: Server[] = [];
let fixture: Fixture;
beforeAll(async () => {
  fixture = await serveFixture();
  writeFileSync(join(folder, 'profile.json'), JSON.stringify(withSessions));
});
afterAll(() => {
  fixture.stop();
  for (const one of running) one.close();
  rmSync(folder, { recursive: true });
});

const run = async (...args: string[]): Promise<{ readonly status: number; readonly text: string }> => {
  const lines: string[] = [];
  const status = await cli(args, (text) => lines.push(text));
  return { status, text: lines.join('\n') };
};

const profile = ['--profile', join(folder, 'profile.json')];

it('ends with 1 and writes what it has found', async () => {
  const files = { json: join(folder, 'report.json'), junit: join(folder, 'report.xml') };
  const { status, text } = await run(
    fixture.url,
    ...profile,
    '--only',
    'CSRF-01,SES-09',
    '--json',
    files.json,
    '--junit',
    files.junit,
  );
  expect([status, text]).toEqual([1, expect.stringContaining('1 held, 1 finding')]);
  expect(JSON.parse(readFileSync(files.json, 'utf8')).results.map((one: { id: string }) => one.id)).toEqual([
    'SES-09',
    'CSRF-01',
  ]);
  expect(readFileSync(files.junit, 'utf8')).toContain('failures="1"');
});

it('ends with 0 where nothing was found', async () => {
  expect((await run(fixture.url, ...profile, '--only', 'SES-09')).status).toBe(0);
});

it('ends with 2 where nothing could be told', async () => {
  expect((await run(fixture.url, '--only', 'SES-09')).status).toBe(2);
});

it('ends with 2 and one line where nothing answers', async () => {
  const { status, text } = await run('http://127.0.0.1:1', ...profile);
  expect([status, text]).toEqual([2, 'nothing answers at http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1']);
});

/** The fixture behind a server that does something at one of its requests. */
const between = async (at: number, act: () => void): Promise<{ readonly url: string; readonly seen: () => number }> => {
  let requests = 0;
  const server = createServer((req, res) => {
    requests += 1;
    if (requests === at) act();
    const { method = '', url: path = '', headers } = req;
    const on = request(new URL(path, fixture.url), { method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(res);
    });
    req.pipe(on);
  });
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen: () => requests };
};

it('ends with 2 where the target stops answering, whatever held before', async () => {
  const { url } = await between(60, () => {
    for (const one of running) one.close();
    for (const one of running) one.closeAllConnections();
  });
  const { status, text } = await run(url, ...profile, '--only', 'SES-01,SES-09,SES-46,PWD-15,PWD-18,PWD-27');
  expect(text).toMatch(/[1-9] held, 0 finding/);
  expect([status, text]).toEqual([2, expect.stringContaining('Incomplete: the target has stopped answering.')]);
});

it('asks for nothing when a file cannot be written', async () => {
  const { url, seen } = await between(0, () => {});
  for (const option of ['--junit', '--json']) {
    const { status, text } = await run(url, ...profile, option, join(folder, 'nowhere', 'report'));
    expect([status, text]).toEqual([2, expect.stringMatching(`^${option}: cannot be written: ENOENT`)]);
  }
  expect(seen()).toBe(0);
});

it('prints a report whose file is gone in the end, complains and ends with 2', async () => {
  const gone = mkdtempSync(join(tmpdir(), 'sallyport-attacks-gone-'));
  const { url } = await between(3, () => rmSync(gone, { recursive: true }));
  const files = ['--junit', join(gone, 'report.xml'), '--json', join(gone, 'report.json')];
  const { status, text } = await run(url, ...profile, '--only', 'SES-09', ...files);
  expect(status).toBe(2);
  expect(text).toContain('1 held, 0 finding');
  for (const option of ['--junit', '--json']) expect(text).toContain(`${option}: cannot be written: ENOENT`);
});

it('ends with 2, and says why, for what it cannot or may not do', async () => {
  expect(await run('https://example.com')).toMatchObject({
    status: 2,
    text: expect.stringContaining('--allow example.com, or say that it is yours to attack, --i-own-this'),
  });
  expect(await run(fixture.url, '--outbox', 'https://mails.example/list')).toMatchObject({
    status: 2,
    text: expect.stringContaining('--allow mails.example'),
  });
  expect(await run(fixture.url, '--skip', 'SES-09')).toMatchObject({
    status: 2,
    text: expect.stringContaining('ID=REASON'),
  });
  expect(await run(fixture.url, '--rate', '0')).toMatchObject({ status: 2 });
  expect(await run(fixture.url, '--unknown')).toMatchObject({ status: 2 });
  expect(await run()).toMatchObject({ status: 2, text: expect.stringContaining('sallyport-attacks URL') });
});

it('lists the attacks', async () => {
  const { status, text } = await run('--list');
  expect([status, text.split('\n').length]).toEqual([0, attacks.length]);
});
