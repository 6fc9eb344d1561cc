import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findPostgres } from './binaries.ts';
import { type Server, temporaryFolder, unprivileged } from './child.ts';
import { onFreePort, serve } from './serve.ts';

/** A start-up message (protocol 3.0): its answer begins with `R` once sessions are accepted. */
const hello = (): Buffer => {
  const body = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(hello()));
    const answer = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.setTimeout(500, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('data', (bytes) => answer(bytes.toString('latin1', 0, 1) === 'R'));
    socket.once('end', () => answer(false));
  });

export interface PostgresOptions {
  /** Settings beyond the defaults of a test, e.g. `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * A PostgreSQL of its own, by trust for user `postgres`. Commits are not forced to disk, but written to the system before
 * they are answered: they outlive the process, though not the machine.
 */
export const startPostgres = async ({ settings = {} }: PostgresOptions = {}): Promise<Server> => {
  const binaries = findPostgres();
  if (binaries === null) throw new Error('PostgreSQL is not installed');
  const as = unprivileged();
  const folder = temporaryFolder('postgres', as);
  const data = join(folder, 'data');
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  const { PATH } = process.env;
  const made = spawnSync(join(binaries, 'initdb'), init, {
    ...as,
    cwd: folder,
    encoding: 'utf8',
    env: { PATH, LC_ALL: 'C', TZ: 'UTC' },
  });
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.stderr || made.error}`);
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    full_page_writes: 'off',
    max_connections: '200',
    ...settings,
  };
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return onFreePort((port) =>
    serve({
      name: 'PostgreSQL',
      folder,
      port,
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      program: { file: join(binaries, 'postgres'), args: ['-D', data, '-p', `${port}`, ...options], cwd: folder, as },
      stopSignal: 'SIGINT',
      killSignal: 'SIGQUIT',
      isReady: () => accepts(port),
    }),
  );
};
