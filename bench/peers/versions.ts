import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findPostgres, findRedis } from '../../tools/services/binaries.ts';
import { findWrk } from './wrk.ts';

const packages = [
  'better-auth',
  'express-session',
  'connect-redis',
  'iron-session',
  'jsonwebtoken',
  'jose',
  'bcrypt',
  'express',
  'pg',
  'redis',
];

/** What was measured, as it is installed. */
export const versions = (root: string): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(packages.map((name) => [name, installed(root, name)])),
  PostgreSQL: numberIn(join(findPostgres() ?? '', 'postgres')),
  Redis: numberIn(findRedis() ?? ''),
  wrk: numberIn(findWrk() ?? ''),
});

const installed = (root: string, name: string): string => {
  const file = join(root, 'bench/node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
};

/** wrk tells its version, and ends with 1. */
const numberIn = (file: string): string =>
  existsSync(file) || dirname(file) === '.'
    ? (/\d+\.[\d.]+/.exec(spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout)?.[0] ?? 'unknown')
    : 'unknown';
