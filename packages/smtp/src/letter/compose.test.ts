import { describe, expect, it } from 'vitest';
import { client, messages, now, types } from '../../test/messages.ts';
import { de, en, MailError, type MailErrorCode, type Templates, type Words } from '../index.ts';
import { composer, type Needs } from './compose.ts';

const needs: Needs = {
  appName: 'Example',
  homeUrl: null,
  catalogues: new Map([
    ['en', en],
    ['de', de],
  ]),
  fallback: { words: en, locale: 'en-GB' },
  timeZone: 'UTC',
  templates: {},
  now: () => now,
};
const compose = (message: object, more: Partial<Needs> = {}) => composer({ ...needs, ...more })(message as never);

const codeOf = (message: object, more: Partial<Needs> = {}): MailErrorCode | null => {
  try {
    compose(message, more);
    return null;
  } catch (error) {
    return error instanceof MailError ? error.code : null;
  }
};

/** Every tag of a text, without its attributes. */
const tagsOf = (html: string) => [...html.matchAll(/<\/?[a-z!][a-z0-9]*/gi)].map(([tag]) => tag);

describe('a hostile string', () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;<!--`;

  it.each(types)('as the name of the application adds no element to %s', (type) => {
    const plain = compose(messages[type], { homeUrl: 'https://app.example.com/' });
    const { html, subject } = compose(messages[type], { appName: hostile, homeUrl: 'https://app.example.com/' });
    expect(tagsOf(html)).toEqual(tagsOf(plain.html));
    expect(html).toContain('&#34;&#62;&#60;script&#62;alert(1)');
    expect(subject.includes('\n')).toBe(false);
  });

  it('in a link stays in its attribute', () => {
    const url = `https://app.example.com/?a="><script>alert(1)</script>&b='x'`.replaceAll(' ', '');
    const plain = compose(messages.verify_email);
    const { html, text } = compose({ ...messages.verify_email, url });
    expect(tagsOf(html)).toEqual(tagsOf(plain.html));
    expect(text).toContain(url);
  });

  it.each([
    hostile,
    'Your account is locked, call +49 30 1234 or see https://evil.example/ Firefox/1.0',
    'x'.repeat(99_999),
  ])('as the name of a browser is not repeated', (agent) => {
    const { html, text } = compose({ ...messages.register_attempt, client: { ip: '<b>1.2.3.4</b>', agent } });
    for (const body of [html, text]) {
      for (const piece of ['script', 'locked', 'evil', '+49', '1.2.3.4', 'xxxx']) expect(body).not.toContain(piece);
    }
  });

  it('as a locale does no harm', () => {
    for (const locale of [
      hostile,
      'x'.repeat(10_000),
      'toString',
      '__proto__',
      'constructor',
      '',
      'en-u-nu-thai-ca-buddhist',
    ]) {
      expect(compose({ ...messages.verify_email, locale }).text).toMatch(
        /(?:3 March 2026 at 14:05|March 3, 2026 at 2:05.PM) UTC\./,
      );
    }
  });
});

describe('what no mail can carry is refused', () => {
  it.each([
    ['a link that runs', { ...messages.verify_email, url: 'javascript:alert(1)' }],
    ['a link with data', { ...messages.verify_email, url: 'data:text/html,x' }],
    ['a link of two lines', { ...messages.verify_email, url: 'https://app.example.com/\nhttps://evil.example/' }],
    ['no link', { ...messages.magic_link, url: undefined }],
    ['a code of two lines', { ...messages.email_code, code: '123456\nhttps://evil.example/' }],
    ['a code with markup', { ...messages.email_code, code: '<b>1</b>' }],
    ['a type of a later version', { ...messages.verify_email, type: 'postcard' }],
    ['a type that every object has', { ...messages.verify_email, type: 'toString' }],
  ])('%s', (_, message) => {
    expect(codeOf(message)).toBe('mail_invalid');
  });
});

describe('the language', () => {
  it.each([
    ['de', 'de', '3. März 2026 um 14:05 UTC'],
    ['de-AT', 'de', '3. März 2026 um 14:05 UTC'],
    ['DE_at', 'en', '3 March 2026 at 14:05 UTC'],
    ['en-US', 'en', 'March 3, 2026 at 2:05'],
    ['en-GB', 'en', '3 March 2026 at 14:05 UTC'],
    ['fr', 'en', '3 March 2026 at 14:05 UTC'],
    [null, 'en', '3 March 2026 at 14:05 UTC'],
  ])('%s is written in %s: %s', (locale, language, date) => {
    const composed = compose({ ...messages.verify_email, locale });
    expect(composed.language).toBe(language);
    expect(composed.text).toContain(date);
  });

  it('may be one that the application brings, for a region too', () => {
    const french: Words = { ...en, locale: 'fr', home: (app) => `Ouvrir ${app}` };
    const catalogues = new Map([...needs.catalogues, ['fr', french], ['fr-CA', { ...french, locale: 'fr-CA' }]]);
    expect(compose({ ...messages.verify_email, locale: 'fr-BE' }, { catalogues }).language).toBe('fr');
    expect(compose({ ...messages.verify_email, locale: 'fr-ca' }, { catalogues }).language).toBe('fr-CA');
    expect(
      compose({ ...messages.mfa_enabled, locale: 'fr' }, { catalogues, homeUrl: 'https://a.example/' }).text,
    ).toContain('Ouvrir Example:\nhttps://a.example/');
  });

  it('no words are shared by English and German', () => {
    for (const type of types) {
      const [english, german] = [en, de].map(({ mails }) => Object.entries(mails[type]('Example')));
      for (const [key, value] of english ?? []) {
        expect(value.trim()).not.toBe('');
        expect(german?.find(([name]) => name === key)?.[1]).not.toBe(value);
      }
    }
  });
});

describe('times', () => {
  it('are those of the zone that the application chose, and say which', () => {
    const { text } = compose(messages.password_changed, { timeZone: 'Europe/Berlin' });
    expect(text).toContain('2 March 2026 at 15:05 CET');
  });

  it.each([
    [86_400_000 * 7, '7 days'],
    [86_400_000, '24 hours'],
    [86_400_000 - 900, '24 hours'],
    [5_400_000, '90 minutes'],
    [3_600_000, '60 minutes'],
    [60_000, '1 minute'],
    [-5_000, '1 minute'],
  ])('%i ms are %s', (ms, span) => {
    expect(compose({ ...messages.verify_email, expiresAt: now + ms }).text).toContain(`for ${span}, until`);
  });
});

describe('a notice', () => {
  it('says what is known of where it came from, and nothing where nothing is', () => {
    const { text } = compose({ ...messages.mfa_disabled, client: { ip: '2001:db8::1', agent: null } });
    expect(text).toContain('IP address: 2001:db8::1');
    expect(text).not.toContain('Device');
    const bare = compose({ ...messages.mfa_disabled, client: { ip: null, agent: 'curl/8' } });
    expect(bare.text).not.toMatch(/Device|IP address/);
    expect(bare.text).toContain('When: 2 March 2026');
  });

  it('of a changed address has the way back where there is one, and says what to do where not', () => {
    const without = compose({ ...messages.email_changed, url: null });
    expect(without.html).not.toContain('Undo the change');
    expect(without.text).toContain('use the link of an earlier mail of ours');
    expect(compose(messages.email_changed).text).toContain('Undo the change:\nhttps://');
  });

  it.each([
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15',
      'Safari on macOS',
    ],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0', 'Edge on Windows'],
    ['Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36', 'Chrome on Android'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605 CriOS/120.0 Mobile Safari/604.1', 'Chrome on iPhone'],
    ['Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36', 'Chrome on ChromeOS'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox on Linux'],
  ])('%s is %s', (agent, device) => {
    expect(compose({ ...messages.mfa_enabled, client: { ...client, agent } }).text).toContain(`Device: ${device}\n`);
  });
});

describe('a template', () => {
  it('replaces its own type, and may build on what would be sent', () => {
    const templates: Templates = {
      magic_link: ({ url }, { standard, appName, span, escapeHtml }) => ({
        ...standard,
        subject: `${appName}: sign in within ${span(now + 600_000)}`,
        html: `<a href="${escapeHtml(url)}">Sign in</a>`,
      }),
    };
    const composed = compose(messages.magic_link, { templates });
    expect(composed.subject).toBe('Example: sign in within 10 minutes');
    expect(composed.html).toMatch(/^<a href="https:[^"&]+&#38;next=%2Fhome">Sign in<\/a>$/);
    expect(composed.text).toBe(compose(messages.magic_link).text);
    expect(compose(messages.verify_email, { templates })).toEqual(compose(messages.verify_email));
  });

  it.each([null, {}, { subject: 'x', text: { path: '/etc/passwd' }, html: 'x' }])(
    'that returns %j is refused',
    (content) => {
      expect(codeOf(messages.magic_link, { templates: { magic_link: () => content as never } })).toBe('mail_invalid');
    },
  );
});
