import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digest } from './digest.ts';
import { sessionCookie, sessionIdOf } from './session-cookie.ts';

const secret = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);

describe('the session cookie', () => {
  it('SES-22: names its record by a digest, which holds no piece of it', () => {
    fc.assert(
      fc.property(secret, (given) => {
        const cookie = sessionCookie(given);
        expect(cookie).toBe(`v1.${given}`);
        expect(sessionIdOf(cookie)).toBe(digest('session', given));
        expect(sessionIdOf(cookie)).not.toContain(given.slice(0, 12));
      }),
    );
  });

  it('another secret is another record', () => {
    fc.assert(
      fc.property(secret, secret, (a, b) => {
        expect(sessionIdOf(sessionCookie(a)) === sessionIdOf(sessionCookie(b))).toBe(a === b);
      }),
    );
  });

  it.each([
    '',
    'v1.',
    'A'.repeat(43),
    `v2.${'A'.repeat(43)}`,
    `V1.${'A'.repeat(43)}`,
    ` v1.${'A'.repeat(43)}`,
    `v1.${'A'.repeat(42)}`,
    `v1.${'A'.repeat(44)}`,
    `v1.${'A'.repeat(43)}\n`,
    `v1.${'A'.repeat(43)};`,
    `v1.v1.${'A'.repeat(40)}`,
    `v1.${'*'.repeat(43)}`,
    `"v1.${'A'.repeat(43)}"`,
    digest('session', 'A'.repeat(43)),
  ])('SES-22: %j is no cookie of ours, and no store is asked about it', (text) => {
    expect(sessionIdOf(text)).toBeNull();
  });
});
