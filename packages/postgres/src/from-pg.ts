import type { Row, Run } from './run.ts';

/** What is used of a `Pool`, a `Client` or a `PoolClient` of `pg`. */
export interface PgClient {
  query(config: { text: string; values: unknown[]; name?: string }): Promise<{ readonly rows: Row[] }>;
  on?(event: 'error', listener: (error: Error) => void): unknown;
  listenerCount?(event: 'error'): number;
  /** A pool has it. */
  readonly totalCount?: number;
}

export interface FromPgOptions {
  /** `unnamed` for a pooler that hands out another connection each time and knows nothing of names: PgBouncer before 1.21. */
  readonly prepare?: 'named' | 'unnamed';
}

/**
 * Over `pg`: a pool, or one client, e.g. within a transaction of the application. An idle connection that breaks is reported
 * by an `error` event, which would end the process if nobody listened: without a listener there is one from here on.
 */
export const fromPg = (client: PgClient, { prepare = 'named' }: FromPgOptions = {}): Run => {
  if (client.listenerCount?.('error') === 0) client.on?.('error', () => {});
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    const name = names.get(text) ?? digestOf(text);
    names.set(text, name);
    return name;
  };
  const run: Run = async (text, params) => {
    // What has no parameters is run once, by `migrate`.
    const isNamed = prepare === 'named' && params.length > 0;
    const { rows } = await client.query({ text, values: [...params], ...(isNamed ? { name: nameOf(text) } : {}) });
    return rows;
  };
  return client.totalCount === undefined ? oneAtATime(run) : run;
};

/** `pg` is about to refuse a query of a client that has one in flight. */
const oneAtATime = (run: Run): Run => {
  let last: Promise<unknown> = Promise.resolve();
  return (sql, params) => {
    const answer = last.then(() => run(sql, params));
    last = answer.catch(() => {});
    return answer;
  };
};

/** FNV-1a with 64 bits: the same text has the same name, in every process. `pg` refuses a name with two texts. */
const digestOf = (text: string): string => {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n);
  }
  return `sallyport_${hash.toString(36)}`;
};
