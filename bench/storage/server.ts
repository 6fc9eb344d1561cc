import { randomBytes } from 'node:crypto';
import { createAuth, memoryStores, password, type Stores, seconds } from '@sallyport/core';
import { expressAuth } from '@sallyport/express';
import { fromPg, migrate, postgresStores } from '@sallyport/postgres';
import { fromNodeRedis, redisStores } from '@sallyport/redis';
import express, { type Express } from 'express';
import pg from 'pg';
import { createClient } from 'redis';

/** One server a process, as `storage-express.ts` starts it; what it speaks to comes as URLs. */
const [, , kind = '', postgres = '', redis = ''] = process.argv;
const pool = new pg.Pool({ connectionString: postgres });
const client = createClient({ url: redis, commandOptions: { timeout: 0 } });
await client.connect();
const run = fromPg(pool);
await migrate(run);
const onPostgres = postgresStores(run);
const onRedis = redisStores(fromNodeRedis(client));

const signedIn = async (app: Express, stores: Stores, lagMs: number): Promise<string> => {
  const auth = createAuth({
    mode: 'development',
    origin: 'https://app.example.com',
    secrets: `1:${randomBytes(32).toString('base64url')}`,
    stores,
    notifier: { send: async () => {} },
    registration: 'open',
    session: { revocationLag: lagMs },
    features: [password()],
  });
  const web = expressAuth(auth);
  app.use(web.router);
  app.use(web.load);
  app.get(
    '/api/profile',
    web.require({}, (_req, res, me) => {
      res.json({ user: { id: me.user.id, email: me.user.email } });
    }),
  );
  const input = { email: `${randomBytes(8).toString('hex')}@example.com`, password: 'correct horse battery staple' };
  const { cookies } = await auth.api.register(input, new Headers(), { peer: '127.0.0.1' });
  return cookies.map((one) => one.split(';', 1)[0]).join('; ');
};

const body = { user: { id: 'usr_0000000000000000000000', email: 'bench@example.com' } };

/** Express with what is asked of the databases, and nothing decided. */
const bare = async (app: Express, ask: (sessionId: string) => Promise<unknown>): Promise<string> => {
  await signedIn(express(), onPostgres, 0);
  await signedIn(express(), { ...memoryStores(), ...onRedis }, 0);
  const { rows } = await pool.query<{ id: string }>("select id from auth_records where kind = 'session' limit 1");
  const [key = ''] = await client.keys('auth:session:*');
  const id = rows[0]?.id ?? '';
  app.get('/api/profile', async (_req, res) => {
    if (((await ask(kind === 'bare join' ? id : key)) ?? null) === null) throw new Error('nothing is there');
    res.json(body);
  });
  return '';
};

const join = `select s.body as session, c.body as credential, u.body as owner from auth_records s
join auth_records c on c.kind = 'credential' and c.id = s.user_id join auth_users u on u.id = s.user_id
where s.kind = 'session' and s.id = $1`;
const account = `select c.body as credential, u.body as owner from auth_records c join auth_users u on u.id = c.id
where c.kind = 'credential' and c.id = $1`;

const asked = async (name: string, text: string, value: string): Promise<unknown> =>
  (await pool.query({ name, text, values: [value] })).rows[0];

const kinds: Readonly<Record<string, (app: Express) => Promise<string>>> = {
  'bare get': (app) => bare(app, (key) => client.get(key)),
  'bare join': (app) => bare(app, (id) => asked('join', join, id)),
  'bare get and account': async (app) => {
    await signedIn(express(), onPostgres, 0);
    const { rows } = await pool.query<{ id: string }>('select id from auth_users limit 1');
    const owner = rows[0]?.id ?? '';
    return bare(app, async (key) => ((await client.get(key)) === null ? null : asked('account', account, owner)));
  },
  'redis, lag 5 s': (app) => signedIn(app, { ...onPostgres, ...onRedis }, seconds(5)),
  'redis, lag 0': (app) => signedIn(app, { ...onPostgres, ...onRedis }, 0),
  postgres: (app) => signedIn(app, onPostgres, 0),
};

const app = express();
const cookie = (await kinds[kind]?.(app)) ?? '';
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0, cookie });
});
process.on('message', (message) => {
  if (message !== 'cpu') return;
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on('disconnect', () => process.exit(0));
