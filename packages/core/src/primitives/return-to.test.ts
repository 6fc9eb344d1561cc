import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesReturnTo, safeReturnTo } from './return-to.ts';

const origin = 'https://app.example.com';
const trusted = ['https://www.example.com', 'http://localhost:5173'];
const verdict = (text: string): string | null => safeReturnTo(text, origin, trusted);

/** Where a browser on our origin ends when the answer's Location header says so: the parser's word, on the header's bytes. */
const landsOn = (location: string): URL => new URL(location, `${origin}/auth/login`);

const evil = [
  '//evil.com',
  '///evil.com',
  '////evil.com',
  '/\\evil.com',
  '\\\\evil.com',
  '\\/evil.com',
  '/\t/evil.com',
  '/\n/evil.com',
  '\t//evil.com',
  ' //evil.com',
  '/\r\nSet-Cookie: a=b',
  '/\u2028/evil.com',
  '/\0/evil.com',
  'https:///evil.com',
  'https:/evil.com',
  'https:evil.com',
  'https://evil.com',
  'HTTPS://EVIL.COM',
  'https://app@evil.com',
  'https://app.example.com@evil.com',
  'https://app.example.com:443@evil.com',
  'https://evil.com\\@app.example.com',
  'https://evil。com',
  'https://app.example.com.evil.com',
  'https://app.example.comevil.com',
  'https://evil.com/app.example.com',
  'https://evil.com#https://app.example.com',
  'https://evil.com?https://app.example.com',
  'https://xapp.example.com',
  'https://example.com',
  'https://app.example.com:8443/',
  'http://app.example.com/',
  'https://user@app.example.com/',
  'https://user:pw@app.example.com/',
  'https://:pw@www.example.com/',
  '//user@app.example.com/',
  '%2f%2fevil.com',
  '/.//evil.com',
  '/..//evil.com',
  '/x/..//evil.com',
  '/%2e//evil.com',
  '/x/%2E%2e//evil.com',
  '/./\\evil.com',
  'javascript:alert(1)',
  'javascript://app.example.com/%0aalert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'data://app.example.com/,x',
  'vbscript:x',
  'file:///etc/passwd',
  'file://app.example.com/',
  'ftp://app.example.com/',
  'blob:https://app.example.com/6d5c',
  'blob:https://www.example.com/6d5c',
  'filesystem:https://app.example.com/temporary/x',
  'view-source:https://app.example.com/',
  'about:blank',
  'mailto:a@evil.com',
  'evil.com',
  'app',
  './app',
  '../app',
  '?x=1',
  '#x',
  '',
  ' ',
  'https://',
  'https://[::1',
  'http://localhost:5174/',
  `/${'a'.repeat(2_048)}`,
];

describe('RED-01: where a browser may be sent', () => {
  it.each(evil)('not to %j', (text) => {
    expect(verdict(text)).toBeNull();
  });

  it.each([
    ['/', '/'],
    ['/app/home', '/app/home'],
    ['/a?next=//evil.com', '/a?next=//evil.com'],
    ['/a#//evil.com', '/a#//evil.com'],
    ['/a//b', '/a//b'],
    ['/@evil.com', '/@evil.com'],
    ['/%2f%2fevil.com', '/%2f%2fevil.com'],
    ['/%5cevil.com', '/%5cevil.com'],
    ['/%09/evil.com', '/%09/evil.com'],
    ['/https://evil.com', '/https://evil.com'],
    ['/a/../b', '/b'],
    ['//app.example.com/x', '/x'],
    ['/ä ö', '/%C3%A4%20%C3%B6'],
    ['https://app.example.com', 'https://app.example.com/'],
    ['https://app.example.com:443/x', 'https://app.example.com/x'],
    ['HTTPS://APP.EXAMPLE.COM/x', 'https://app.example.com/x'],
    ['https://www.example.com/x?y#z', 'https://www.example.com/x?y#z'],
    ['http://localhost:5173/', 'http://localhost:5173/'],
  ])('%j: to %j', (text, target) => {
    expect(verdict(text)).toBe(target);
  });

  it('RED-01: whatever passes lands on a listed origin over http(s), with no name and no line break in it', () => {
    const piece = fc.constantFrom(
      ...['/', '\\', '//', ':', '@', '.', '..', '%2f', '%5c', '%2e', '%09', '?', '#', ';', '\t', '\n', ' ', '。', 'ß'],
      ...[
        'evil.com',
        'app.example.com',
        'www.example.com',
        'https:',
        'http:',
        'blob:',
        'javascript:',
        'data:',
        'x',
        '[::1]',
      ],
    );
    const text = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''));
    let passed = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((rest) => `/${rest}`),
          fc.webUrl(),
          fc.string(),
        ),
        (given) => {
          const target = verdict(given);
          if (target === null) return;
          passed += 1;
          const url = landsOn(target);
          expect([given, [origin, ...trusted].includes(url.origin)]).toEqual([given, true]);
          expect(['https:', 'http:']).toContain(url.protocol);
          expect(url.username + url.password).toBe('');
          expect(target).toMatch(/^[!-~]+$/);
          expect(verdict(target)).toBe(target);
        },
      ),
      { numRuns: 5_000 },
    );
    expect(passed).toBeGreaterThan(100);
  });
});

describe('RED-01: the targets that a pattern allows', () => {
  const fits = (text: string, pattern: string): boolean => {
    const target = safeReturnTo(text, origin, trusted);
    return target !== null && matchesReturnTo(target, pattern, origin);
  };

  it.each([
    ['/app', '/app', true],
    ['/app?x#y', '/app', true],
    ['/app/', '/app', false],
    ['/app/x', '/app', false],
    ['/app', '/app/*', true],
    ['/app/x/y?z', '/app/*', true],
    ['/appx', '/app/*', false],
    ['/app/../admin', '/app/*', false],
    ['/app/%2e%2e/admin', '/app/*', false],
    ['/x/../app/y', '/app/*', true],
    ['/', '/*', true],
    ['/anything', '/*', true],
    ['https://www.example.com/app/x', '/app/*', false],
    ['https://www.example.com/app/x', 'https://www.example.com/app/*', true],
    ['https://app.example.com/app/x', '/app/*', true],
    ['/app/x', 'https://www.example.com/app/*', false],
    ['/app/x', '', false],
  ] as const)('%s, of %s: %s', (text, pattern, expected) => {
    expect(fits(text, pattern)).toBe(expected);
  });

  it('whatever a pattern lets pass begins with it, on the origin that it names', () => {
    const piece = fc.constantFrom(
      '/',
      '//',
      '.',
      '..',
      '%2e',
      '%2f',
      '\\',
      'app',
      'appx',
      'admin',
      '?',
      '#',
      '@',
      'evil.com',
    );
    let passed = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = `/${pieces.join('')}`;
        if (!fits(text, '/app/*')) return;
        passed += 1;
        const url = landsOn(safeReturnTo(text, origin, trusted) ?? '');
        expect([text, url.origin, /^\/app(?:\/|$)/.test(url.pathname)]).toEqual([text, origin, true]);
      }),
      { numRuns: 20_000 },
    );
    expect(passed).toBeGreaterThan(100);
  });
});
