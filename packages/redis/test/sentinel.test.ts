import { describe } from 'vitest';
import { type RedisSentinel, startRedisSentinel } from '../../../tools/services/redis-sentinel.ts';
import { type Addresses, type Connection, ioredisSentinel, missing, nodeRedisSentinel } from './clients.ts';
import { contractSuite, type Way } from './kit.ts';

const sentinelWay = (connect: (sentinel: RedisSentinel, proxied: Addresses) => Promise<Connection>): Way => {
  let started: RedisSentinel | null = null;
  const sentinel = (): RedisSentinel => {
    if (started === null) throw new Error('not started');
    return started;
  };
  return {
    start: async () => {
      started = await startRedisSentinel();
    },
    stop: () => sentinel().stop(),
    primaries: () => [sentinel().primary.port],
    connect: (proxied) => connect(sentinel(), proxied),
  };
};

describe.skipIf(missing !== null)('behind Sentinels', () => {
  contractSuite('node-redis', sentinelWay(nodeRedisSentinel), 3);
  contractSuite('ioredis', sentinelWay(ioredisSentinel), 3);
});
