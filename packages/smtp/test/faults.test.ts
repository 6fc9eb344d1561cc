import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { messages } from './messages.ts';
import { errorOf, notifierAt } from './notifier.ts';
import { rawServer, usualReply } from './servers.ts';

const message = messages.magic_link;
const quick = { timeoutMs: 200, attempts: 2, deadlineMs: 5_000 } as const;

const codes = ({ events }: ReturnType<typeof notifierAt>) => events.map(({ outcome, code }) => [outcome, code]);
const usual = (line: string, socket: { write(text: string): unknown }) => socket.write(usualReply(line));

/** A port on which nobody listens. */
const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
};

describe('a server that', () => {
  it('is not there: tried again, then unreachable', async () => {
    const notifier = notifierAt({ port: await closedPort() }, quick);
    expect((await errorOf(notifier.send(message))).code).toBe('mail_unreachable');
    expect(codes(notifier)).toEqual([
      ['retrying', 'mail_unreachable'],
      ['failed', 'mail_unreachable'],
    ]);
  });

  it('never greets: tried again on a new connection', async () => {
    const server = await rawServer(usual, (socket, nth) => nth > 1 && socket.write('220 hello\r\n'));
    const notifier = notifierAt(server, quick);
    await notifier.send(message);
    expect(codes(notifier)).toEqual([
      ['retrying', 'mail_unreachable'],
      ['accepted', null],
    ]);
  });

  it('hangs up without a greeting: tried again as often as was said, and no more', async () => {
    const server = await rawServer(usual, (socket) => socket.end());
    const notifier = notifierAt(server, quick);
    expect((await errorOf(notifier.send(message))).code).toBe('mail_unreachable');
    expect(notifier.events).toHaveLength(2);
    expect(server.connections()).toBe(2);
  });

  it('never ends its greeting: tried again', async () => {
    const greet = (socket: Socket) => {
      const timer = setInterval(() => socket.write('220-wait\r\n'), 50);
      socket.on('close', () => clearInterval(timer));
    };
    const notifier = notifierAt(await rawServer(usual, greet), quick);
    expect((await errorOf(notifier.send(message))).code).toBe('mail_unreachable');
    expect(notifier.events).toHaveLength(2);
  });

  it('greets late, within the time allowed: waited for', async () => {
    const server = await rawServer(usual, (socket) => setTimeout(() => socket.write('220 hello\r\n'), 300));
    const notifier = notifierAt(server, { timeoutMs: 5_000 });
    await notifier.send(message);
    expect(codes(notifier)).toEqual([['accepted', null]]);
  });

  it('greets with 421 or 554: by its class', async () => {
    for (const [greeting, tries] of [
      ['421 busy', 2],
      ['554 go away', 1],
    ] as const) {
      const server = await rawServer(usual, (socket) => socket.end(`${greeting}\r\n`));
      const notifier = notifierAt(server, quick);
      await errorOf(notifier.send(message));
      expect(notifier.events).toHaveLength(tries);
    }
  });

  it('hangs in the middle of DATA: tried again on a new connection', async () => {
    const server = await rawServer((line, socket, nth) =>
      line === '.' && nth === 1 ? undefined : usual(line, socket),
    );
    const notifier = notifierAt(server, quick);
    await notifier.send(message);
    expect(server.connections()).toBe(2);
    expect(codes(notifier)).toEqual([
      ['retrying', 'mail_unreachable'],
      ['accepted', null],
    ]);
  });

  it('vanishes before DATA ends: tried again', async () => {
    const server = await rawServer((line, socket, nth) =>
      line === 'DATA' && nth === 1 ? socket.destroy() : usual(line, socket),
    );
    const notifier = notifierAt(server, quick);
    await notifier.send(message);
    expect(server.connections()).toBe(2);
    expect(codes(notifier)[0]).toEqual(['retrying', 'mail_unreachable']);
  });

  it('vanishes after it has taken the mail, its reply lost: the mail comes twice, with one Message-ID', async () => {
    const taken: number[] = [];
    const server = await rawServer((line, socket, nth) => {
      if (line === '.') taken.push(nth);
      if (line === '.' && nth === 1) socket.destroy();
      else usual(line, socket);
    });
    await notifierAt(server, quick).send(message);
    expect(taken).toEqual([1, 2]);
    const ids = [...server.heard().matchAll(/^Message-ID: (.+)\r$/gm)].map(([, id]) => id);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });

  it('drops the connection between two mails: the second finds another, unheard', async () => {
    const server = await rawServer((line, socket) => {
      usual(line, socket);
      if (line === '.') setTimeout(() => socket.destroy(), 20);
    });
    const notifier = notifierAt(server, quick);
    await notifier.send(message);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await notifier.send(message);
    expect(codes(notifier).at(-1)).toEqual(['accepted', null]);
    expect(server.connections()).toBe(2);
  });

  it('sends a byte now and then, which no silence ends: stopped at the deadline', async () => {
    const server = await rawServer((line, socket) => {
      if (line !== '.') return usual(line, socket);
      const timer = setInterval(() => socket.write('250-wait\r\n'), 30);
      socket.on('close', () => clearInterval(timer));
    });
    const notifier = notifierAt(server, { timeoutMs: 5_000, deadlineMs: 400 });
    expect((await errorOf(notifier.send(message))).code).toBe('mail_deadline');
    expect(codes(notifier)).toEqual([['failed', 'mail_deadline']]);
  });

  it('answers without end: cut off', async () => {
    const server = await rawServer((line, socket) => {
      socket.write(line.startsWith('EHLO') ? `250-${'x'.repeat(1_000)}\r\n`.repeat(500) : usualReply(line));
    });
    const error = await errorOf(notifierAt(server, { ...quick, timeoutMs: 5_000 }).send(message));
    expect(error.code).toBe('mail_failed');
  });
});
