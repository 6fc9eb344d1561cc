import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createAuth, memoryStores, password } from '@sallyport/core';
import { expressAuth } from '@sallyport/express';
import { honoAuth } from '@sallyport/hono';
import express from 'express';
import { Hono } from 'hono';
import { same, type Told, teller } from './step.ts';

const origin = 'https://app.example.com';

const makeAuth = () =>
  createAuth({
    mode: 'development',
    origin,
    secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
    stores: memoryStores(),
    notifier: { send: async () => {} },
    hasher: { hash: async (text) => text, verify: async (text, encoded) => text === encoded, needsRehash: () => false },
    features: [password()],
    registration: 'open',
    clientIp: 'peer',
    limits: { login_ip: { burst: 2 } },
  });

/** Over a real socket: a body, two cookies, a guard, and the peer's address, which the limiter counts by. */
const visit = async (port: number): Promise<void> => {
  const url = `http://127.0.0.1:${port}`;
  const post = (path: string, email: string): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ email, password: 'correct horse battery staple' }),
    });
  const made = await post('/auth/register', 'alice@example.com');
  const set = made.headers.getSetCookie();
  same([made.status, set.length], [201, 3]);
  const cookie = set.map((one) => one.split(';', 1)).join('; ');
  same(await (await fetch(`${url}/me`, { headers: { cookie } })).json(), 'alice@example.com');
  same((await fetch(`${url}/me`)).status, 401);
  const tries = [1, 2, 3].map((n) => `bob${n}@example.com`);
  const statuses: number[] = [];
  for (const email of tries) statuses.push((await post('/auth/login', email)).status);
  same(statuses, [401, 401, 429]);
};

/** Where there are sockets as Node has them. */
export const servers = async (): Promise<readonly Told[]> => {
  const { told, step } = teller();
  await step('Express on a socket', async () => {
    const web = expressAuth(makeAuth());
    const app = express().use(web.router);
    app.get(
      '/me',
      web.require({}, (_req, res, me) => {
        res.json(me.user.email);
      }),
    );
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    await visit((server.address() as AddressInfo).port);
    server.closeAllConnections();
    server.close();
  });
  await step('Hono on a socket', async () => {
    const web = honoAuth(makeAuth());
    const app = new Hono().use(web.routes);
    app.get('/me', web.require(), (c) => c.json(c.var.auth.user.email));
    await new Promise<void>((resolve, reject) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
        visit(port)
          .then(() => server.close())
          .then(() => resolve(), reject);
      });
    });
  });
  return told;
};
