import { expect, it } from 'vitest';
import { mintRecoveryCode, readRecoveryCode } from './recovery-code.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const from = (bytes: Uint8Array) => ({ bytes: () => bytes });

/** What the code says, read as one number: 128 bits and two of padding. */
const numberIn = (code: string): bigint =>
  [...code.replaceAll('-', '')].reduce((sum, char) => sum * 32n + BigInt(alphabet.indexOf(char)), 0n);

it('carries each of its 128 bits', () => {
  const seen = new Set<string>();
  for (let bit = 0; bit < 128; bit += 1) {
    const bytes = new Uint8Array(16);
    bytes[bit >> 3] = 128 >> (bit & 7);
    const code = mintRecoveryCode(from(bytes));
    expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{6}$/);
    expect(numberIn(code)).toBe(1n << BigInt(129 - bit));
    seen.add(code);
  }
  expect(seen.size).toBe(128);
  expect(mintRecoveryCode(from(new Uint8Array(16).fill(255)))).toBe('ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZW');
});

it('is read as it is written down: any case, with hyphens, spaces or nothing, and what looks alike', () => {
  const code = '01234-56789-ABCDE-FGHJK-MNPQRS';
  const read = '0123456789ABCDEFGHJKMNPQRS';
  const typed = [
    code,
    code.toLowerCase(),
    read,
    code.replaceAll('-', ' '),
    'oI234-56789-abcde-fghjk-mnpqrs',
    `O${read.slice(1)}`,
  ];
  expect(typed.map(readRecoveryCode)).toEqual(typed.map(() => read));
});

it.each([
  '',
  '0123456789ABCDEFGHJKMNPQR',
  '0123456789ABCDEFGHJKMNPQRSS',
  '0123456789ABCDEFGHJKMNPQRU',
  '0123456789ABCDEFGHJKMNPQR\n',
  '0123456789ABCDEFGHJKMNPQR_',
  '０123456789ABCDEFGHJKMNPQRS',
  'ı123456789ABCDEFGHJKMNPQRS',
  `${'-'.repeat(40)}0123456789ABCDEFGHJKMNPQRS`,
])('%j is none', (text) => {
  expect(readRecoveryCode(text)).toBeNull();
});
