import { type Auth, createAuth, type JsonObject, memoryStores, password } from '@sallyport/core';
import { Hono } from 'hono';
import { expect, it, vi } from 'vitest';
import { testHasher } from '../../core/test/adapter/world.ts';
import { type HonoAuth, honoAuth } from '../src/index.ts';
import { goodPassword, origin, testSecrets } from './harness.ts';

interface Bindings {
  readonly NAME: string;
}

const make = ({ NAME }: Bindings): Auth<JsonObject> =>
  createAuth({
    mode: 'development',
    origin,
    secrets: testSecrets,
    stores: memoryStores(),
    notifier: { send: async () => {} },
    hasher: testHasher([]),
    features: [password()],
    registration: 'open',
    appName: NAME,
    clientIp: { header: 'cf-connecting-ip' },
    limits: { register_ip: { burst: 1_000 } },
  });

const appOf = (web: HonoAuth<JsonObject, Bindings>): Hono<{ Bindings: Bindings }> => {
  const app = new Hono<{ Bindings: Bindings }>();
  app.use('/auth/*', web.routes);
  app.get('/me', web.require(), async (c) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    return c.json([c.env.NAME, c.var.auth.user.email]);
  });
  return app;
};

const register = (email: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', origin },
  body: JSON.stringify({ email, password: goodPassword }),
});

const cookieOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((one) => one.split(';', 1))
    .join('; ');

it('is made once an env, and again only for another one', async () => {
  const source = vi.fn(make);
  const app = appOf(honoAuth(source));
  const [one, two] = [{ NAME: 'one' }, { NAME: 'two' }];
  for (const env of [one, one, two, one, two]) expect((await app.request('/auth/session', {}, env)).status).toBe(200);
  expect(source.mock.calls).toEqual([[one], [two]]);
});

it('keeps 100 interleaved requests of two environments and fifty users apart', async () => {
  const app = appOf(honoAuth(make));
  const envs = [{ NAME: 'one' }, { NAME: 'two' }];
  const people = Array.from({ length: 50 }, (_, n) => `user${n}@example.com`);
  // The same address is another account in the other environment.
  const asked = envs.flatMap((env) => people.map((email) => ({ env, email })));
  const answers = asked.map(async ({ env, email }) => {
    const made = await app.request('/auth/register', register(email), env);
    const headers = { cookie: cookieOf(made) };
    const [here, there] = await Promise.all(
      [env, ...envs.filter((other) => other !== env)].map((at) => app.request('/me', { headers }, at)),
    );
    return [made.status, await here?.json(), there?.status];
  });
  expect(await Promise.all(answers)).toEqual(asked.map(({ env, email }) => [201, [env.NAME, email], 401]));
});

it('is made once where there are no bindings', async () => {
  const source = vi.fn(() => make({ NAME: 'none' }));
  const app = new Hono().use(honoAuth(source).routes);
  for (let n = 0; n < 3; n += 1) expect((await app.request('/auth/session')).status).toBe(200);
  expect(source).toHaveBeenCalledTimes(1);
});

it.each([
  ['Node', { incoming: { socket: { remoteAddress: '127.0.0.1' } }, outgoing: {} }],
  ['Deno', { remoteAddr: { hostname: '127.0.0.1' } }],
])('is refused where each request has an env of its own: %s', async (_, env) => {
  const errors: unknown[] = [];
  const source = vi.fn(() => make({ NAME: 'never' }));
  const app = new Hono().use(honoAuth(source).routes).onError((error, c) => {
    errors.push(error);
    return c.text('error', 500);
  });
  expect((await app.request('/auth/session', {}, env)).status).toBe(500);
  expect(String(errors[0])).toContain('make auth once');
  expect(source).not.toHaveBeenCalled();
});

it('that cannot be made is tried again by the next request', async () => {
  let secret: string | undefined;
  const app = new Hono().use(
    honoAuth(() => {
      if (secret === undefined) throw new Error('planned');
      return make({ NAME: secret });
    }).routes,
  );
  app.onError((_error, c) => c.text('error', 500));
  expect((await app.request('/auth/session')).status).toBe(500);
  secret = 'there';
  expect((await app.request('/auth/session')).status).toBe(200);
});

it.each([
  ['Node', { incoming: { socket: { remoteAddress: '192.0.2.1' } } }],
  ['Deno', { remoteAddr: { hostname: '192.0.2.1' } }],
  ['Bun', { requestIP: () => ({ address: '192.0.2.1' }) }],
])('hears of the peer on %s, and leaves unfinished work to whoever can wait', async (_, env) => {
  const contexts: unknown[] = [];
  const auth = make({ NAME: 'x' });
  const seen: Auth<JsonObject> = {
    ...auth,
    handle: (request, context) => {
      contexts.push(context);
      return auth.handle(request, context);
    },
  };
  const app = new Hono().use(honoAuth(seen).routes);
  const tasks: Promise<unknown>[] = [];
  const execution = {
    tasks,
    waitUntil(task: Promise<unknown>) {
      this.tasks.push(task);
    },
    passThroughOnException: () => {},
    props: {},
  };
  await app.request('/auth/session', {}, env);
  expect(contexts).toEqual([{ peer: '192.0.2.1' }]);
  await app.request('/auth/register', register('alice@example.com'), env, execution);
  expect(contexts[1]).toMatchObject({ peer: '192.0.2.1' });
  expect(tasks.length).toBeGreaterThan(0);
  await Promise.all(tasks);
});

it('takes the peer from where it is told', async () => {
  const peers: unknown[] = [];
  const auth = make({ NAME: 'x' });
  const authenticate: Auth<JsonObject>['authenticate'] = async (_source, context) => {
    peers.push(context?.peer);
    return null;
  };
  const web = honoAuth(Object.assign({}, auth, { authenticate }), {
    connInfo: () => ({ remote: { address: '192.0.2.9' } }),
  });
  await new Hono().use(web.load).request('/', {}, { incoming: { socket: { remoteAddress: '192.0.2.1' } } });
  expect(peers).toEqual(['192.0.2.9']);
});
