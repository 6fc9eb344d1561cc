import { execFile, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Habits, Running } from './transports.ts';
import { sendTo } from './wire.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const next = join(dirname(createRequire(import.meta.url).resolve('next/package.json')), 'dist/bin/next');
const { PATH, HOME } = process.env;
const env = { PATH, HOME, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' as const };

/** Files of the App Router. */
const routes: Readonly<Record<string, string>> = {
  'auth/[...path]': 'export const { GET, POST, DELETE, PUT, PATCH, OPTIONS } = host.handlers;',
  me: 'export const GET = host.me;',
  strong: 'export const GET = host.strong;',
  own: 'export const POST = host.own;',
  'admin/panel': 'export const GET = host.panel, POST = host.panel;',
  'test/mails': 'export const GET = host.inspect;',
  'test/runs': 'export const GET = host.inspect;',
};

const config = `export default {
  turbopack: { root: ${JSON.stringify(root)} },
  poweredByHeader: false,
  skipTrailingSlashRedirect: true,
};`;

export const nextHabits: Habits = {
  // Its payloads of pages differ by these, and a cache may keep an answer of a route for as long as it says.
  line: 'vary: rsc, next-router-state-tree, next-router-prefetch, next-router-segment-prefetch',
  // Methods that a file of routes cannot export.
  first: { 'PROPFIND /auth/session': '400\n\n' },
  redirects: 308,
};

/** Of our sources: its bundler knows neither their condition nor their endings. */
const writeApp = async (folder: string): Promise<void> => {
  await build({
    entryPoints: [fileURLToPath(new URL('next-host.ts', import.meta.url))],
    outfile: join(folder, 'host.mjs'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@sallyport/source'],
    external: ['next/*', 'react'],
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'next.config.mjs'), config);
  for (const [path, exported] of Object.entries(routes)) {
    const up = '../'.repeat(path.split('/').length + 1);
    mkdirSync(join(folder, 'app', path), { recursive: true });
    writeFileSync(join(folder, 'app', path, 'route.js'), `import * as host from '${up}host.mjs';\n${exported}\n`);
  }
};

/** Built and served as an application is, in a folder that goes with it. */
export const nextApp = async (): Promise<Running> => {
  // Beside the dependencies of this package, so that Next is found.
  const folder = fileURLToPath(new URL(`../../node_modules/.next-${process.pid}`, import.meta.url));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    await writeApp(folder);
    await promisify(execFile)(process.execPath, [next, 'build'], { cwd: folder, env });
    const { port, stop } = await served(folder);
    const close = async (): Promise<void> => {
      await stop();
      remove();
    };
    return { send: sendTo(port), close };
  } catch (error) {
    remove();
    throw error;
  }
};

const served = async (cwd: string): Promise<{ readonly port: number; stop(): Promise<unknown> }> => {
  const args = [next, 'start', '--hostname', '127.0.0.1', '--port', '0'];
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = (): Promise<unknown> => {
    child.kill('SIGKILL');
    return ended;
  };
  let port = 0;
  for await (const line of createInterface(child.stdout)) {
    port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? port);
    if (/Ready in/.test(line)) return { port, stop };
  }
  throw new Error('next start ended before it was ready');
};
