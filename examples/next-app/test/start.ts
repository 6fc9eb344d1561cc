import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = fileURLToPath(new URL('..', import.meta.url));
const root = join(folder, '../..');
const run = promisify(execFile);
const next = join(dirname(createRequire(import.meta.url).resolve('next/package.json')), 'dist/bin/next');
const { PATH, HOME } = process.env;
const quiet = { PATH, HOME, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' as const };

/** Next sees packages as they are published. Where a whole build has run before, they are there. */
const buildPackages = async (): Promise<void> => {
  for (const name of ['core', 'argon2', 'next', 'postgres', 'redis']) {
    const cwd = join(root, 'packages', name);
    if (existsSync(join(cwd, 'dist/index.js'))) continue;
    await run(process.execPath, [join(root, 'node_modules/tsup/dist/cli-default.js'), '--no-dts'], { cwd });
  }
};

export const buildApp = async (): Promise<void> => {
  await buildPackages();
  await run(process.execPath, [next, 'build'], { cwd: folder, env: quiet });
};

export interface StartedApp {
  readonly origin: string;
  /** What it has printed so far. */
  printed(): string;
  stop(): Promise<unknown>;
}

/** What runs, reached under the origin that it was told; `more` is the environment that names databases. */
export const startApp = async (more: Readonly<Record<string, string>> = {}): Promise<StartedApp> => {
  const port = await freePort();
  const env = { ...quiet, ...more, PORT: String(port), AUTH_SECRETS: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk' };
  const args = [next, 'start', '--hostname', '127.0.0.1', '--port', String(port)];
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: 'pipe' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const stop = (): Promise<unknown> => {
    child.kill('SIGKILL');
    return ended;
  };
  // What `src/instrumentation.ts` does is done by then.
  const ready = (async () => {
    while (!text.includes('accounts and sessions are in')) await new Promise((resolve) => setTimeout(resolve, 50));
    return true;
  })();
  if ((await Promise.race([ready, ended])) === true)
    return { origin: `http://localhost:${port}`, printed: () => text, stop };
  throw new Error(`next start ended before it was ready:\n${text}`);
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
