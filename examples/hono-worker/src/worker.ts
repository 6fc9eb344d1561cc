import { type AuthMessage, createAuth, type JsonObject, type Notifier, password } from '@sallyport/core';
import { type D1Like, d1Stores, migrate } from '@sallyport/d1';
import { honoAuth } from '@sallyport/hono';
import { Hono } from 'hono';

export interface Env {
  readonly DB: D1Like;
  readonly ORIGIN: string;
  readonly AUTH_SECRETS: string;
  /** A service that delivers mail: a worker of your own, or a small wrapper around a mail provider's API. */
  readonly MAIL: { fetch(request: Request): Promise<Response> };
}

const mailer = ({ MAIL }: Env): Notifier => ({
  send: async (message: AuthMessage) => {
    const body = JSON.stringify(message);
    const { ok, status } = await MAIL.fetch(new Request('https://mail/send', { method: 'POST', body }));
    if (!ok) throw new Error(`the mail service answered ${status}`);
  },
});

const web = honoAuth<JsonObject, Env>((env) =>
  createAuth({
    // Of this example, which is reached by http://localhost.
    mode: 'development',
    origin: env.ORIGIN,
    secrets: env.AUTH_SECRETS,
    stores: d1Stores(env.DB),
    notifier: mailer(env),
    clientIp: { header: 'cf-connecting-ip' },
    features: [password()],
  }),
);

const app: Hono<{ Bindings: Env }> = new Hono();
app.use('/auth/*', web.routes);
app.get('/', web.load, (c) => c.text(`Hello ${web.get(c)?.user.email ?? 'stranger'}`));
app.get('/api/profile', web.require(), (c) => c.json({ user: c.var.auth.user, session: c.var.auth.session }));

const worker: {
  readonly fetch: typeof app.fetch;
  readonly scheduled: (event: unknown, env: Env) => Promise<void>;
} = {
  fetch: app.fetch,
  /** By a cron trigger: D1 has no lifetimes, and the tables are made by whoever comes first. */
  scheduled: async (_event, env) => {
    await migrate(env.DB);
    await d1Stores(env.DB).ephemeral.sweep?.(Date.now() - 60_000);
  },
};
// biome-ignore lint/style/noDefaultExport: what a worker is
export default worker;
