import { readdirSync, readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { argon2 } from '@sallyport/argon2';
import { type AuthEvent, createAuth, memoryStores, password, type Stores } from '@sallyport/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { demoApp } from '../src/app.ts';
import { outbox } from '../src/outbox.ts';
import { type Running, serve } from '../src/serve.ts';
import { client, goodPassword, member, newestToken, secrets, startDemo } from './client.ts';

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

let demo: Running;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.close());

describe('the pages', () => {
  it.each([
    '/',
    '/verify',
    '/verify?token=abc',
    '/reset',
    '/reset?token=abc',
    '/change-email',
    '/change-email?token=abc',
    '/revert-email',
    '/revert-email?token=abc',
    '/outbox',
  ])('%s is HTML under a strict policy', async (path) => {
    const answer = await client(demo.origin).get(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers.get('content-security-policy')).toBe(policy);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(await answer.text()).toContain('<html data-mail="outbox"');
  });

  it('hold no inline script, no inline style and nothing of another host', () => {
    const folder = new URL('../public/', import.meta.url);
    const pages = readdirSync(folder).filter((name) => name.endsWith('.html'));
    expect(pages).toEqual([
      'change-email.html',
      'index.html',
      'outbox.html',
      'reset.html',
      'revert-email.html',
      'verify.html',
    ]);
    for (const name of pages) {
      const html = readFileSync(new URL(name, folder), 'utf8');
      expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:|(?:src|href)="(?:https?:)?\/\//);
      for (const [, attributes, text] of html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)) {
        expect([attributes?.includes('src="/assets/'), text]).toEqual([true, '']);
      }
    }
  });

  it('get their scripts and styles with the right type', async () => {
    const script = await client(demo.origin).get('/assets/app.js');
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    const style = await client(demo.origin).get('/assets/style.css');
    expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  });

  it.each(['/nowhere', '/assets/nothing.js', '/assets/%2e%2e/index.html', '/index.html', '/jsconfig.json'])(
    '%s is not found',
    async (path) => {
      const answer = await client(demo.origin).get(path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
      expect(answer.headers.get('content-security-policy')).toBe(policy);
      expect(await answer.json()).toMatchObject({ status: 404, code: 'not_found' });
    },
  );

  it('tell the caller nothing of a fault', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const fault = new Error('a detail of the server');
    const broken = { ...demo.auth, authenticate: () => Promise.reject(fault) };
    const { origin, server } = await listening(createServer(demoApp(broken, demo.outbox)));
    const answer = await client(origin).get('/api/profile');
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      code: 'internal',
    });
    expect(log.mock.calls).toEqual([[fault]]);
    log.mockRestore();
    server.close();
  });
});

describe('the end', () => {
  it('waits for answers that are under way and for the work behind them', async () => {
    let start = (): void => {};
    const underWay = new Promise<void>((resolve) => {
      start = resolve;
    });
    const events = {
      emit: ({ name }: AuthEvent) => {
        if (name === 'register.requested') start();
      },
    };
    const own = await serve({ port: 0, secrets, events });
    const drain = vi.spyOn(own.auth, 'drain');
    const body = { email: 'late@example.com', password: goodPassword };
    const answer = client(own.origin).post('/auth/register', body);
    await underWay;
    await own.close();
    expect((await answer).status).toBe(202);
    expect(drain).toHaveBeenCalledOnce();
    expect(own.outbox.mails()).toHaveLength(1);
    await expect(client(own.origin).get('/')).rejects.toThrow('fetch failed');
  });
});

describe('GET /api/profile', () => {
  it('is a problem without a session', async () => {
    const answer = await client(demo.origin).get('/api/profile');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
    expect(await answer.json()).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it('is user and session with one, and cached nowhere', async () => {
    const alice = await member(demo, 'alice@example.com');
    const answer = await alice.get('/api/profile');
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const body: unknown = await answer.json();
    expect(Object.keys(body as object)).toEqual(['user', 'session']);
    expect(body).toMatchObject({ user: { email: 'alice@example.com', emailVerified: true }, session: { aal: 1 } });
  });

  it('is a problem again after signing out', async () => {
    const alice = await member(demo, 'leaver@example.com');
    expect((await alice.post('/auth/logout', {})).status).toBe(204);
    expect((await alice.get('/api/profile')).status).toBe(401);
  });
});

describe('the link in the mail', () => {
  it('changes nothing when it is opened or looked at, however often', async () => {
    const bob = client(demo.origin);
    await bob.post('/auth/register', { email: 'bob@example.com', password: goodPassword });
    await demo.auth.drain();
    const link = demo.outbox.mails().at(-1)?.url ?? '';
    expect(link).toMatch(new RegExp(`^${demo.origin}/verify\\?token=[\\w-]{20,}$`));
    for (const method of ['GET', 'HEAD', 'GET']) {
      const opened = await fetch(link, { method });
      expect([opened.status, opened.headers.getSetCookie()]).toEqual([200, []]);
    }
    const early = await bob.post('/auth/login', { email: 'bob@example.com', password: goodPassword });
    expect(await early.json()).toMatchObject({ code: 'email_unverified' });
    expect((await bob.post('/auth/verify-email', { token: newestToken(demo) })).status).toBe(204);
    expect((await bob.post('/auth/login', { email: 'bob@example.com', password: goodPassword })).status).toBe(200);
  });

  it('asks another browser for the password', async () => {
    await client(demo.origin).post('/auth/register', { email: 'carol@example.com', password: goodPassword });
    await demo.auth.drain();
    const token = newestToken(demo);
    const phone = client(demo.origin);
    const refused = await phone.post('/auth/verify-email', { token });
    expect(await refused.json()).toMatchObject({ status: 401, code: 'invalid_credentials' });
    expect((await phone.post('/auth/verify-email', { token, password: goodPassword })).status).toBe(204);
  });
});

describe('the outbox', () => {
  it('is an array, newest last, of plain mails', async () => {
    const own = await startDemo();
    const { origin } = own;
    expect(await (await fetch(`${origin}/outbox.json`)).json()).toEqual([]);
    const before = Date.now();
    for (const email of ['first@example.com', 'second@example.com', 'first@example.com']) {
      await client(origin).post('/auth/register', { email, password: goodPassword });
      await own.auth.drain();
    }
    const answer = await fetch(`${origin}/outbox.json`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    const url = expect.stringMatching(new RegExp(`^${origin}/verify\\?token=[\\w-]+$`));
    const at = expect.toSatisfy((ms: number) => Number.isInteger(ms) && ms >= before && ms <= Date.now());
    expect(await answer.json()).toEqual([
      { to: 'first@example.com', type: 'verify_email', url, at },
      { to: 'second@example.com', type: 'verify_email', url, at },
      { to: 'first@example.com', type: 'register_attempt', at },
    ]);
    await own.close();
  });

  it('keeps the last 200 and forgets the others', async () => {
    const mails = outbox({ now: () => 7 });
    const base = { type: 'email_code', userId: null, locale: null, expiresAt: 8 } as const;
    for (let n = 0; n < 250; n += 1) await mails.send({ ...base, to: `n${n}@example.com`, code: `${n}` });
    expect(mails.mails()).toHaveLength(200);
    expect(mails.mails()[0]).toEqual({ to: 'n50@example.com', type: 'email_code', code: '50', at: 7 });
    expect(mails.mails().at(-1)?.to).toBe('n249@example.com');
  });

  it.each(['/outbox', '/outbox.json'])('%s is not shown under a name that another site points at us', async (path) => {
    const { port } = new URL(demo.origin);
    const statusFor = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const asked = request({ host: '127.0.0.1', port, path, headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        asked.on('error', reject).end();
      });
    expect(await statusFor(`rebound.example.com:${port}`)).toBe(404);
    expect(await statusFor(`127.0.0.1:${port}`)).toBe(200);
    expect(await statusFor('[::1]')).toBe(200);
  });

  it('is there in development alone', async () => {
    const mails = outbox({ now: Date.now });
    const auth = createAuth({
      mode: 'production',
      origin: 'https://app.example.com',
      secrets,
      stores: unmarked(memoryStores()),
      notifier: mails,
      hasher: argon2(),
      features: [password()],
      clientIp: 'peer',
    });
    const { origin, server } = await listening(createServer(demoApp(auth, mails)));
    await mails.send({ type: 'email_code', to: 'a@example.com', userId: null, locale: null, code: '1', expiresAt: 0 });
    for (const path of ['/outbox', '/outbox.json', '/OUTBOX.json', '/outbox/']) {
      const answer = await fetch(origin + path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
      expect(await answer.json()).toMatchObject({ status: 404, code: 'not_found' });
    }
    const start = await fetch(origin);
    expect([start.status, (await start.text()).includes('<html data-mail="sent"')]).toEqual([200, true]);
    server.close();
  });
});

/** The same stores without the mark for which production refuses them. */
const unmarked = (stores: Stores): Stores =>
  Object.fromEntries(
    Object.entries(stores).map(([slot, store]) => [slot, Object.fromEntries(Object.entries(store))]),
  ) as unknown as Stores;

const listening = (server: Server): Promise<{ readonly server: Server; readonly origin: string }> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ server, origin: `http://localhost:${(server.address() as AddressInfo).port}` });
    });
  });
