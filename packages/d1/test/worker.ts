import { type ContractCase, storesContract } from '@sallyport/contract';
import { type D1Like, d1Stores, migrate } from '../src/index.ts';

interface Env {
  readonly ONE: D1Like;
  readonly TWO: D1Like;
}

/** Does what the first write asks, and then breaks before it says so. Every later call is answered. */
const losesAnAnswer = (db: D1Like): D1Like => {
  let isLost = false;
  const lose = <T>(sql: string, answer: T): T => {
    if (isLost || sql.startsWith('select')) return answer;
    isLost = true;
    throw new Error('D1_ERROR: Network connection lost.');
  };
  return {
    prepare: (sql) => ({
      bind: (...values) =>
        Object.assign(db.prepare(sql).bind(...values), {
          all: async () =>
            lose(
              sql,
              await db
                .prepare(sql)
                .bind(...values)
                .all(),
            ),
        }),
      all: async () => lose(sql, await db.prepare(sql).all()),
    }),
    batch: async (statements) => lose('batch', await db.batch(statements)),
  };
};

const gone: D1Like = {
  prepare: () => {
    throw new Error('D1_ERROR: D1 DB is overloaded. Requests queued for too long.');
  },
  batch: () => Promise.reject(new Error('D1_ERROR: D1 DB is overloaded. Requests queued for too long.')),
};

const casesOf = ({ ONE, TWO }: Env): readonly ContractCase[] =>
  storesContract({
    clients: [d1Stores(ONE), d1Stores(TWO)],
    unreachable: d1Stores(gone),
    lostAnswer: () => d1Stores(losesAnAnswer(TWO)),
    rounds: 3,
  });

/** `/` makes the tables and lists the cases, `/?case=n` runs one: the answer is what it threw, or nothing. */
const worker = {
  fetch: async (request: Request, env: Env): Promise<Response> => {
    const wanted = new URL(request.url).searchParams.get('case');
    const cases = casesOf(env);
    if (wanted === null) {
      await migrate(env.ONE);
      return Response.json(cases.map(({ name, skip }) => ({ name, skip })));
    }
    try {
      await cases[Number(wanted)]?.run();
      return new Response('');
    } catch (error) {
      return new Response(error instanceof Error ? `${error.stack}` : String(error));
    }
  },
};
// biome-ignore lint/style/noDefaultExport: what a worker is
export default worker;
