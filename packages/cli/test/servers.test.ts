import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, describe, expect, inject, it } from 'vitest';
import type {} from '../../../tools/services/global-setup.ts';
import { redisCommand, startRedis } from '../../../tools/services/redis.ts';
import { problemsOf, run, start, verdictsOf } from './run.ts';
import { deploy } from './spoilt.ts';

const services = inject('services');

describe.skipIf(services.missing !== null)('with servers', () => {
  const url = services.postgres ?? '';
  const schemas: string[] = [];
  const schemaOf = (): string => {
    const schema = `test_${randomBytes(8).toString('hex')}`;
    schemas.push(schema);
    return schema;
  };
  const query = async (sql: string, values: unknown[] = []): Promise<pg.QueryResult> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await client.query(sql, values);
    } finally {
      await client.end();
    }
  };
  afterAll(async () => {
    for (const schema of schemas) await query(`drop schema if exists ${schema} cascade`);
  });

  describe('migrate', () => {
    it('makes the tables, and says what it did; again it has nothing to do', async () => {
      const schema = schemaOf();
      const first = await start(['migrate', '--schema', schema], { DATABASE_URL: url });
      expect(first).toMatchObject({ exit: 0, err: '' });
      expect(first.out).toMatch(/^from version 0 to \d+\n$/);
      const again = await run(['migrate', '--schema', schema, '--json'], { DATABASE_URL: url });
      const { before, after } = JSON.parse(again.out);
      expect(before).toBe(after);
      const { rows } = await query(`select count(*)::int as count from ${schema}.auth_migrations`);
      expect(rows[0].count).toBe(after);
    });

    it('where nobody answers ends with 1, and the URL is not repeated', async () => {
      const { exit, out, err } = await run(['migrate'], { DATABASE_URL: 'postgres://me:s3cret@127.0.0.1:1/x' });
      expect([exit, out]).toEqual([1, '']);
      expect(err).toContain('DATABASE_URL names no database that answers');
      expect(err).not.toContain('s3cret');
    });

    it('refuses what is no schema, before it connects', async () => {
      const { exit } = await run(['migrate', '--schema', 'a"; drop table x'], {
        DATABASE_URL: 'postgres://127.0.0.1:1/x',
      });
      expect(exit).toBe(2);
    });
  });

  describe('doctor', () => {
    const examine = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      const { origin, stop } = await deploy([]);
      try {
        return await run(['doctor', origin, '--json', ...args], env);
      } finally {
        await stop();
      }
    };
    const postgresOf = (schema: string) => examine(['--schema', schema], { DATABASE_URL: url });
    const insert = (schema: string, kind: string, body: object, expiresAt: number | null = null) =>
      query(
        `insert into ${schema}.auth_records (kind, id, user_id, version, expires_at, body) values ($1, $2, null, 1, $3, $4)`,
        [kind, randomBytes(8).toString('hex'), expiresAt, JSON.stringify(body)],
      );
    const key = 'A'.repeat(43);
    const salt = 'A'.repeat(22);

    it('a Postgres without tables', async () => {
      const ran = await postgresOf(schemaOf());
      expect(problemsOf(ran)).toEqual(['postgres_migrations']);
    });

    it('one that is well', async () => {
      const schema = schemaOf();
      await run(['migrate', '--schema', schema], { DATABASE_URL: url });
      expect(verdictsOf(await postgresOf(schema))['passwords_cost']).toBe('unseen');
      await insert(schema, 'credential', { password: `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${key}` });
      await insert(schema, 'credential', { password: `$2b$10$${'a'.repeat(53)}` });
      await insert(schema, 'credential', { password: `${'ab'.repeat(16)}:${'ab'.repeat(64)}` });
      await insert(schema, 'credential', { password: null });
      await insert(schema, 'session', {}, Date.now() - 60_000);
      await insert(schema, 'mfa_factor', { secret: '' });
      await insert(schema, 'mfa_factor', { secret: '2.nonce.sealed' });
      await insert(schema, 'account', { tokens: null });
      await insert(schema, 'account', { tokens: '1.nonce.sealed' });
      const ran = await postgresOf(schema);
      expect([ran.exit, problemsOf(ran)]).toEqual([0, []]);
      const ids = ['version', 'migrations', 'primary', 'sweep'].map((id) => `postgres_${id}`);
      for (const id of [...ids, 'passwords_cost', 'passwords_plain', 'sealed_keys'])
        expect([id, verdictsOf(ran)[id]]).toEqual([id, 'ok']);
      expect(ran.out).toContain('1 × key 1, 1 × key 2: an entry of AUTH_SECRETS may go');
      const both = await examine(['--schema', schema], { DATABASE_URL: url, AUTH_SECRETS: `2:${key}, 1:${key}` });
      expect(problemsOf(both)).toEqual([]);
      const late = await examine(['--schema', schema], { DATABASE_URL: url, AUTH_SECRETS: `2:${key}` });
      expect(problemsOf(late)).toEqual(['sealed_keys']);
      expect(late.out).toContain('AUTH_SECRETS has no key 1');
      expect(late.out).not.toContain(key);
    });

    it.each([
      ['postgres_sweep', 'session', {}, 1],
      ['passwords_cost', 'credential', { password: `$argon2id$v=19$m=4096,t=3,p=1$${salt}$${key}` }, null],
      ['passwords_cost', 'credential', { password: `$2b$04$${'a'.repeat(53)}` }, null],
      ['passwords_plain', 'credential', { password: 'correct horse battery staple' }, null],
    ] as const)('%s', async (id, kind, body, expiresAt) => {
      const schema = schemaOf();
      await run(['migrate', '--schema', schema], { DATABASE_URL: url });
      await insert(schema, kind, body, expiresAt);
      const ran = await postgresOf(schema);
      expect(problemsOf(ran)).toEqual([id]);
      expect(ran.out).not.toContain('correct horse');
    });

    it('a Redis that evicts nothing', async () => {
      const ran = await examine(['--redis', services.redis ?? '']);
      expect([problemsOf(ran), verdictsOf(ran)['redis_eviction'], verdictsOf(ran)['redis_version']]).toEqual([
        [],
        'ok',
        'ok',
      ]);
    });

    it('one that evicts, behind a password', async () => {
      const server = await startRedis({ settings: ['--maxmemory-policy', 'allkeys-lru'] });
      try {
        const at = new URL(server.url);
        await redisCommand(Number(at.port), 'CONFIG', 'SET', 'requirepass', 's3cret/word');
        const wrong = await examine(['--redis', server.url]);
        expect(wrong.exit).toBe(1);
        expect(JSON.parse(wrong.out).error).toContain('NOAUTH');
        const ran = await examine([], { REDIS_URL: `redis://:s3cret%2Fword@127.0.0.1:${at.port}` });
        expect(problemsOf(ran)).toEqual(['redis_eviction']);
        expect(ran.out).not.toContain('s3cret');
      } finally {
        await server.stop();
      }
    });

    it('one that is not there', async () => {
      const { exit, out } = await examine(['--redis', 'redis://:s3cret@127.0.0.1:1']);
      expect(exit).toBe(1);
      expect(JSON.parse(out).error).toContain('Redis does not answer');
      expect(out).not.toContain('s3cret');
      expect((await examine(['--redis', 'http://127.0.0.1'])).exit).toBe(2);
    });
  });
});
