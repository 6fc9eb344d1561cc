import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
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
  for (const name of ['core', 'argon2', 'next']) {
    const cwd = join(root, 'packages', name);
    if (existsSync(join(cwd, 'dist/index.js'))) continue;
    await run(process.execPath, [join(root, 'node_modules/tsup/dist/cli-default.js'), '--no-dts'], { cwd });
  }
};

export const buildApp = async (): Promise<void> => {
  await buildPackages();
  await run(process.execPath, [next, 'build'], { cwd: folder, env: quiet });
};

/** What runs, reached under the origin that it was told. */
export const startApp = async (): Promise<{ readonly origin: string; stop(): void }> => {
  const port = await freePort();
  const env = { ...quiet, PORT: String(port), AUTH_SECRETS: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk' };
  const args = [next, 'start', '--hostname', '127.0.0.1', '--port', String(port)];
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = (): void => void child.kill('SIGKILL');
  for await (const line of createInterface(child.stdout)) {
    if (/Ready in/.test(line)) return { origin: `http://localhost:${port}`, stop };
  }
  throw new Error('next start ended before it was ready');
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
