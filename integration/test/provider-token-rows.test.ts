import { hours } from '@sallyport/core';
import { fromPg, migrate, postgresStores } from '@sallyport/postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type TestProvider, testProvider } from '../../packages/core/test/oauth-provider.ts';
import { freshProvider, keepingWorld, linked, newest } from '../../packages/core/test/provider-tokens.ts';

const { missing, postgres: database } = inject('services');

describe.skipIf(missing !== null)('the rows of a database', () => {
  const schema = `rows_${process.pid}_${Date.now().toString(36)}`;
  const pool = new pg.Pool({ connectionString: database ?? '' });
  let provider: TestProvider;
  beforeAll(async () => {
    provider = await testProvider();
    await migrate(fromPg(pool), { schema });
  });
  afterAll(async () => {
    await provider.close();
    await pool.end();
  });

  /** Every row of every table, as Postgres writes it. */
  const everything = async (): Promise<string> => {
    const tables = await pool.query('select table_name from information_schema.tables where table_schema = $1', [
      schema,
    ]);
    const rows = await Promise.all(
      tables.rows.map(({ table_name: name }) => pool.query(`select t::text as row from "${schema}"."${name}" t`)),
    );
    return rows.flatMap(({ rows: all }) => all.map(({ row }) => row)).join('\n');
  };

  it('OIDC-21: hold no token of a provider, nor a piece of one, as text, in base64 or in hexadecimal', async () => {
    freshProvider(provider);
    const w = keepingWorld(provider, { inner: postgresStores(fromPg(pool), { schema }) });
    const { ask } = await linked(w, provider);
    w.clock.advance(hours(1));
    expect((await ask()).accessToken).toBe(newest(provider));
    const rows = await everything();
    expect(provider.given).toHaveLength(4);
    const pieces = provider.given.flatMap((token) => {
      const bytes = Buffer.from(token);
      const whole = [token, bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')];
      return whole.flatMap((text) => Array.from({ length: text.length - 11 }, (_, at) => text.slice(at, at + 12)));
    });
    expect(pieces.filter((piece) => rows.includes(piece))).toEqual([]);
    // The search looks at what is there: the account, and its sealed tokens.
    expect(rows).toContain('subject-1');
    expect(rows).toMatch(/1\.[\w-]{16}\.[\w-]{300,}/);
  });
});
