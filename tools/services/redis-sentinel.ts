import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRedis } from './binaries.ts';
import { freePort, type Server, temporaryFolder, until } from './child.ts';
import { redisCommand, startRedis } from './redis.ts';
import { serve } from './serve.ts';

export interface RedisSentinel {
  /** What clients are told to ask for. */
  readonly name: 'sallyport';
  readonly sentinels: readonly Server[];
  readonly primary: Server;
  readonly replica: Server;
  stop(): Promise<void>;
}

const name = 'sallyport';
const quick = ['info-period', 'publish-period', 'ping-period'].flatMap((setting) => [setting, 200]);

const startSentinel = async (primary: number): Promise<Server> => {
  const file = findRedis();
  if (file === null) throw new Error('Redis is not installed');
  const folder = temporaryFolder('sentinel', {});
  const port = await freePort();
  const settings = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${name} 127.0.0.1 ${primary} 2`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 3000`,
  ];
  writeFileSync(settings, `${lines.join('\n')}\n`);
  const sentinel = await serve({
    name: 'Sentinel',
    folder,
    port,
    url: `redis://127.0.0.1:${port}`,
    program: { file, args: [settings, '--sentinel'], cwd: folder, as: {} },
    stopSignal: 'SIGKILL',
    killSignal: 'SIGKILL',
    isReady: async () => (await redisCommand(port, 'PING')) === 'PONG',
  });
  await redisCommand(port, 'SENTINEL', 'DEBUG', ...quick);
  return sentinel;
};

/** A primary, its replica, and three sentinels of which two decide. */
export const startRedisSentinel = async (): Promise<RedisSentinel> => {
  const primary = await startRedis();
  const replica = await startRedis({ settings: ['--replicaof', '127.0.0.1', `${primary.port}`] });
  await until('the replica is in step', async () =>
    (await redisCommand(primary.port, 'INFO', 'replication')).includes('state=online'),
  );
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(primary.port)));
  await Promise.all(
    sentinels.map(({ port }) =>
      until('the sentinels know each other', async () => {
        const words = (await redisCommand(port, 'SENTINEL', 'MASTER', name)).split('\n');
        const wordAfter = (key: string): string | undefined => words[words.indexOf(key) + 1];
        return wordAfter('num-slaves') === '1' && wordAfter('num-other-sentinels') === '2';
      }),
    ),
  );
  return {
    name,
    sentinels,
    primary,
    replica,
    stop: async () => {
      await Promise.all([...sentinels, replica, primary].map((server) => server.stop()));
    },
  };
};
