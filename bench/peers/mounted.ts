import type { Server } from 'node:http';
import express from 'express';
import type { Backends, Contender, Mounted } from './contender.ts';
import type { Attempt, Login } from './logins.ts';

export interface Running extends Mounted {
  readonly url: string;
  stop(): Promise<void>;
}

/** A contender that answers on a free port of this process. */
export const running = async (contender: Contender, backends: Backends): Promise<Running> => {
  const app = express();
  const mounted = await contender.mount(app, backends);
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { ...mounted, url: `http://127.0.0.1:${portOf(server)}/me`, stop: () => stopped(server) };
};

/** The same for a login: `url` is the server's, without a path. */
export const mountedLogin = async (
  login: Login,
  backends: Backends,
): Promise<{ readonly url: string; readonly attempt: Attempt; stop(): Promise<void> }> => {
  const app = express();
  const attempt = await login.mount(app, backends);
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { url: `http://127.0.0.1:${portOf(server)}`, attempt, stop: () => stopped(server) };
};

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
};

const stopped = async (server: Server): Promise<void> => {
  const gone = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await gone;
};
