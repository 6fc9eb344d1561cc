import { describe, expect, it } from 'vitest';
import { pauseAfter } from '../src/transport/delivery.ts';
import { messages, token } from './messages.ts';
import { errorOf, notifierAt } from './notifier.ts';
import { mailServer, rawServer, usualReply } from './servers.ts';

const message = messages.reset_password;

describe('a reply of 4xx', () => {
  it.each([421, 450, 451, 452])('%i to the recipient, then accepted: two tries, one mail', async (reply) => {
    const server = await mailServer({ rcpt: (nth) => (nth === 1 ? reply : 'ok') });
    const notifier = notifierAt(server);
    await notifier.send(message);
    expect(server.received).toHaveLength(1);
    expect(notifier.events.map(({ outcome, attempt, code, reply }) => [outcome, attempt, code, reply])).toEqual([
      ['retrying', 1, 'mail_deferred', reply],
      ['accepted', 2, null, null],
    ]);
  });

  it('to the end of DATA, then accepted: the second try is the same mail', async () => {
    const seen: string[] = [];
    const server = await rawServer((line, socket) => {
      if (line === '.') seen.push(line);
      socket.write(line === '.' && seen.length === 1 ? '451 later\r\n' : usualReply(line));
    });
    await notifierAt(server).send(message);
    const ids = [...server.heard().matchAll(/^Message-ID: (.+)\r$/gm)].map(([, id]) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('every time: three tries, then an error of the last reply', async () => {
    const server = await mailServer({ rcpt: () => 451 });
    const notifier = notifierAt(server);
    const error = await errorOf(notifier.send(message));
    expect(error).toMatchObject({ code: 'mail_deferred', reply: 451, stage: 'RCPT TO' });
    expect(notifier.events.map(({ outcome }) => outcome)).toEqual(['retrying', 'retrying', 'failed']);
  });

  it('with one try allowed: one', async () => {
    const server = await mailServer({ rcpt: () => 451 });
    const notifier = notifierAt(server, { attempts: 1 });
    await errorOf(notifier.send(message));
    expect(notifier.events).toHaveLength(1);
  });

  it('and a pause that would pass the deadline: no further try', async () => {
    const server = await mailServer({ rcpt: () => 451 });
    const notifier = notifierAt(server, { retryMs: 29_000, deadlineMs: 5_000 });
    const error = await errorOf(notifier.send(message));
    expect(error.code).toBe('mail_deferred');
    expect(notifier.events).toHaveLength(1);
  });
});

describe('a reply of 5xx', () => {
  it.each([550, 551, 553, 503])('%i to the recipient: one try', async (reply) => {
    const server = await mailServer({ rcpt: () => reply });
    const notifier = notifierAt(server);
    expect(await errorOf(notifier.send(message))).toMatchObject({ code: 'mail_refused', reply, stage: 'RCPT TO' });
    expect(notifier.events).toHaveLength(1);
  });

  it('to the content: one try, the next mail goes through', async () => {
    const server = await mailServer({ data: (nth) => (nth === 1 ? 554 : 'ok') });
    const notifier = notifierAt(server);
    expect(await errorOf(notifier.send(message))).toMatchObject({ code: 'mail_refused', reply: 554, stage: 'DATA' });
    await notifier.send(message);
    expect(server.received).toHaveLength(1);
  });
});

describe('an error', () => {
  it.each([451, 550])('of %i repeats neither link, address nor what the server said', async (reply) => {
    const server = await mailServer({ data: () => reply });
    const notifier = notifierAt(server, { attempts: 1 });
    const error = await errorOf(notifier.send(message));
    const told = [error.message, error.stack, JSON.stringify(error), JSON.stringify(notifier.events)].join('\n');
    for (const secret of [token, 'echoed', 'app.example.com', 'ann@', message.to]) expect(told).not.toContain(secret);
    expect(error.cause).toBeUndefined();
    expect(Object.keys(error).sort()).toEqual(['code', 'name', 'reply', 'stage', 'status']);
  });

  it('keeps the enhanced status', async () => {
    const server = await rawServer((line, socket) => {
      socket.write(line.startsWith('RCPT') ? '550 5.1.1 <ann@example.com> unknown\r\n' : usualReply(line));
    });
    const error = await errorOf(notifierAt(server).send(message));
    expect(error).toMatchObject({
      status: '5.1.1',
      message: 'the mail server refused the mail (550 5.1.1), at RCPT TO',
    });
  });

  it('of a template says which template, and not what it threw', async () => {
    const server = await mailServer();
    const templates = {
      reset_password: ({ url }: { readonly url: string }) => {
        throw new Error(`cannot draw ${url}`);
      },
    };
    const error = await errorOf(notifierAt(server, { templates }).send(message));
    expect(error).toMatchObject({ code: 'mail_invalid' });
    expect(`${error.stack}`).toContain('reset_password');
    expect(`${error.stack}`).not.toContain(token);
  });

  it('of a log is nobody’s', async () => {
    const server = await mailServer();
    const events = () => {
      throw new Error('disk full');
    };
    await notifierAt(server, { events }).send(message);
    expect(server.received).toHaveLength(1);
  });
});

it('a pause is half to one and a half of its length, and three times as long the next time', () => {
  expect([0, 0.5, 0.999].map((random) => pauseAfter(1, 1_000, random))).toEqual([500, 1_000, 1_499]);
  expect([0, 0.5, 0.999].map((random) => pauseAfter(2, 1_000, random))).toEqual([1_500, 3_000, 4_497]);
});
