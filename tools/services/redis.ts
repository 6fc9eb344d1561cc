import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findRedis } from './binaries.ts';
import { type Server, temporaryFolder } from './child.ts';
import { onFreePort, serve } from './serve.ts';

const run = promisify(execFile);

/** What `redis-cli` prints. */
export const redisCommand = async (port: number, ...command: readonly (string | number)[]): Promise<string> =>
  (await run('redis-cli', ['-p', `${port}`, ...command.map(String)], { timeout: 5_000 })).stdout.trim();

export interface RedisOptions {
  /** The server's binary; by default Redis. */
  readonly binary?: string;
  /** Settings as on the command line, e.g. `['--appendonly', 'yes']`. */
  readonly settings?: readonly string[];
}

/** A Redis of its own. It keeps nothing on disk unless the settings say so. */
export const startRedis = async ({ binary, settings = [] }: RedisOptions = {}): Promise<Server> => {
  const file = binary ?? findRedis();
  if (file === null) throw new Error('Redis is not installed');
  const folder = temporaryFolder('redis', {});
  // Replicas would wait five seconds for company before their first synchronisation.
  const own = ['--save', '', '--appendonly', 'no', '--repl-diskless-sync-delay', '0'];
  return onFreePort((port) =>
    serve({
      name: 'Redis',
      folder,
      port,
      url: `redis://127.0.0.1:${port}`,
      program: {
        file,
        args: ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, ...own, ...settings],
        cwd: folder,
        as: {},
      },
      stopSignal: 'SIGKILL',
      killSignal: 'SIGKILL',
      isReady: async () => (await redisCommand(port, 'PING')) === 'PONG',
    }),
  );
};
