import { memoryStores, type Stores } from '@sallyport/core';
import { fromPg, migrate, postgresStores } from '@sallyport/postgres';
import { fromNodeRedis, redisStores } from '@sallyport/redis';
import pg from 'pg';
import { createClient } from 'redis';

export interface DemoStores {
  readonly stores: Stores;
  /** For the terminal: where the data is. */
  readonly where: string;
  close(): Promise<void>;
}

interface Part {
  readonly stores: Partial<Stores>;
  readonly where: string;
  close(): Promise<void>;
}

export interface StoreUrls {
  readonly postgres: string | undefined;
  readonly redis: string | undefined;
}

/** In memory, unless a URL names a database; Redis takes the sessions, links and limits from whatever else there is. */
export const openStores = async ({ postgres, redis }: StoreUrls): Promise<DemoStores> => {
  const parts: Part[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(parts.map((part) => part.close()));
  };
  try {
    if (postgres) parts.push(await openPostgres(postgres));
    if (redis) parts.push(await openRedis(redis));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    stores: Object.assign(memoryStores(), ...parts.map(({ stores }) => stores)),
    where: parts.length === 0 ? 'memory' : parts.map(({ where }) => where).join(' and '),
    close,
  };
};

/** Shorter than a person waits; an answer that does not come is a 503. */
const patienceMs = 5_000;

const openPostgres = async (url: string): Promise<Part> => {
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: patienceMs });
  // An idle connection that breaks is replaced by the next call; without a listener it would end the process.
  pool.on('error', () => {});
  const run = fromPg(pool);
  const close = (): Promise<void> => pool.end();
  try {
    await migrate(run);
  } catch (error) {
    await close();
    throw unreachable('DATABASE_URL', error);
  }
  return { stores: postgresStores(run), where: 'Postgres', close };
};

const openRedis = async (url: string): Promise<Part> => {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: patienceMs },
  });
  let complaint: unknown = null;
  client.on('error', (error: unknown) => {
    complaint = error;
  });
  const connected = client.connect().then(() => true);
  const late = new Promise<false>((resolve) => {
    setTimeout(() => resolve(false), patienceMs).unref();
  });
  const isOpen = await Promise.race([connected, late]).catch((error: unknown) => {
    complaint = error;
    return false;
  });
  if (!isOpen) {
    client.destroy();
    throw unreachable('REDIS_URL', complaint);
  }
  return {
    stores: redisStores(fromNodeRedis(client)),
    where: 'Redis',
    close: async () => {
      client.destroy();
    },
  };
};

/** Without the URL, which may hold a password. */
const unreachable = (variable: string, error: unknown): RangeError => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof AggregateError ? cause.errors.map(String).join(', ') : String(cause);
  return new RangeError(`${variable} names no database that answers: ${why}`);
};
