import { chownSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findPgBouncer } from './binaries.ts';
import { freePort, type Server, temporaryFolder, unprivileged } from './child.ts';
import { serve } from './serve.ts';

export interface PgBouncerOptions {
  /** Where the database listens on loopback. */
  readonly postgresPort: number;
  /** Connections to the database; small, so that clients share them. */
  readonly poolSize?: number;
}

const connects = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** PgBouncer in transaction mode: each statement may meet another connection of the database. */
export const startPgBouncer = async ({ postgresPort, poolSize = 5 }: PgBouncerOptions): Promise<Server> => {
  const file = findPgBouncer();
  if (file === null) throw new Error('PgBouncer is not installed');
  const as = unprivileged();
  const folder = temporaryFolder('pgbouncer', as);
  const port = await freePort();
  const users = join(folder, 'users.txt');
  const settings = join(folder, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `* = host=127.0.0.1 port=${postgresPort}`,
    '[pgbouncer]',
    'listen_addr=127.0.0.1',
    `listen_port=${port}`,
    'unix_socket_dir=',
    'auth_type=trust',
    `auth_file=${users}`,
    'pool_mode=transaction',
    'max_client_conn=200',
    `default_pool_size=${poolSize}`,
    'ignore_startup_parameters=extra_float_digits',
  ];
  writeFileSync(users, '"postgres" ""\n');
  writeFileSync(settings, `${lines.join('\n')}\n`);
  for (const path of [users, settings])
    if (as.uid !== undefined && as.gid !== undefined) chownSync(path, as.uid, as.gid);
  return serve({
    name: 'PgBouncer',
    folder,
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    program: { file, args: [settings], cwd: folder, as },
    stopSignal: 'SIGKILL',
    killSignal: 'SIGKILL',
    isReady: () => connects(port),
  });
};
