import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemHttp } from './http.ts';

let server: Server;
let base = '';
const hits: string[] = [];
const answers: Record<string, RequestListener> = {
  '/small': (_req, res) => res.writeHead(201, { 'x-a': 'b' }).end('{"a":1}'),
  '/empty': (_req, res) => res.writeHead(204).end(),
  '/away': (_req, res) => res.writeHead(302, { location: '/small' }).end(),
  '/large': (_req, res) => res.end('x'.repeat(2_000)),
  '/endless': (_req, res) => {
    const more = (): boolean => !res.destroyed && res.write('x'.repeat(10_000)) && setImmediate(more) !== undefined;
    res.on('drain', more);
    more();
  },
  '/bomb': (_req, res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000_000))),
  '/silent': () => {},
  '/half': (_req, res) => {
    res.write('{');
  },
  '/cut': (_req, res) => {
    res.writeHead(200, { 'content-length': '100' });
    res.write('{');
    setTimeout(() => res.destroy(), 10);
  },
};

beforeAll(async () => {
  server = createServer((req, res) => {
    hits.push(req.url ?? '');
    answers[req.url ?? '']?.(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const get = (path: string, limits = { timeoutMs: 5_000, maxBytes: 1_000 }): Promise<Response> =>
  systemHttp(true).fetch(new Request(base + path), limits);

describe('OIDC-13: outgoing calls', () => {
  it('bring back status, headers and body', async () => {
    const answer = await get('/small');
    expect([answer.status, answer.headers.get('x-a'), await answer.json()]).toEqual([201, 'b', { a: 1 }]);
    expect((await get('/empty')).status).toBe(204);
  });

  it('follow no redirect', async () => {
    hits.length = 0;
    await expect(get('/away')).rejects.toThrow();
    expect(hits).toEqual(['/away']);
  });

  it.each(['/large', '/endless', '/bomb'])('read no more than they may: %s', async (path) => {
    await expect(get(path)).rejects.toThrow(/larger than 1000 bytes/);
  });

  it.each(['/silent', '/half'])('wait no longer than they may: %s', async (path) => {
    await expect(get(path, { timeoutMs: 50, maxBytes: 1_000 })).rejects.toThrow();
  });

  it('reject where an answer breaks off', async () => {
    await expect(get('/cut')).rejects.toThrow();
  });

  it('go to no private address, and to this machine in development alone', async () => {
    hits.length = 0;
    const ask = (url: string, loopback: boolean) =>
      systemHttp(loopback).fetch(new Request(url), { timeoutMs: 1_000, maxBytes: 1_000 });
    await expect(ask(`${base}/small`, false)).rejects.toThrow('not a public https: address');
    await expect(ask('https://169.254.169.254/', true)).rejects.toThrow('not a public https: address');
    expect(hits).toEqual([]);
  });
});
