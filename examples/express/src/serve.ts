import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDemo, type Demo, type DemoOptions } from './app.ts';

export interface ServeOptions extends Omit<DemoOptions, 'origin'> {
  /** 0 = any that is free. */
  readonly port: number;
  /** The same demo on another framework. */
  readonly listenerOf?: (demo: Demo) => RequestListener;
}

export interface Running extends Demo {
  readonly origin: string;
  /** Stops accepting, answers what was asked, and waits for the work that outlives the answers. */
  close(): Promise<void>;
}

/** Only this computer can connect: the outbox shows links that open accounts. */
const address = '127.0.0.1';

/** Resolves when the demo answers. The origin has to name the port, so the demo is made once the port is known. */
export const serve = async ({ port, listenerOf = ({ app }) => app, ...options }: ServeOptions): Promise<Running> => {
  const server = createServer();
  const demo = await new Promise<Demo & { readonly origin: string }>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
      try {
        const made = createDemo({ ...options, origin });
        server.on('request', listenerOf(made));
        resolve({ ...made, origin });
      } catch (error) {
        server.close();
        reject(error);
      }
    });
  });
  return {
    ...demo,
    close: async () => {
      await stop(server);
      await demo.auth.drain();
    },
  };
};

/** Long enough for an honest request, short enough for a person who pressed Ctrl-C. */
const patienceMs = 3_000;

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    // A connection that was busy when the server closed is kept alive for its next request, which will not come.
    const idle = setInterval(() => server.closeIdleConnections(), 100);
    const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(cut);
      resolve();
    });
  });
