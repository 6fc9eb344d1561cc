import { describe } from 'vitest';
import { findValkey } from '../../../tools/services/binaries.ts';
import type { Server } from '../../../tools/services/child.ts';
import { startRedis } from '../../../tools/services/redis.ts';
import { type Addresses, type Connection, ioredis, missing, nodeRedis, sharedRedis } from './clients.ts';
import { contractSuite, type Way } from './kit.ts';

const urlOf = (port: number): string => `redis://127.0.0.1:${port}`;

const single = (connect: (url: string) => Promise<Connection>, port: () => number): Omit<Way, 'start' | 'stop'> => ({
  primaries: () => [port()],
  connect: (proxied: Addresses) => connect(urlOf(proxied[`127.0.0.1:${port()}`]?.port ?? port())),
});

const shared = (connect: (url: string) => Promise<Connection>): Way => ({
  ...single(connect, () => Number(new URL(sharedRedis()).port)),
  start: async () => {},
  stop: async () => {},
});

const valkey = findValkey();
console.info(valkey === null ? 'left out  the contract on Valkey: no valkey-server found' : `Valkey: ${valkey}`);

const valkeyOf = (connect: (url: string) => Promise<Connection>): Way => {
  let server: Server | null = null;
  return {
    ...single(connect, () => server?.port ?? 0),
    start: async () => {
      server = await startRedis({ binary: valkey ?? '' });
    },
    stop: async () => server?.stop(),
  };
};

describe.skipIf(missing !== null)('one Redis', () => {
  contractSuite('node-redis', shared(nodeRedis));
  contractSuite(
    'node-redis with its offline queue',
    shared((url) => nodeRedis(url, 'offline queue')),
  );
  contractSuite('ioredis', shared(ioredis));
});

if (valkey !== null) {
  describe.skipIf(missing !== null)('one Valkey', () => {
    contractSuite('node-redis', valkeyOf(nodeRedis));
    contractSuite('ioredis', valkeyOf(ioredis));
  });
}
