import { describe, expect, it } from 'vitest';
import { problem, testServer } from './server.ts';
import { closeLater, minutes, refusal, type Stage, stage } from './stage.ts';

/** A signed-in tab whose token the server calls expired, though it has time left. */
const withExpiredToken = async (): Promise<Stage & { readonly client: Awaited<ReturnType<Stage['member']>> }> => {
  const all = await stage();
  const client = await all.member();
  all.server.expired.add('t1');
  return { ...all, client };
};

const streamOf = (text: string): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });

const form = (): FormData => {
  const data = new FormData();
  data.set('file', new Blob(['content']), 'a.txt');
  return data;
};

describe('a request whose token turns out to be expired', () => {
  const kinds: Record<string, [body: () => NonNullable<RequestInit['body']>, text: string | RegExp]> = {
    text: [() => 'hello', 'hello'],
    parameters: [() => new URLSearchParams({ a: '1' }), 'a=1'],
    bytes: [() => new Uint8Array([104, 105]), 'hi'],
    'a buffer': [() => new Uint8Array([104, 105]).buffer, 'hi'],
    'a blob': [() => new Blob(['blob']), 'blob'],
    'a form': [form, /filename="a.txt"[\s\S]*content/],
  };
  it.each(Object.entries(kinds))('is made once more with %s', async (_name, [body, text]) => {
    const { client, server, browser } = await withExpiredToken();
    const url = `${server.origin}/api/orders`;
    const response = await browser.clock.run(client.fetch(url, { method: 'POST', body: body() }));
    expect(response.status).toBe(200);
    const bodies = server.to('/api/orders').map((seen) => seen.body);
    expect(bodies).toHaveLength(2);
    for (const sent of bodies) expect(sent).toMatch(text);
    expect(server.to('/api/orders').map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
    expect(server.refreshes()).toBe(1);
  });

  it.each([
    ['text', () => 'in a request'],
    ['a stream', () => streamOf('in a request')],
    ['nothing', () => null],
  ])('is made once more from a Request with %s', async (_name, body) => {
    const { client, server, browser } = await withExpiredToken();
    const url = `${server.origin}/api/orders`;
    const init = { method: 'PUT', body: body(), duplex: 'half', headers: { 'x-own': '1' } } as RequestInit;
    const response = await browser.clock.run(client.fetch(new Request(url, init)));
    expect(response.status).toBe(200);
    const seen = server.to('/api/orders');
    expect(seen.map((one) => [one.method, one.body, one.headers['x-own']])).toEqual(
      [1, 2].map(() => ['PUT', body() === null ? '' : 'in a request', '1']),
    );
  });

  it('with a stream is sent once: the refusal comes back, and the next request has a new token', async () => {
    const { client, server, browser } = await withExpiredToken();
    const url = `${server.origin}/api/orders`;
    const init = { method: 'POST', body: streamOf('once'), duplex: 'half' } as RequestInit;
    const response = await browser.clock.run(client.fetch(url, init));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'access_token_expired' });
    expect(server.to('/api/orders').map((seen) => seen.body)).toEqual(['once']);
    expect((await browser.clock.run(client.fetch(url))).status).toBe(200);
    expect(server.refreshes()).toBe(1);
  });

  it('is made once more and no oftener, and the second refusal is the answer', async () => {
    const { client, server, browser } = await withExpiredToken();
    server.expired.add('t2');
    const response = await browser.clock.run(client.fetch(`${server.origin}/api/orders`));
    expect(response.status).toBe(401);
    expect(server.to('/api/orders')).toHaveLength(2);
    expect(server.refreshes()).toBe(1);
  });

  it('is not made again for any other refusal, whose body is whole', async () => {
    const { client, server, browser } = await withExpiredToken();
    server.expired.clear();
    for (const code of ['access_token_invalid', 'unauthenticated', 'invalid_credentials']) {
      server.answer = () => problem(401, code);
      const response = await browser.clock.run(client.fetch(`${server.origin}/api/orders`));
      expect(await response.json()).toMatchObject({ code });
    }
    server.answer = () => ({ status: 401, text: '<h1>Who are you?</h1>' });
    const response = await browser.clock.run(client.fetch(`${server.origin}/api/orders`));
    expect(await response.text()).toBe('<h1>Who are you?</h1>');
    expect(server.refreshes()).toBe(0);
    expect(client.current).not.toBeNull();
  });

  it('ten at a time renew once', async () => {
    const { client, server, browser } = await withExpiredToken();
    const url = `${server.origin}/api/orders`;
    const answers = await browser.clock.run(Promise.all(Array.from({ length: 10 }, () => client.fetch(url))));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(server.refreshes()).toBe(1);
  });

  it('rejects with the outage when no other token can be had: that is no 401', async () => {
    const { client, server, browser } = await withExpiredToken();
    server.script.push(...Array(3).fill(problem(503, 'store_unavailable', { retryAfter: 5 })));
    const error = await refusal(browser.clock.run(client.fetch(`${server.origin}/api/orders`)));
    expect([error.code, error.status, error.retryAfter, error.requestId]).toEqual([
      'store_unavailable',
      503,
      5,
      'req_1',
    ]);
    expect(client.current?.user.id).toBe('usr_1');
  });
});

describe('where a token may go', () => {
  it('goes to no origin that is not listed, not even the request', async () => {
    const { server, browser, member } = await stage();
    const client = await member();
    const other = await testServer(() => ({ json: {} }));
    closeLater(other.close);
    for (const url of [
      `${other.origin}/x`,
      new URL(other.origin),
      new Request(other.origin),
      `${server.origin}@evil.example/`,
    ]) {
      const error = await refusal(browser.clock.run(client.fetch(url)));
      expect(error.code).toBe('origin_not_allowed');
    }
    expect(other.seen).toEqual([]);
  });

  it('goes to an origin that is listed', async () => {
    const { browser, member } = await stage();
    const other = await testServer(() => ({ json: {} }));
    closeLater(other.close);
    const client = await member({ origins: [other.origin] });
    await browser.clock.run(client.fetch(`${other.origin}/x`));
    expect(other.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1']);
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect %i', async (status) => {
    const { server, browser, member } = await stage();
    const client = await member();
    const other = await testServer(() => ({ json: {} }));
    closeLater(other.close);
    server.answer = () => ({ status, text: '', headers: { location: `${other.origin}/x` } });
    const url = `${server.origin}/api/moved`;
    await expect(browser.clock.run(client.fetch(url))).rejects.toThrow(TypeError);
    await expect(browser.clock.run(client.fetch(new Request(url)))).rejects.toThrow(TypeError);
    await expect(browser.clock.run(client.fetch(url, { redirect: 'follow' }))).rejects.toThrow(TypeError);
    expect((await browser.clock.run(client.fetch(url, { redirect: 'manual' }))).status).toBe(status);
    expect(other.seen).toEqual([]);
  });

  it.each([
    ['http://api.example.com/auth', []],
    ['https://api.example.com/auth', ['http://orders.example.com']],
    ['https://api.example.com/auth', ['https://orders.example.com/']],
    ['https://api.example.com/auth', ['*']],
    ['https://api.example.com/auth?x=1', []],
    ['http://127.0.0.1.example.com/auth', []],
  ])('refuses the options %s %j', async (baseUrl, origins) => {
    const { tab } = await stage();
    expect(() => tab({ baseUrl, origins })).toThrow(TypeError);
  });
});

describe('a caller', () => {
  it('that gives up waiting leaves the renewal to the others', async () => {
    const { server, browser, member } = await stage();
    const client = await member();
    await browser.clock.pass(minutes(10));
    const giveUp = new AbortController();
    const url = `${server.origin}/api/orders`;
    const one = client.fetch(url, { signal: giveUp.signal });
    const other = client.fetch(url);
    giveUp.abort();
    await expect(one).rejects.toThrow(/abort/i);
    expect((await browser.clock.run(other)).status).toBe(200);
    expect(server.refreshes()).toBe(1);
    expect(server.to('/api/orders')).toHaveLength(1);
  });

  it('that is signed out asks no server', async () => {
    const { server, browser, member } = await stage();
    const client = await member();
    await browser.clock.run(client.logout());
    const before = server.seen.length;
    const error = await refusal(client.fetch(`${server.origin}/api/orders`));
    expect([error.code, error.status]).toEqual(['unauthenticated', 401]);
    expect(server.seen.length).toBe(before);
  });

  it('reads a token for what is not fetch', async () => {
    const { browser, member } = await stage();
    const client = await member();
    expect(await client.accessToken()).toBe('t1');
    await browser.clock.pass(minutes(9.6));
    expect(await browser.clock.run(client.accessToken())).toBe('t2');
  });
});
