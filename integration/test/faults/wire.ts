import { connect, createServer, type Socket } from 'node:net';

/** A wire on loopback that fails at a chosen answer, or goes dead without a word. */
export interface Wire {
  readonly port: number;
  /** The n-th answer from now on, from 1, cuts its connection instead of arriving; what was asked has been done. */
  loseAnswer(n: number): void;
  /** Whether it was lost; nothing more is lost from here on. */
  disarm(): boolean;
  /** What is connected now is silent for ever, both ways, and stays open; who connects anew is served. */
  freeze(): void;
  stop(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

export const startWire = async ({ to }: { readonly to: number }): Promise<Wire> => {
  const pairs = new Set<Pair>();
  /** Answers until the one that is lost; 0 = none is. */
  let left = 0;
  let isLost = false;
  const cut = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  };
  const listener = createServer((client) => {
    const pair = { client, server: connect(to, '127.0.0.1') };
    pairs.add(pair);
    for (const socket of [pair.client, pair.server]) {
      socket.setNoDelay(true);
      socket.once('close', () => cut(pair));
      socket.on('error', () => cut(pair));
    }
    client.on('data', (bytes) => pair.server.write(bytes));
    pair.server.on('data', (bytes) => {
      if (left !== 1) {
        left = Math.max(0, left - 1);
        client.write(bytes);
        return;
      }
      left = 0;
      isLost = true;
      cut(pair);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    loseAnswer: (n) => {
      left = n;
      isLost = false;
    },
    disarm: () => {
      left = 0;
      return isLost;
    },
    freeze: () => {
      for (const { client, server } of pairs) for (const socket of [client, server]) socket.pause();
    },
    stop: async () => {
      for (const pair of pairs) cut(pair);
      await new Promise((resolve) => listener.close(resolve));
    },
  };
};
