import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli } from '../src/cli.ts';
import { attacks } from '../src/index.ts';
import { withSessions } from './fixture/profiles.ts';
import { type Fixture, serveFixture } from './fixture/serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-attacks-'));
let fixture: Fixture;
beforeAll(async () => {
  fixture = await serveFixture();
  writeFileSync(join(folder, 'profile.json'), JSON.stringify(withSessions));
});
afterAll(() => {
  fixture.stop();
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
  expect((await run('http://127.0.0.1:1', ...profile, '--only', 'SES-09')).status).toBe(2);
});

it('ends with 2, and says why, for what it cannot or may not do', async () => {
  expect(await run('https://example.com')).toMatchObject({
    status: 2,
    text: expect.stringContaining('is not this computer'),
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
