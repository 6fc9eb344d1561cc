import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type {} from '../../../tools/services/global-setup.ts';
import type { Report, Verdict } from '../src/index.ts';
import type { Beside } from './peers/better-auth/beside.ts';

const services = inject('services');
const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(new URL('../../../docs/reference/better-auth.md', import.meta.url), 'utf8');

const freshDatabase = async (server: string): Promise<string> => {
  const name = `better_auth_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return Object.assign(new URL(server), { pathname: `/${name}` }).href;
};

/** A process of its own: its clock is moved, and it runs as in production. */
const ran = async <T>(server: string, ...args: string[]): Promise<T> => {
  const { PATH = '' } = process.env;
  const env = { PATH, NODE_ENV: 'production', DATABASE_URL: await freshDatabase(server) };
  const file = 'packages/attacks/test/peers/better-auth/run.ts';
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@sallyport/source', file, ...args], {
    cwd: root,
    env,
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const exit = await new Promise((resolve) => child.on('close', resolve));
  if (exit !== 0) throw new Error(`the run of Better Auth ended with ${exit}:\n${err}`);
  return JSON.parse(out) as T;
};

const cells: Readonly<Record<string, Verdict>> = { found: 'finding', held: 'held', '–': 'not applicable' };

/** What the page says of each attack, in the column of one setup. */
const published = (column: 0 | 1): Readonly<Record<string, Verdict | undefined>> =>
  Object.fromEntries(
    [...page.matchAll(/^\| `([A-Z]+-\d+)` \| (\S+) \| (\S+) \|/gm)].map(([, id, ...two]) => [
      id,
      cells[two[column] ?? ''],
    ]),
  );

const seen = ({ results }: Report, of: readonly string[]): Readonly<Record<string, Verdict>> =>
  Object.fromEntries(
    results
      .filter(({ id, verdict }) => verdict === 'finding' || of.includes(id))
      .map(({ id, verdict }) => [id, verdict]),
  );

const countsOf = ({ results }: Report): string => {
  const count = (verdict: Verdict): number => results.filter((one) => one.verdict === verdict).length;
  return `${count('held')} held, ${count('finding')} found, ${count('not applicable')} not applicable, ${count('inconclusive')} inconclusive`;
};

describe.skipIf(services.postgres === null)(
  `Better Auth${services.missing === null ? '' : ` (skipped: ${services.missing})`}`,
  () => {
    let defaults: Report;
    let options: Report;
    let beside: Beside;
    beforeAll(async () => {
      const server = services.postgres ?? '';
      const run = async (setup: string): Promise<Report> => ran(server, '--quick', '--json', '--setup', setup);
      [defaults, options] = await Promise.all([run('defaults'), run('options')]);
      beside = await ran<Beside>(server, '--beside');
    }, 600_000);

    it('is the version that the page names', () => {
      const file = new URL('../node_modules/better-auth/package.json', import.meta.url);
      const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
      expect(page).toContain(`Better Auth ${version}`);
    });

    it('shows with its defaults exactly the findings of the page', () => {
      const rows = published(0);
      expect(seen(defaults, Object.keys(rows))).toEqual(rows);
      expect(page).toContain(countsOf(defaults));
    });

    it('shows with every option exactly the findings of the page', () => {
      const rows = published(1);
      expect(seen(options, Object.keys(rows))).toEqual(rows);
      expect(page).toContain(countsOf(options));
    });

    it('does beside the suite what the page says', () => {
      expect(beside).toEqual({
        resetTokenIsReadable: true,
        sessionCookieIsReadable: false,
        magicLinkSkipsSecondFactor: true,
      } satisfies Beside);
    });
  },
);
