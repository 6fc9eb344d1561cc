import { describe, expect, it } from 'vitest';
import { code, messages, token, types, url } from '../test/messages.ts';
import { errorOf, notifierAt } from '../test/notifier.ts';
import { mailServer } from '../test/servers.ts';
import { de, en } from './index.ts';

describe('every type in every language', () => {
  const catalogues = { en, de };
  const cases = types.flatMap((type) => (['en', 'de'] as const).map((language) => ({ type, language })));

  it.each(cases)('$type in $language arrives as text and HTML that say the same', async ({ type, language }) => {
    const server = await mailServer();
    const message = { ...messages[type], locale: language };
    await notifierAt(server).send(message);
    const [{ mail, to } = { mail: null, to: null }] = server.received;
    const words = catalogues[language].mails[type]('Example');
    expect(to).toEqual(['ann@example.com']);
    expect(mail?.subject).toBe(words.subject);
    expect(mail?.headers.get('content-language')).toBe(language);
    const html = String(mail?.html);
    const seen = html.replace(/<(?:style|title)>.*?<\/(?:style|title)>/gs, '').replace(/<[^>]*>/g, '\n');
    for (const said of [words.heading, words.lead, words.notYou, words.why]) {
      expect(mail?.text).toContain(said);
      expect(seen).toContain(said);
    }
    expect(html).toContain(`<html lang="${language}">`);
    if ('url' in message) {
      expect(mail?.text?.split('\n')).toContain(url);
      expect(html.split(`href="${url.replace('&', '&#38;')}"`)).toHaveLength(3);
      expect(seen).toContain(url.replace('&', '&#38;'));
    }
    if ('expiresAt' in message) {
      const span = { en: ['24 hours', '10 minutes'], de: ['24 Stunden', '10 Minuten'] }[language][+('code' in message)];
      const until = { en: / 3 March|March (?:2|3), 2026|2 March/, de: /[23]\. März 2026/ }[language];
      for (const body of [mail?.text, seen]) {
        expect(body).toContain(span);
        expect(body).toMatch(until);
        expect(body).toContain('UTC');
      }
    }
    if ('code' in message) expect(mail?.text).toContain(code);
    if ('client' in message) {
      const browser = { en: 'Firefox on Windows', de: 'Firefox unter Windows' }[language];
      const when = { en: /2 March 2026|March 2, 2026/, de: /2\. März 2026/ }[language];
      for (const body of [mail?.text, seen]) {
        expect(body).toContain(browser);
        expect(body).toContain('203.0.113.7');
        expect(body).toMatch(when);
        expect(body).toContain('UTC');
      }
    }
  });

  it.each(types)('%s: neither headers nor subject hold the link or the code', async (type) => {
    const server = await mailServer();
    await notifierAt(server).send(messages[type]);
    const head = server.received[0]?.raw.split('\r\n\r\n')[0] ?? '';
    expect(head).toMatch(/^Subject: /m);
    expect(head).not.toContain(token);
    expect(head).not.toContain(code);
  });

  it.each(types)('%s loads nothing, runs nothing and reports nothing', async (type) => {
    const server = await mailServer();
    await notifierAt(server, { homeUrl: 'https://app.example.com/' }).send(messages[type]);
    const html = String(server.received[0]?.mail.html);
    expect(html).not.toMatch(
      /<(?:img|script|link|iframe|object|form|svg|video|base)\b|url\(|@import|@font-face|\bon\w+=/i,
    );
    const addresses = [...html.matchAll(/(?:src|href|background|action)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.length > 0).toBe(type !== 'email_code');
    for (const address of addresses) expect(address).toMatch(/^https:\/\/app\.example\.com\//);
  });
});

describe('headers', () => {
  it('say that a machine wrote it, from whom, and an id of the sender’s domain', async () => {
    const server = await mailServer();
    await notifierAt(server, { from: { name: 'Größe & Co', address: 'no-reply@mail.example.com' } }).send(
      messages.password_changed,
    );
    const { mail, raw } = server.received[0] ?? {};
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail?.messageId).toMatch(/^<[0-9a-f-]{36}@mail\.example\.com>$/);
    expect(mail?.from?.value).toEqual([{ name: 'Größe & Co', address: 'no-reply@mail.example.com' }]);
    expect(mail?.date?.toISOString()).toBe('2026-03-02T14:05:00.000Z');
    const names = [...(raw?.split('\r\n\r\n')[0] ?? '').matchAll(/^([A-Za-z-]+):/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual(
      [
        'Auto-Submitted',
        'Content-Language',
        'Content-Type',
        'Date',
        'From',
        'MIME-Version',
        'Message-ID',
        'Subject',
        'To',
      ].sort(),
    );
  });

  it.each([
    'ann@example.com\r\nBcc: eve@example.com',
    'ann@example.com, eve@example.com',
    'ann@example.com;eve@example.com',
    'ann,eve@example.com',
    'ann;eve@example.com',
    'Ann <ann@example.com>',
    'group: ann@example.com, eve@example.com;',
    '"ann, eve"@example.com',
    'ann@example.com> SIZE=1',
    'ann@[127.0.0.1]',
    'ann(comment)@example.com',
    'ann',
    '',
  ])('%j is no recipient, and nothing is sent', async (to) => {
    const server = await mailServer();
    const error = await errorOf(notifierAt(server).send({ ...messages.verify_email, to }));
    expect(error.code).toBe('mail_invalid');
    expect(server.count.made).toBe(0);
  });

  it('a subject of a template stays one header', async () => {
    const server = await mailServer();
    const templates = {
      verify_email: () => ({ subject: 'Hello\r\nBcc: eve@example.com\r\n\r\nbody', text: 'text', html: '<p>html</p>' }),
    };
    await notifierAt(server, { templates }).send(messages.verify_email);
    const [{ mail, to } = { mail: null, to: null }] = server.received;
    expect(to).toEqual(['ann@example.com']);
    expect(mail?.bcc).toBeUndefined();
    expect(mail?.subject).toBe('Hello Bcc: eve@example.com body');
    expect(mail?.text?.trim()).toBe('text');
  });

  it('an address beyond ASCII arrives', async () => {
    const server = await mailServer();
    await notifierAt(server).send({ ...messages.verify_email, to: 'jörg@exämple.com' });
    expect(server.received[0]?.to).toHaveLength(1);
    expect(server.received[0]?.mail.to).toMatchObject({ value: [{ name: '' }] });
  });
});

it('never throws at once, whatever the message', async () => {
  const server = await mailServer();
  const notifier = notifierAt(server);
  for (const message of [{}, { type: 'verify_email' }, { ...messages.verify_email, to: null }, { type: 'toString' }]) {
    const sending = notifier.send(message as never);
    expect(sending).toBeInstanceOf(Promise);
    await expect(sending).rejects.toThrow();
  }
  expect(server.count.made).toBe(0);
});
