import { connect } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import { describe, expect, it, vi } from 'vitest';
import { BodyConsumedError } from '../src/index.ts';
import { goodPassword, origin, type Parts, world } from './harness.ts';

const email = 'alice@example.com';
const credentials = { email, password: goodPassword };

/** Reads the body past Hono, which keeps nothing of it. */
const consume: MiddlewareHandler = async (c, next) => {
  await c.req.raw.text();
  await next();
};

const reads = (read: (req: Parameters<MiddlewareHandler>[0]['req']) => Promise<unknown>): MiddlewareHandler[] => [
  async (c, next) => {
    if (c.req.method === 'POST') await read(c.req).catch(() => {});
    await next();
  },
];

const isForm = (req: { header(name: string): string | undefined }): boolean =>
  (req.header('content-type') ?? '').includes('form');

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Everything before the body of a login. */
const head = (framing: string): string =>
  ['POST /auth/login HTTP/1.1', 'Host: x', `Origin: ${origin}`, 'Content-Type: application/json', framing, '', ''].join(
    '\r\n',
  );

/** One connection, as it is. */
const wireTo = (port: number) => {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (data) => {
    text += String(data);
  });
  return {
    write: (...parts: readonly string[]) => void socket.write(parts.join('')),
    text: () => text,
    statuses: () => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status)),
    end: () => void socket.destroy(),
  };
};

describe('a body', () => {
  describe.each([
    ['nothing', () => []],
    ['text()', () => reads((req) => req.text())],
    ['arrayBuffer()', () => reads((req) => req.arrayBuffer())],
    ['blob()', () => reads((req) => req.blob())],
    ['json() or parseBody()', () => reads((req) => (isForm(req) ? req.parseBody() : req.json()))],
  ])('behind %s', (_, parsers) => {
    const build = ({ app, web }: Parts) => {
      for (const parser of parsers()) app.use(parser);
      app.use(web.routes);
    };

    it('is read as JSON', async () => {
      const w = await world({ build, registration: 'open' });
      const browser = w.browser();
      const registered = await browser.post('/auth/register', { ...credentials, password: 'пароль 🔑 correct horse' });
      expect([registered.status, registered.body.user.email]).toEqual([201, email]);
      const said = { email, password: 'пароль 🔑 correct horse' };
      expect((await w.auth.api.login(said, new Headers())).value.status).toBe('signed_in');
      expect((await w.browser().post('/auth/login', said)).status).toBe(200);
      const mass = await browser.post('/auth/login', { ...credentials, __proto__: 1, admin: true });
      expect([mass.status, mass.body.code]).toEqual([422, 'validation_failed']);
      expect((await browser.post('/auth/logout', {})).status).toBe(204);
      expect((await browser.send('POST', '/auth/logout')).status).toBe(204);
    });

    it('is read as a form, and answered 303', async () => {
      const w = await world({ build, registration: 'open' });
      const browser = w.browser();
      const made = await browser.form('/auth/register', { ...credentials, returnTo: '/app?tab=1' });
      expect([made.status, made.headers.get('location'), made.body]).toEqual([303, '/app?tab=1', '']);
      expect(made.cookies).toHaveLength(3);
      const wrong = await browser.form('/auth/login', { email, password: 'not this one at all', returnTo: '/app' });
      expect([wrong.status, wrong.headers.get('location')]).toEqual([
        303,
        `${origin}/auth/error?code=invalid_credentials`,
      ]);
      const odd = await browser.form('/auth/login', { email, 'password[a]': goodPassword, returnTo: '/app' });
      expect(odd.headers.get('location')).toBe(`${origin}/auth/error?code=validation_failed`);
      const mass = await browser.form('/auth/login', { ...credentials, 'admin[is]': 'true' });
      expect(mass.headers.get('location')).toBe(`${origin}/auth/error?code=validation_failed`);
      const twice = await browser.send('POST', '/auth/login', {
        body: new URLSearchParams([
          ['email', email],
          ['password', goodPassword],
          ['password', 'another'],
        ]),
      });
      expect([twice.status, twice.body.code]).toEqual([400, 'malformed_request']);
    });

    it('of another type is refused', async () => {
      const w = await world({ build });
      const answer = await w.browser().send('POST', '/auth/login', {
        body: JSON.stringify(credentials),
        headers: { 'content-type': 'text/plain' },
      });
      expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
    });
  });

  it('that something else consumed is a 500 with a cause for the developer, and none for the client', async () => {
    const onError = vi.fn();
    const w = await world({
      onError,
      build: ({ app, web }) => {
        app.use(consume);
        app.use(web.routes);
      },
    });
    const answer = await w.browser().post('/auth/login', credentials);
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(answer.body)).not.toMatch(/consumed|hono/);
    expect(onError).toHaveBeenCalledTimes(1);
    expect(onError.mock.calls[0]?.[0]).toBeInstanceOf(BodyConsumedError);
    expect(onError.mock.calls[0]?.[0].message).toContain('mount web.routes earlier');
    const failed = w.events.find(({ name }) => name === 'request.failed');
    expect(failed?.data).toMatchObject({ error: 'BodyConsumedError' });
    expect(w.log).toEqual([]);

    expect((await w.browser().get('/auth/session')).body).toEqual({ user: null, session: null });
    const foreign = await w
      .browser()
      .post('/auth/login', credentials, { 'sec-fetch-site': 'cross-site', origin: 'x:' });
    expect(foreign.status).toBe(403);
    expect([onError.mock.calls.length, w.errors]).toEqual([1, []]);
  });

  it('that something else consumed is told to the console unless said otherwise', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    const w = await world({
      build: ({ app, web }) => {
        app.use(consume);
        app.use(web.routes);
      },
    });
    expect((await w.browser().post('/auth/login', credentials)).status).toBe(500);
    expect(told.mock.calls.map(([cause]) => cause instanceof BodyConsumedError)).toEqual([true]);
    told.mockRestore();
  });

  it('survives an onError that throws', async () => {
    const onError = () => {
      throw new Error('from onError');
    };
    const w = await world({
      onError,
      build: ({ app, web }) => {
        app.use(consume);
        app.use(web.routes);
      },
    });
    expect((await w.browser().post('/auth/login', credentials)).body.code).toBe('internal');
    expect((await w.browser().get('/auth/session')).status).toBe(200);
  });

  it.each([
    ['with its length', 20],
    ['without its length', 20],
  ])('that is too large, sent %s (%i KiB), is a 413, and the connection lives on', async (how, kib) => {
    const w = await world();
    const wire = wireTo(w.port);
    const piece = 'x'.repeat(1_024);
    if (how === 'with its length') wire.write(head(`Content-Length: ${kib * 1_024}`), piece.repeat(kib));
    else wire.write(head('Transfer-Encoding: chunked'), `400\r\n${piece}\r\n`.repeat(kib), '0\r\n\r\n');
    await vi.waitFor(() => expect(wire.statuses()).toEqual([413]));
    wire.write('GET /auth/session HTTP/1.1\r\nHost: x\r\n\r\n');
    await vi.waitFor(() => expect(wire.statuses()).toEqual([413, 200]), { timeout: 5_000 });
    expect(wire.text()).toContain('"code":"body_too_large"');
    wire.end();
  });

  it('that is too large, and whose sender leaves with the answer, harms nobody', async () => {
    const w = await world();
    const wire = wireTo(w.port);
    wire.write(head('Transfer-Encoding: chunked'), `400\r\n${'x'.repeat(1_024)}\r\n`.repeat(20));
    await vi.waitFor(() => expect(wire.statuses()).toEqual([413]));
    wire.end();
    await pause(50);
    expect((await w.browser().get('/auth/session')).status).toBe(200);
    expect(w.errors).toEqual([]);
  });

  it('of 20 KiB is a 413 to fetch, with a parser before it or not', async () => {
    for (const parsers of [[], reads((req) => req.json())]) {
      const w = await world({
        build: ({ app, web }) => {
          for (const parser of parsers) app.use(parser);
          app.use(web.routes);
        },
      });
      const browser = w.browser();
      const large = { email, password: 'x'.repeat(20 * 1_024) };
      expect((await browser.post('/auth/login', large)).status).toBe(413);
      const streamed = await browser.send('POST', '/auth/login', {
        body: new Blob([JSON.stringify(large)]).stream(),
        duplex: 'half',
        headers: { 'content-type': 'application/json' },
      });
      expect([streamed.status, streamed.body.code]).toEqual([413, 'body_too_large']);
    }
  });

  it('is not waited for where nobody asks for it: another site gets its 403 at once', async () => {
    const w = await world();
    const wire = wireTo(w.port);
    wire.write(head('Content-Length: 100').replace(origin, 'https://evil.example'));
    await vi.waitFor(() => expect(wire.statuses()).toEqual([403]));
    wire.end();
  });

  it.each([
    ['a length', head('Content-Length: 1000'), '{"email":'],
    ['chunks', head('Transfer-Encoding: chunked'), '9\r\n{"email":\r\n'],
  ])('that ends in the middle, sent in %s, harms nobody', async (_, start, rest) => {
    const w = await world();
    const wire = wireTo(w.port);
    wire.write(start, rest);
    await pause(50);
    wire.end();
    await pause(50);
    expect((await w.browser().get('/auth/session')).status).toBe(200);
    expect([w.errors, w.log]).toEqual([[], []]);
  });

  it('whose sender does not wait for the answer harms nobody', async () => {
    const w = await world();
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    w.before = () => gate;
    const text = JSON.stringify(credentials);
    const wire = wireTo(w.port);
    wire.write(head(`Content-Length: ${text.length}`), text);
    await vi.waitFor(() => expect(w.log.length).toBeGreaterThan(0));
    wire.end();
    await pause(50);
    release();
    await vi.waitFor(() => expect(w.events.map(({ name }) => name)).toContain('login.failed'));
    expect((await w.browser().get('/auth/session')).status).toBe(200);
    expect(w.errors).toEqual([]);
  });
});
