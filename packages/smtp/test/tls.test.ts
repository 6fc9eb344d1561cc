import { describe, expect, it } from 'vitest';
import { selfSigned } from './certificate.ts';
import { messages, token } from './messages.ts';
import { errorOf, notifierAt } from './notifier.ts';
import { mailServer, rawServer, usualReply } from './servers.ts';

const message = messages.verify_email;
const { key, cert } = selfSigned();
const user = 'mailer@example.com';
const password = 'pässword: @/% "x"';
const credentials = [user, password] as const;
const login = { user, password };

describe('STARTTLS', () => {
  it('with a trusted certificate: credentials and mail pass under TLS alone', async () => {
    const server = await mailServer({ key, cert, credentials });
    await notifierAt({ ...server, ...login }, { tls: 'starttls', ca: cert }).send(message);
    expect(server.received[0]?.session).toMatchObject({ secure: true, user });
  });

  it('with a certificate of nobody: refused, one try, nothing said', async () => {
    const server = await mailServer({ key, cert, credentials });
    const notifier = notifierAt({ ...server, ...login }, { tls: 'starttls' });
    expect((await errorOf(notifier.send(message))).code).toBe('mail_tls');
    expect(notifier.events).toHaveLength(1);
    expect(server.received).toHaveLength(0);
  });

  it.each(['250-localhost\r\n250 AUTH PLAIN LOGIN\r\n', '250-localhost\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n'])(
    'is not to be had (%j): no mail, and neither credentials nor addresses are sent in clear',
    async (capabilities) => {
      const server = await rawServer((line, socket) => {
        if (line.startsWith('EHLO')) socket.write(capabilities);
        else socket.write(line === 'STARTTLS' ? '502 no\r\n' : usualReply(line));
      });
      const notifier = notifierAt({ ...server, ...login }, { tls: 'starttls' });
      expect((await errorOf(notifier.send(message))).code).toBe('mail_tls');
      expect(notifier.events).toHaveLength(1);
      expect(
        server
          .heard()
          .match(/^\w+/gm)
          ?.filter((verb) => verb !== 'EHLO' && verb !== 'QUIT'),
      ).toEqual(['STARTTLS']);
      for (const secret of [token, message.to, Buffer.from(user).toString('base64')]) {
        expect(server.heard()).not.toContain(secret);
      }
    },
  );

  it('for the moment not to be had (454): tried again', async () => {
    const server = await rawServer((line, socket) => {
      socket.write(line === 'STARTTLS' ? '454 later\r\n' : usualReply(line));
    });
    const notifier = notifierAt(server, { tls: 'starttls', attempts: 2 });
    expect((await errorOf(notifier.send(message))).code).toBe('mail_deferred');
    expect(notifier.events).toHaveLength(2);
    expect(server.heard()).not.toContain('MAIL');
  });

  it.each(['destroy', 'end'] as const)('that breaks off (%s) is tried again, under TLS', async (how) => {
    const server = await rawServer((line, socket) => {
      if (line === 'STARTTLS') socket.write('220 go on\r\n', () => socket[how]());
      else socket.write(usualReply(line));
    });
    const notifier = notifierAt(server, { tls: 'starttls', attempts: 2 });
    expect((await errorOf(notifier.send(message))).code).toBe('mail_unreachable');
    expect(server.heard().match(/STARTTLS/g)).toHaveLength(2);
    expect(server.heard()).not.toContain('MAIL');
  });
});

describe('TLS from the start', () => {
  it('with a trusted certificate: sent', async () => {
    const server = await mailServer({ key, cert, credentials, secure: true });
    await notifierAt({ ...server, ...login }, { tls: 'implicit', ca: cert }).send(message);
    expect(server.received[0]?.session).toMatchObject({ secure: true, user });
  });

  it('with a certificate of nobody, or with a server that speaks in clear: refused, one try', async () => {
    const untrusted = await mailServer({ key, cert, secure: true });
    const clear = await rawServer((line, socket) => socket.write(usualReply(line)));
    for (const server of [untrusted, clear]) {
      const notifier = notifierAt(server, { tls: 'implicit' });
      expect((await errorOf(notifier.send(message))).code).toBe('mail_tls');
      expect(notifier.events).toHaveLength(1);
    }
    expect(clear.heard()).not.toContain('EHLO');
  });
});

describe('this machine', () => {
  it('is spoken to in clear, whatever certificate it offers', async () => {
    const server = await mailServer({ key, cert, disabledCommands: ['AUTH'] });
    await notifierAt(server).send(message);
    expect(server.received[0]?.session.secure).toBe(false);
  });
});

describe('credentials', () => {
  it('that are wrong (535): one try, and the error repeats none of them', async () => {
    const server = await mailServer({ key, cert, credentials });
    const notifier = notifierAt({ ...server, user, password: 'wrong-password' }, { tls: 'starttls', ca: cert });
    const error = await errorOf(notifier.send(message));
    expect(error).toMatchObject({ code: 'mail_auth', reply: 535 });
    expect(notifier.events).toHaveLength(1);
    expect(`${error.stack}${JSON.stringify(notifier.events)}`).not.toMatch(/wrong-password|mailer@/);
  });

  it('where the server offers no AUTH: no mail without them', async () => {
    const server = await rawServer((line, socket) => {
      socket.write(line.startsWith('AUTH') ? '502 no\r\n' : usualReply(line));
    });
    expect((await errorOf(notifierAt({ ...server, ...login }).send(message))).code).toBe('mail_auth');
    expect(server.heard()).not.toContain('MAIL');
  });
});

describe('verify', () => {
  it('connects and authenticates, and sends nothing', async () => {
    const server = await mailServer({ key, cert, credentials });
    await notifierAt({ ...server, ...login }, { tls: 'starttls', ca: cert }).verify();
    expect(server.count.made).toBe(1);
    expect(server.received).toHaveLength(0);
  });

  it('rejects like a mail would', async () => {
    const server = await mailServer({ key, cert, credentials });
    const wrong = notifierAt({ ...server, user, password: 'wrong' }, { tls: 'starttls', ca: cert });
    expect((await errorOf(wrong.verify())).code).toBe('mail_auth');
    const untrusted = notifierAt({ ...server, ...login }, { tls: 'starttls' });
    expect((await errorOf(untrusted.verify())).code).toBe('mail_tls');
  });
});
