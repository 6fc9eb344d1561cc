import { randomBytes } from 'node:crypto';
import { type ContractOptions, storesContract } from '@sallyport/contract';
import type { SessionRecord, Stores, UserRecord } from '@sallyport/core/ports';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, inject, test } from 'vitest';
import { until } from '../../../tools/services/child.ts';
import type {} from '../../../tools/services/global-setup.ts';
import { startProxy, type Proxy as Wire } from '../../../tools/services/proxy.ts';
import { type FromPgOptions, fromPg, fromPostgresJs, migrate, postgresStores, type Run } from '../src/index.ts';

const services = inject('services');
/** Why there is no server; `null` = there is one. */
export const missing: string | null = services.missing;

/** The server of this run, as `postgres://postgres@127.0.0.1:PORT/postgres`. */
export const sharedPostgres = (): string => {
  if (services.postgres === null) throw new Error(`no PostgreSQL: ${services.missing}`);
  return services.postgres;
};

export const portOf = (url: string): number => Number(new URL(url).port);
/** A port that nobody listens on, and that no test can be given. */
export const nobody = 1;
export const urlOf = (port: number): string => `postgres://postgres@127.0.0.1:${port}/postgres`;

/** A schema that no other test has. */
export const freshSchema = (): string => `test_${randomBytes(8).toString('hex')}`;

export interface Connection {
  readonly run: Run;
  close(): Promise<unknown>;
}

/** One way to reach a PostgreSQL. */
export type Connect = (url: string) => Connection;

export const pgPool =
  (max: number, options?: FromPgOptions): Connect =>
  (url) => {
    const pool = new pg.Pool({ connectionString: url, max, connectionTimeoutMillis: 3_000 });
    return { run: fromPg(pool, options), close: () => pool.end() };
  };

export const postgresJs =
  (max: number, prepare = true): Connect =>
  (url) => {
    const sql = postgres(url, { max, prepare, connect_timeout: 3, onnotice: () => {} });
    return { run: fromPostgresJs(sql), close: () => sql.end({ timeout: 1 }) };
  };

/** Tables of its own for a suite; `ends` run afterwards, last first. */
export const world = (): { readonly schema: string; readonly ends: (() => unknown)[] } => {
  const schema = freshSchema();
  const ends: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return { schema, ends };
};

interface Suite {
  readonly connect: Connect;
  /** Where the clients connect, once the suite runs. */
  readonly url?: () => string;
  readonly rounds?: number;
}

const timeoutMs = 4_000;

/** The whole contract: two connections, one that is refused, and a wire that loses an answer. */
export const contractSuite = (name: string, { connect, url = sharedPostgres, rounds = 8 }: Suite): void => {
  describe.skipIf(missing !== null)(name, () => {
    const { schema, ends } = world();
    const storesAt = (where: () => string | Promise<string>): Stores => {
      let made: Promise<Connection> | null = null;
      const connection = (): Promise<Connection> => {
        made ??= Promise.resolve(where()).then((at) => {
          const one = connect(at);
          ends.push(one.close);
          return one;
        });
        return made;
      };
      return postgresStores(async (...call) => (await connection()).run(...call), { schema, timeoutMs });
    };
    beforeAll(async () => {
      const { run, close } = connect(url());
      await migrate(run, { schema });
      ends.unshift(async () => {
        await run(`drop schema ${schema} cascade`, []);
        await close();
      });
    });
    const lostAnswer = async (): Promise<Stores> => {
      const wire = await startProxy({ to: portOf(url()) });
      ends.push(() => wire.stop());
      const stores = storesAt(() => urlOf(wire.port));
      await everyWrite(stores);
      wire.set('lose-answers');
      passAfterOne(wire, ends);
      return stores;
    };
    const options: ContractOptions<Stores> = {
      clients: [storesAt(url), storesAt(url)],
      unreachable: storesAt(() => urlOf(nobody)),
      lostAnswer,
      rounds,
    };
    for (const one of storesContract(options)) test(one.name, one.run);
  });
};

/** So that each statement is known where the answer will be lost, and the first bytes of it come after the commit. */
const everyWrite = async ({ users, durable, ephemeral, rateLimits }: Stores): Promise<void> => {
  const id = randomBytes(16).toString('hex');
  const record = { id, userId: null, version: 1, expiresAt: null };
  for (const space of [durable, ephemeral]) {
    const store = space.open('warm');
    await store.create(record);
    await store.replace({ ...record, version: 2 }, 1);
    await store.delete(id);
  }
  const user = { id, version: 1, loginKey: id, email: null, emailVerifiedAt: null, createdAt: 1, profile: {} };
  await users.create(user);
  await users.replace({ ...user, version: 2 }, 1);
  await users.delete(id);
  await rateLimits.take(id, { now: 1, incrementMs: 1, ceilingMs: 1 });
  await rateLimits.reset(id);
};

export const passAfterOne = (wire: Wire, ends: (() => unknown)[]): void => {
  let over = false;
  const watch = until('an answer is lost', () => over || wire.lost() > 0, 60_000).then(() => wire.set('pass'));
  ends.push(async () => {
    over = true;
    await watch;
  });
};

/** Tables of its own, a run that is recorded, and connections that end with the suite. */
export interface Tables {
  readonly schema: string;
  /** A pool of ten. */
  readonly pool: pg.Pool;
  /** One more connection, closed with the rest. */
  client(): Promise<pg.Client>;
  /** Resolves once a statement waits for a lock that another transaction holds. */
  someoneWaits(): Promise<void>;
}

export const tables = (): Tables => {
  const { schema, ends } = world();
  const pool = new pg.Pool({ connectionString: missing === null ? sharedPostgres() : '', max: 10 });
  beforeAll(() => migrate(fromPg(pool), { schema }));
  ends.push(async () => {
    await pool.query(`drop schema ${schema} cascade`);
    await pool.end();
  });
  return {
    schema,
    pool,
    client: async () => {
      const client = new pg.Client({ connectionString: sharedPostgres() });
      await client.connect();
      ends.push(() => client.end());
      return client;
    },
    someoneWaits: () =>
      until('somebody waits', async () => {
        const { rows } = await pool.query(
          "select 1 from pg_stat_activity where wait_event_type = 'Lock' and position($1 in query) > 0",
          [schema],
        );
        return rows.length > 0;
      }),
  };
};

/** Notes each statement before it runs. */
export const recorded = (run: Run): { readonly run: Run; readonly statements: string[] } => {
  const statements: string[] = [];
  return {
    statements,
    run: (sql, params) => {
      statements.push(sql);
      return run(sql, params);
    },
  };
};

export const userNamed = (word: string): UserRecord => ({
  ...{ id: word, version: 1, loginKey: `${word}@example.com`, email: null, emailVerifiedAt: null },
  ...{ createdAt: 1, profile: {} },
});

export const sessionOf = (id: string, userId: string | null): SessionRecord => ({
  ...{ id, userId, version: 1, expiresAt: 4e12, epoch: 1, createdAt: 1, lastSeenAt: 1, authenticatedAt: 1 },
  ...{ absoluteExpiresAt: 4e12, aal: 1, amr: ['pwd'], client: { ip: null, agent: null }, data: {} },
});
