import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './child.ts';

/**
 * - `pass`: bytes go through.
 * - `hold`: connections stay open, and nothing goes through until the next mode.
 * - `lose-answers`: what the client asks arrives; the first bytes of the answer cut the connection instead of arriving.
 * - `refuse`: every connection is cut, and new ones at once.
 */
export type ProxyMode = 'pass' | 'hold' | 'lose-answers' | 'refuse';

export interface Proxy {
  readonly port: number;
  set(mode: ProxyMode): void;
  /** Answers that were lost so far. */
  readonly lost: () => number;
  stop(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** A wire on loopback that can be cut at the worst moment. */
export const startProxy = async ({ to }: { readonly to: number }): Promise<Proxy> => {
  const pairs = new Set<Pair>();
  let mode: ProxyMode = 'pass';
  let lost = 0;
  const cut = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  };
  const accept = (client: Socket): void => {
    if (mode === 'refuse') {
      client.destroy();
      return;
    }
    const server = connect(to, '127.0.0.1');
    const pair = { client, server };
    pairs.add(pair);
    for (const end of [client, server]) {
      end.setNoDelay(true);
      end.once('close', () => cut(pair));
      end.on('error', () => cut(pair));
      if (mode === 'hold') end.pause();
    }
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => {
      if (mode !== 'lose-answers') {
        client.write(bytes);
        return;
      }
      lost += 1;
      cut(pair);
    });
  };
  const listener = createServer(accept);
  const port = await freePort();
  await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve));
  return {
    port,
    lost: () => lost,
    set: (next) => {
      mode = next;
      for (const pair of pairs) {
        if (next === 'refuse') cut(pair);
        else if (next === 'hold') for (const end of [pair.client, pair.server]) end.pause();
        else for (const end of [pair.client, pair.server]) end.resume();
      }
    },
    stop: async () => {
      for (const pair of pairs) cut(pair);
      await new Promise((resolve) => listener.close(resolve));
    },
  };
};
