import {
  type Auth,
  type AuthEvent,
  type AuthMessage,
  AuthProblem,
  createAuth,
  type JsonObject,
  type PolicyOverride,
  password,
} from '@sallyport/core';
import { expressAuth } from '@sallyport/express';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { connect } from './connect.ts';
import { quickHasher } from './hasher.ts';
import { type Mail, origin, type Report, type Settings } from './settings.ts';

/** The traffic of the tests shall meet faults, not limits. */
const wide: PolicyOverride = { burst: 100_000, refillMs: 1 };
const policies = [
  ...['login_ip', 'login_pair', 'login_login', 'login_device', 'login_account'],
  ...['reauth', 'register_ip', 'mail_login', 'mail_ip'],
];

const settings = JSON.parse(process.argv[2] ?? '') as Settings;
const { stores, pool } = await connect(settings);
const mails: Mail[] = [];
const failures: Record<string, number> = {};
const internal: unknown[] = [];

const keep = (message: AuthMessage): void => {
  const url = 'url' in message ? message.url : null;
  const token = url === null ? null : new URL(url).searchParams.get('token');
  mails.push({ type: message.type, to: message.to, token, at: Date.now() });
};

const watch = ({ name, outcome, code, data }: AuthEvent): void => {
  if (outcome === 'success') return;
  const key = `${name} ${code}`;
  failures[key] = (failures[key] ?? 0) + 1;
  if (code === 'internal') internal.splice(0, internal.length - 4, { name, data });
};

const auth: Auth<JsonObject> = createAuth({
  origin,
  secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
  stores,
  notifier: { send: async (message) => keep(message) },
  events: { emit: watch },
  hasher: quickHasher,
  clientIp: 'peer',
  limits: Object.fromEntries(policies.map((name) => [name, wide])),
  features: [password()],
});

const admin = async (req: Request, res: Response): Promise<void> => {
  const { verb, id } = req.params;
  const userId = String(id);
  try {
    if (verb === 'revoke-all') await auth.api.revokeAll(userId);
    else if (verb === 'delete') await auth.api.deleteUser(userId);
    else await auth.api.setDisabled(userId, verb === 'disable');
    res.status(204).end();
  } catch (error) {
    if (!(error instanceof AuthProblem)) throw error;
    const { status, headers, body } = error.toResponse();
    res
      .status(status)
      .set(Object.fromEntries(headers))
      .send(await new globalThis.Response(body).text());
  }
};

const failed: ErrorRequestHandler = (error, _req, res, _next) => {
  internal.splice(0, internal.length - 4, { name: 'express', data: String(error) });
  res.status(500).json({ message: String(error) });
};

const application = (): Express => {
  const web = expressAuth(auth);
  const app = express();
  app.use(web.router);
  app.get(
    '/me',
    web.require({}, (_req, res, me) => {
      res.json({ id: me.user.id });
    }),
  );
  app.post('/admin/:verb/:id', admin);
  app.get('/mails', (req, res) => {
    res.json(mails.filter(({ to }) => to === req.query['to']));
  });
  app.post('/drain', async (_req, res) => {
    await auth.drain();
    res.status(204).end();
  });
  app.get('/report', (_req, res) => {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = pool;
    res.json({ pid: process.pid, failures, internal, pool: { total, idle, waiting } } satisfies Report);
  });
  app.use(failed);
  return app;
};

/** A test that is killed takes nothing with it; its application must not stay behind. */
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit();
}, 1_000);

// Nothing here listens for unhandled rejections or uncaught exceptions: either ends the process, and the test sees it.
application().listen(settings.port, '127.0.0.1');
