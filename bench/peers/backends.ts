import pg from 'pg';
import { createClient, type RedisClientOptions } from 'redis';
import type { Backends } from './contender.ts';

export interface Connected extends Backends {
  close(): Promise<void>;
}

export const connected = async (postgresUrl: string, redisUrl: string): Promise<Connected> => {
  const pool = new pg.Pool({ connectionString: postgresUrl });
  // A server that is stopped first ends idle connections with an error.
  pool.on('error', () => {});
  const options: RedisClientOptions = { url: redisUrl };
  const redis = createClient(options);
  redis.on('error', () => {});
  await redis.connect();
  return {
    pool,
    redis,
    close: async () => {
      redis.destroy();
      await pool.end();
    },
  };
};
