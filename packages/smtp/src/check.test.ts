import { AuthConfigError } from '@sallyport/core';
import { describe, expect, it } from 'vitest';
import { checked } from './check.ts';
import { en, type SmtpOptions, smtpNotifier } from './index.ts';

const good = { url: 'smtps://smtp.example.com', from: 'Example <no-reply@example.com>', appName: 'Example' };
const targetOf = (url: string, more: Partial<SmtpOptions> = {}) =>
  checked({ ...good, ...more, url } as SmtpOptions).target;

const issuesOf = (options: unknown): readonly string[] => {
  try {
    smtpNotifier(options as SmtpOptions);
  } catch (error) {
    if (error instanceof AuthConfigError) return error.issues.map(({ code, path }) => `${path} ${code}`);
    throw error;
  }
  return [];
};

describe('the server', () => {
  it.each([
    ['smtp://smtp.example.com', { host: 'smtp.example.com', port: 587, tls: 'starttls', auth: null }],
    ['smtp://smtp.example.com:2525/', { host: 'smtp.example.com', port: 2525, tls: 'starttls', auth: null }],
    ['smtp://smtp.example.com:465', { host: 'smtp.example.com', port: 465, tls: 'implicit', auth: null }],
    ['smtps://smtp.example.com', { host: 'smtp.example.com', port: 465, tls: 'implicit', auth: null }],
    ['smtps://a%40b:p%3A%2F%25@smtp.example.com', { auth: { user: 'a@b', pass: 'p:/%' } }],
    ['smtp://localhost:1025', { host: 'localhost', port: 1025, tls: 'none' }],
    ['smtp://127.0.0.1:1025', { host: '127.0.0.1', tls: 'none' }],
    ['smtp://[::1]:1025', { host: '::1', tls: 'none' }],
    ['smtp://127.0.0.1.example.com', { tls: 'starttls' }],
    ['smtp://localhost.example.com', { tls: 'starttls' }],
    ['smtp://mailpit:1025', { tls: 'starttls' }],
    ['smtp://bücher.example', { host: 'xn--bcher-kva.example', tls: 'starttls' }],
  ])('%s', (url, target) => {
    expect(targetOf(url)).toMatchObject(target);
  });

  it('in clear beyond this machine only when told so, STARTTLS on this machine too', () => {
    expect(targetOf('smtp://user:pass@mailpit:1025', { tls: 'none' }).tls).toBe('none');
    expect(targetOf('smtp://localhost', { tls: 'starttls' }).tls).toBe('starttls');
  });

  it('may be told apart from a URL', () => {
    const server = { host: 'smtp.example.com', user: 'a', password: 'b' };
    const { target } = checked({ server, from: good.from, appName: good.appName });
    expect(target).toEqual({ host: 'smtp.example.com', port: 587, tls: 'starttls', auth: { user: 'a', pass: 'b' } });
  });

  it.each([
    [{ url: undefined }, 'smtp_url_missing'],
    [{ url: '' }, 'smtp_url_missing'],
    [{ url: 'smtp.example.com' }, 'smtp_url_invalid'],
    [{ url: 'https://smtp.example.com' }, 'smtp_url_invalid'],
    [{ url: 'smtp://' }, 'smtp_url_invalid'],
    [{ url: 'smtp://smtp.example.com/?tls.rejectUnauthorized=false' }, 'smtp_url_invalid'],
    [{ url: 'smtp://smtp.example.com?pool=true' }, 'smtp_url_invalid'],
    [{ url: 'smtp://user@smtp.example.com' }, 'smtp_url_invalid'],
    [{ url: 'smtp://:pass@smtp.example.com' }, 'smtp_url_invalid'],
    [{ url: 'smtp://user:p%zz@smtp.example.com' }, 'smtp_url_invalid'],
    [{ url: 'smtp://smtp.example.com:99999' }, 'smtp_url_invalid'],
    [{ url: 'smtps://smtp.example.com', tls: 'none' }, 'smtp_tls_conflict'],
    [{ url: undefined, server: { host: '' } }, 'smtp_server_invalid'],
    [{ url: undefined, server: { host: 'smtp.example.com', port: 0 } }, 'smtp_server_invalid'],
    [{ url: undefined, server: { host: 'smtp.example.com', user: 'a' } }, 'smtp_server_invalid'],
  ])('%j is %s', (options, code) => {
    expect(issuesOf({ ...good, ...options })).toEqual([
      `smtpNotifier.${'server' in options ? 'server' : 'url'} ${code}`,
    ]);
  });
});

describe('the other options', () => {
  it.each(['no-reply@example.com', 'Example <no-reply@example.com>', '"Example, Inc." <no-reply@example.com>'])(
    'from: %s',
    (from) => {
      expect(checked({ ...good, from }).sender.address).toBe('no-reply@example.com');
    },
  );

  it('from: the application’s name where it has none', () => {
    expect(checked({ ...good, from: 'no-reply@example.com' }).sender.name).toBe('Example');
  });

  it.each([
    [{ from: 'no-reply' }, 'from smtp_from_invalid'],
    [{ from: 'a@example.com, b@example.com' }, 'from smtp_from_invalid'],
    [{ from: 'Example <a@example.com>\r\nBcc: eve@example.com' }, 'from smtp_from_invalid'],
    [{ from: { name: 'Exa\r\nmple', address: 'a@example.com' } }, 'from smtp_from_invalid'],
    [{ from: undefined }, 'from smtp_from_invalid'],
    [{ appName: '' }, 'appName smtp_app_name_invalid'],
    [{ appName: 'Exa\r\nBcc: eve@example.com' }, 'appName smtp_app_name_invalid'],
    [{ appName: 'x'.repeat(101) }, 'appName smtp_app_name_invalid'],
    [{ homeUrl: 'javascript:alert(1)' }, 'homeUrl smtp_home_invalid'],
    [{ tls: 'maybe' }, 'tls smtp_tls_invalid'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone smtp_time_zone_invalid'],
    [{ locale: 'fr' }, 'locale smtp_locale_unknown'],
    [{ locale: 'no such' }, 'locale smtp_locale_unknown'],
    [{ connections: 0 }, 'connections smtp_number_invalid'],
    [{ waiting: -1 }, 'waiting smtp_number_invalid'],
    [{ attempts: 6 }, 'attempts smtp_number_invalid'],
    [{ retryMs: Number.NaN }, 'retryMs smtp_number_invalid'],
    [{ timeoutMs: 0 }, 'timeoutMs smtp_number_invalid'],
    [{ deadlineMs: 30_000 }, 'deadlineMs smtp_number_invalid'],
    [{ catalogues: { fr: { ...en, mails: { ...en.mails, magic_link: undefined } } } }, 'catalogues smtp_words_missing'],
    [{ catalogues: { fr: null } }, 'catalogues smtp_words_missing'],
    [{ catalogues: { 'not a tag': en } }, 'catalogues smtp_words_missing'],
  ])('%o: %s', (options, issue) => {
    const url = 'tls' in options ? 'smtp://smtp.example.com' : good.url;
    expect(issuesOf({ ...good, url, ...options })).toEqual([`smtpNotifier.${issue}`]);
  });

  it('what is wrong is told at once, and never the password', () => {
    const wrong = { ...good, url: 'smtp://user:s3cret@/x', from: '', connections: 0, locale: 'xx' };
    expect(issuesOf(wrong)).toHaveLength(4);
    expect(() => smtpNotifier(wrong)).toThrow(/^((?!s3cret).)*$/s);
  });
});
