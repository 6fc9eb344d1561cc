import { expect, it } from 'vitest';
import { base32, totp } from '../src/totp.ts';

/** RFC 6238, appendix B, the last six digits. */
const vectors: readonly (readonly [number, string])[] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
];

const secret = base32(new TextEncoder().encode('12345678901234567890'));

it.each(vectors)('gives the code of RFC 6238 at %i s', async (seconds, code) => {
  expect(await totp(secret, seconds * 1_000)).toBe(code);
});

it('writes Base32 as RFC 4648 does', () => {
  expect(base32(new TextEncoder().encode('foobar'))).toBe('MZXW6YTBOI');
});
