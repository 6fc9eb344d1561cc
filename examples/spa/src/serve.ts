import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Api, type ApiOptions, createApi } from './api.ts';
import { createOrders } from './orders.ts';
import type { Origins } from './origins.ts';
import { createPage } from './page.ts';

export interface ServeOptions extends Omit<ApiOptions, 'origins'> {
  /** 0 = any that is free. */
  readonly ports: { readonly app: number; readonly api: number; readonly orders: number };
  /** Stands before the API: for tests of what goes wrong on the way. */
  readonly before?: (api: RequestListener) => RequestListener;
}

export interface Running {
  readonly origins: Origins;
  readonly auth: Api['auth'];
  close(): Promise<void>;
}

interface Listening {
  readonly origin: string;
  serve(listener: RequestListener): void;
  close(): Promise<void>;
}

/** Only this computer can connect. */
const address = '127.0.0.1';

/** Resolves when all three answer. Each has to know the ports of the others, so the ports come first. */
export const serve = async ({ ports, before = (api) => api, ...options }: ServeOptions): Promise<Running> => {
  const open: Listening[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.map((one) => one.close()));
  };
  try {
    for (const port of [ports.app, ports.api, ports.orders]) open.push(await listen(port));
    const [app, api, orders] = open;
    if (app === undefined || api === undefined || orders === undefined) throw new Error('three ports are needed');
    const origins = { app: app.origin, api: api.origin, orders: orders.origin };
    const { app: routes, auth } = createApi({ ...options, origins });
    api.serve(before(routes));
    orders.serve(createOrders(origins, options.clock?.now));
    app.serve(await createPage(origins));
    return {
      origins,
      auth,
      close: async () => {
        await close();
        await auth.drain();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const listen = (port: number): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, address, () => {
      resolve({
        origin: `http://localhost:${(server.address() as AddressInfo).port}`,
        serve: (listener) => server.on('request', listener),
        close: () => stop(server),
      });
    });
  });

/** Long enough for an honest request, short enough for a person who pressed Ctrl-C. */
const patienceMs = 3_000;

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
