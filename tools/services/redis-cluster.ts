import { type Server, until } from './child.ts';
import { type RedisOptions, redisCommand, startRedis } from './redis.ts';

export interface RedisCluster {
  /** Primaries first, then the replica of each, in the same order. */
  readonly nodes: readonly Server[];
  readonly primaries: readonly Server[];
  readonly replicas: readonly Server[];
  /** The node's name in the cluster. */
  idOf(node: Server): Promise<string>;
  /** Moves slots `from` to `to` (inclusive) with their keys, as a resharding does. */
  moveSlots(range: readonly [number, number], from: Server, to: Server): Promise<void>;
  stop(): Promise<void>;
}

const slots = 16_384;
const failureMs = 1_000;

/** Six nodes, three of them primaries. A primary that dies is replaced within some two seconds. */
export const startRedisCluster = async ({ binary }: RedisOptions = {}): Promise<RedisCluster> => {
  const size = 6;
  const half = size / 2;
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', `${failureMs}`];
  const options = { settings, ...(binary === undefined ? {} : { binary }) };
  const nodes = await Promise.all(Array.from({ length: size }, () => startRedis(options)));
  const [first, ...others] = nodes;
  const primaries = nodes.slice(0, half);
  const replicas = nodes.slice(half);
  const share = (n: number): number => Math.floor((n * slots) / half);
  await Promise.all(nodes.map(({ port }, n) => redisCommand(port, 'CLUSTER', 'SET-CONFIG-EPOCH', n + 1)));
  await Promise.all(
    primaries.map(({ port }, n) => redisCommand(port, 'CLUSTER', 'ADDSLOTSRANGE', share(n), share(n + 1) - 1)),
  );
  for (const { port } of others) await redisCommand(first?.port ?? 0, 'CLUSTER', 'MEET', '127.0.0.1', port);
  const says = (port: number, words: string): Promise<void> =>
    until(words, async () => (await redisCommand(port, 'CLUSTER', 'INFO')).includes(words));
  const idOf = ({ port }: Server): Promise<string> => redisCommand(port, 'CLUSTER', 'MYID');
  await Promise.all(nodes.map(({ port }) => says(port, `cluster_known_nodes:${size}`)));
  const ids = await Promise.all(primaries.map(idOf));
  await Promise.all(
    replicas.map(({ port }, n) =>
      until('the replica follows', async () => {
        const answer = await redisCommand(port, 'CLUSTER', 'REPLICATE', ids[n] ?? '');
        return answer === 'OK';
      }),
    ),
  );
  await Promise.all(nodes.map(({ port }) => says(port, 'cluster_state:ok')));
  await Promise.all(
    replicas.map(({ port }) =>
      until('the replica is in step', async () =>
        (await redisCommand(port, 'INFO', 'replication')).includes('master_link_status:up'),
      ),
    ),
  );
  return {
    nodes,
    primaries,
    replicas,
    idOf,
    moveSlots: async ([low, high], from, to) => {
      const [source, target] = await Promise.all([idOf(from), idOf(to)]);
      for (let slot = low; slot <= high; slot += 1) {
        await redisCommand(to.port, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', source);
        await redisCommand(from.port, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', target);
        for (;;) {
          const keys = (await redisCommand(from.port, 'CLUSTER', 'GETKEYSINSLOT', slot, 50))
            .split('\n')
            .filter(Boolean);
          if (keys.length === 0) break;
          await redisCommand(from.port, 'MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, 'KEYS', ...keys);
        }
        for (const { port } of [to, from, ...primaries])
          await redisCommand(port, 'CLUSTER', 'SETSLOT', slot, 'NODE', target);
      }
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
};
