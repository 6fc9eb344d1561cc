import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { boundedClient } from '../src/doctor/client.ts';

const against = async <T>(listener: RequestListener, visit: (url: URL) => Promise<T>): Promise<T> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await visit(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

describe('the client of the doctor', () => {
  it('sends no more requests than it may', async () => {
    let seen = 0;
    const counting: RequestListener = (_, response) => {
      seen += 1;
      response.end();
    };
    const client = boundedClient(3, () => 0);
    await against(counting, async (url) => {
      for (let at = 0; at < 3; at += 1) await client.send(url);
      await expect(client.send(url)).rejects.toThrow('more than 3 requests would be needed');
    });
    expect([seen, client.count()]).toEqual([3, 3]);
  });

  it('reads of an endless answer what it needs, and goes on', async () => {
    const endless: RequestListener = (request, response) => {
      if (request.url === '/next') {
        response.end('next');
        return;
      }
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(65_536), more);
      };
      more();
    };
    await against(endless, async (url) => {
      const client = boundedClient(9, () => 0);
      const { text } = await client.send(url);
      expect(text.length).toBeGreaterThan(200_000);
      expect(text.length).toBeLessThan(400_000);
      expect((await client.send(new URL('/next', url))).text).toBe('next');
      client.close();
    });
  });

  it('gives up what drips, byte by byte', async () => {
    const drips: RequestListener = (_, response) => {
      const more = (): void => {
        if (!response.destroyed) response.write('x', () => setTimeout(more, 20));
      };
      more();
    };
    await against(drips, async (url) => {
      const client = boundedClient(9, () => 0, 200);
      await expect(client.send(url)).rejects.toThrow('no answer within 0.2 s');
      client.close();
    });
  });

  it('adds none of the headers that this is about, and leaves out what it is told to', async () => {
    const names = await against(
      (request, response) => response.end(JSON.stringify(Object.keys(request.headers).sort())),
      async (url) => {
        const client = boundedClient(9, () => 0);
        const { text } = await client.send(url, { method: 'POST', body: {}, headers: { origin: null } });
        client.close();
        return JSON.parse(text) as string[];
      },
    );
    expect(names).toEqual(['accept', 'connection', 'content-length', 'content-type', 'host', 'user-agent']);
  });
});
