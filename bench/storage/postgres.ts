import type { CredentialRecord, Stores } from '@sallyport/core/ports';
import { fromPg, migrate, type Param, postgresStores, type Run } from '@sallyport/postgres';
import pg from 'pg';
import { startPostgres } from '../../tools/services/postgres.ts';
import { type Contestant, control, type Duel, duel, type Effort, type Pair, type Thunk } from './duel.ts';
import { credentialOf, takeOf, userIdOf, userOf } from './samples.ts';
import { fastVerbs, inChunks, isFound, type Populated, populate, population, type Verb } from './verbs.ts';

/** Every verb on Postgres by `pg`, beside `pool.query` of the very statement, prepared, with its parameters at hand. */
export const storagePostgres = async (effort: Effort): Promise<readonly Duel[]> => {
  const server = await startPostgres();
  const pool = new pg.Pool({ connectionString: server.url });
  try {
    const run = fromPg(pool);
    await migrate(run);
    const stores = postgresStores(run);
    const there = await populate(stores);
    await populateAccounts(stores);
    await inChunks(population, (n) => stores.rateLimits.take(`login_ip:${n}`, takeOf()));
    // A table that is empty when it is analysed is read whole by every plan that is made before it is analysed again.
    await pool.query('analyze');
    const duels: Duel[] = [];
    const verbs = [...fastVerbs(stores, there), ...accountVerbs(there)];
    const pairs = [
      ...verbs.map((verb) => pairOf(pool, stores, verb)),
      ...verbs.filter(({ name }) => reads.test(name)).map((verb) => parsing(pairOf(pool, stores, verb))),
      plainTake(pool, stores),
    ];
    for (const pair of [...pairs.slice(0, 1).map(control), ...pairs]) duels.push(await duel(pair, effort));
    return duels;
  } finally {
    await pool.end();
    await server.stop();
  }
};

const populateAccounts = async ({ users, durable }: Stores): Promise<void> => {
  const credentials = durable.open<CredentialRecord>('credential');
  await inChunks(population, async (n) => {
    await credentials.create(credentialOf(userIdOf(n)));
    await users.create(userOf(userIdOf(n)));
  });
};

const accountVerbs = ({ any }: Populated): readonly Verb<Stores>[] => {
  const each = (count: number, call: (userId: string, sessionId: string) => Promise<unknown>): readonly Thunk[] =>
    Array.from({ length: count }, any).map(
      ({ id, userId }) =>
        () =>
          call(userId ?? '', id),
    );
  return [
    {
      name: 'identify (session, credential, user)',
      prepare: async ({ ephemeral }, count) => each(count, async (_, id) => ephemeral.joined?.identify?.(id)),
      isRight: isFound,
    },
    {
      name: 'account (credential, user)',
      prepare: async ({ durable }, count) => each(count, async (userId) => durable.joined?.account?.(userId)),
      isRight: isFound,
    },
    {
      name: 'users.findByLoginKey',
      prepare: async ({ users }, count) => each(count, (userId) => users.findByLoginKey(`${userId}@example.com`)),
      isRight: isFound,
    },
  ];
};

interface Statement {
  readonly text: string;
  readonly values: readonly Param[];
}

const oneRow = (answer: unknown): boolean => (answer as { readonly rows: readonly unknown[] }).rows.length === 1;

const pairOf = (pool: pg.Pool, stores: Stores, verb: Verb<Stores>): Pair => ({
  verb: verb.name,
  ours: { prepare: (count) => verb.prepare(stores, count), isRight: verb.isRight },
  bare: {
    prepare: async (count) => {
      const statements = await recorded(verb, count);
      return statements.map(({ text, values }) => {
        const query = { name: `bare ${verb.name}`, text, values: [...values] };
        return () => pool.query(query);
      });
    },
    isRight: oneRow,
  },
});

const reads = /\.get$|^identify/;

/** Whoever reads a record parses it: what is left is ours. */
const parsing = ({ verb, ours, bare }: Pair): Pair => ({
  verb: `${verb.split(' ')[0]}, bare and JSON.parse`,
  ours,
  bare: {
    prepare: async (count) =>
      (await bare.prepare(count)).map((thunk) => async () => {
        const { rows } = (await thunk()) as { readonly rows: readonly Readonly<Record<string, string>>[] };
        return rows.map((row) => Object.values(row).map((body): unknown => JSON.parse(body)));
      }),
    isRight: (answer) => Array.isArray(answer) && answer.length === 1,
  },
});

/** What the stores would send, the first statement of each call: on a right answer there is no second. */
const recorded = async (verb: Verb<Stores>, count: number): Promise<readonly Statement[]> => {
  let first: Statement | null = null;
  const run: Run = async (text, values) => {
    first ??= { text, values };
    throw new Error('recorded, not sent');
  };
  const statements: Statement[] = [];
  for (const thunk of await verb.prepare(postgresStores(run), count)) {
    first = null;
    await thunk().catch(() => {});
    if (first !== null) statements.push(first);
  }
  return statements;
};

/** The least statement that does what `take` does. */
const upsert = `insert into auth_rates as stored (key, tat) values ($1, $2::double precision + $3)
on conflict (key) do update set tat = greatest(stored.tat, $2) + $3
where greatest(stored.tat, $2) + $3 - $2 <= $4 returning tat`;

const plainTake = (pool: pg.Pool, stores: Stores): Pair => {
  const keys = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `plain:${n % population}`);
  const ours: Contestant = {
    prepare: async (count) => keys(count).map((key) => () => stores.rateLimits.take(key, takeOf())),
    isRight: isFound,
  };
  const bare: Contestant = {
    prepare: async (count) =>
      keys(count).map((key) => {
        const { now, incrementMs, ceilingMs } = takeOf();
        const query = { name: 'plain upsert', text: upsert, values: [key, now, incrementMs, ceilingMs] };
        return () => pool.query(query);
      }),
    isRight: oneRow,
  };
  return { verb: 'rateLimits.take, the least upsert', ours, bare };
};
