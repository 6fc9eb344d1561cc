import { createHash, randomBytes } from 'node:crypto';
import type { Express } from 'express';
import { answerBy, type Backends, type Check, type Contender, type Mounted } from './contender.ts';

const userId = 'usr_0000000000000000000000';
const session = JSON.stringify({ userId, createdAt: 1_764_000_000_000, expiresAt: 1_796_000_000_000, data: {} });

const joined = `select s.body as session, u.body as owner from bench_sessions s
join bench_users u on u.id = s.user_id where s.id = $1`;

const oneGet = async (app: Express, redis: Pick<Backends['redis'], 'get' | 'set'>): Promise<Mounted> => {
  const key = `bench:${randomBytes(32).toString('base64url')}`;
  await redis.set(key, session);
  const check: Check = async ({ cookie }) => {
    const text = cookie ? await redis.get(cookie) : null;
    return text === null ? null : (JSON.parse(text) as { userId: string }).userId;
  };
  answerBy(app, check);
  return { credentials: { cookie: key }, userId, check };
};

/** What no session check can do without: the framework, and one question to where sessions are. Nothing is decided. */
export const floors: readonly Contender[] = [
  {
    name: 'bare Express',
    of: 'floor',
    about: 'answers everybody',
    refuses: false,
    mount: async (app) => {
      app.get('/me', (_req, res) => {
        res.json({ user: { id: userId } });
      });
      return { credentials: {}, userId, check: null };
    },
  },
  {
    name: 'Express, SHA-256 and a map',
    of: 'floor',
    about: 'the digest of the cookie by node:crypto, looked up in a map',
    refuses: true,
    mount: async (app) => {
      const secret = randomBytes(32).toString('base64url');
      const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
      const sessions = new Map([[digest(secret), userId]]);
      const check: Check = async ({ cookie }) => (cookie ? (sessions.get(digest(cookie)) ?? null) : null);
      answerBy(app, check);
      return { credentials: { cookie: secret }, userId, check };
    },
  },
  {
    name: 'Express, one Redis GET',
    of: 'floor',
    about: 'the cookie is the key, and what is there is parsed as JSON',
    refuses: true,
    mount: (app, { redis }) => oneGet(app, redis),
  },
  {
    name: 'Express, one Redis GET, no timer',
    of: 'floor',
    about: 'the same, with commandOptions: { timeout: 0 }',
    refuses: true,
    mount: (app, { redis }) => oneGet(app, redis.withCommandOptions({ timeout: 0 })),
  },
  {
    name: 'Express, one prepared join',
    of: 'floor',
    about: 'session and user in one named statement on Postgres',
    refuses: true,
    mount: async (app, { pool }) => {
      await pool.query('create table if not exists bench_users (id text primary key, body jsonb not null)');
      await pool.query(
        'create table if not exists bench_sessions (id text primary key, user_id text not null, body jsonb not null)',
      );
      const id = randomBytes(32).toString('base64url');
      await pool.query('insert into bench_users values ($1, $2) on conflict do nothing', [userId, session]);
      await pool.query('insert into bench_sessions values ($1, $2, $3)', [id, userId, session]);
      const check: Check = async ({ cookie }) => {
        if (!cookie) return null;
        const { rows } = await pool.query<{ session: { userId: string } }>({
          name: 'joined',
          text: joined,
          values: [cookie],
        });
        return rows[0]?.session.userId ?? null;
      };
      answerBy(app, check);
      return { credentials: { cookie: id }, userId, check };
    },
  },
];
