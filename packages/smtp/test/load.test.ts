import { describe, expect, it } from 'vitest';
import { messages } from './messages.ts';
import { errorOf, notifierAt } from './notifier.ts';
import { mailServer, rawServer, usualReply } from './servers.ts';

const message = messages.email_code;
const many = (count: number) =>
  Array.from({ length: count }, (_, nth) => ({ ...message, to: `user${nth}@example.com` }));

describe('a crowd', () => {
  it('of 100 mails goes over at most so many connections, each to its own recipient once', async () => {
    const server = await mailServer({ takesMs: 5 });
    const notifier = notifierAt(server, { connections: 3 });
    await Promise.all(many(100).map((one) => notifier.send(one)));
    expect(server.count.most).toBe(3);
    expect(server.received.map(({ to }) => to.join()).sort()).toEqual(
      many(100)
        .map(({ to }) => to)
        .sort(),
    );
  });

  it('that is larger than what may wait is refused from there on, at once', async () => {
    const server = await mailServer({ takesMs: 50 });
    const notifier = notifierAt(server, { connections: 1, waiting: 2 });
    const outcomes = await Promise.allSettled(many(5).map((one) => notifier.send(one)));
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'mail_busy' } });
    await notifier.send(message);
    expect(server.received).toHaveLength(4);
  });

  it('waits no longer than the deadline for a connection', async () => {
    const server = await rawServer((line, socket) => line !== '.' && socket.write(usualReply(line)));
    const notifier = notifierAt(server, { connections: 1, timeoutMs: 5_000, deadlineMs: 300 });
    const errors = await Promise.all(many(4).map((one) => errorOf(notifier.send(one))));
    expect(errors.map(({ code }) => code)).toEqual(Array(4).fill('mail_deadline'));
  });

  it('that has failed at its deadline is not sent later', async () => {
    const server = await rawServer(
      (line, socket) => {
        if (line === '.') setTimeout(() => socket.write(usualReply(line)), 600);
        else socket.write(usualReply(line));
      },
      (socket, nth) => nth === 1 && socket.write('220 hello\r\n'),
    );
    const notifier = notifierAt(server, { connections: 1, timeoutMs: 5_000, deadlineMs: 300 });
    await Promise.all(many(2).map((one) => errorOf(notifier.send(one))));
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(server.heard().match(/(?<=^RCPT TO:).*(?=\r$)/gm)).toEqual(['<user0@example.com>']);
  });
});

describe('drain', () => {
  it('waits for what is under way, retries included, and refuses what comes after', async () => {
    const server = await mailServer({ takesMs: 50, data: (nth) => (nth === 1 ? 451 : 'ok') });
    const notifier = notifierAt(server, { retryMs: 100 });
    const sending = Promise.all(many(4).map((one) => notifier.send(one)));
    const draining = notifier.drain();
    expect((await errorOf(notifier.send(message))).code).toBe('mail_closed');
    await draining;
    expect(server.received).toHaveLength(4);
    await sending;
  });

  it('ends at the deadline of the last mail, whatever the server does', async () => {
    const server = await rawServer((line, socket) => line !== '.' && socket.write(usualReply(line)));
    const notifier = notifierAt(server, { timeoutMs: 20_000, deadlineMs: 300 });
    const sending = errorOf(notifier.send(message));
    await notifier.drain();
    expect((await sending).code).toBe('mail_deadline');
  });

  it('closes the connections, and may be called again, or before any mail', async () => {
    const closed: string[] = [];
    const server = await rawServer((line, socket, nth) => {
      socket.write(usualReply(line));
      if (line === 'DATA') socket.on('close', () => closed.push(`${nth}`));
    });
    const notifier = notifierAt(server, { timeoutMs: 20_000 });
    await notifier.send(message);
    await Promise.all([notifier.drain(), notifier.drain()]);
    await notifier.drain();
    await expect.poll(() => closed).toEqual(['1']);
    await notifierAt(server).drain();
  });
});
