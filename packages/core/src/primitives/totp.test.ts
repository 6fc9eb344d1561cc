import { sha512 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { hmac, sha256 } from '../vendor/noble.ts';
import { sha1 } from '../vendor/noble-sha1.ts';
import { base32, hotp, keyUri } from '../vendor/otpauth.ts';
import { isTotpCode, totpCode, totpStep } from './totp.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const seed = '1234567890';
const keys = {
  SHA1: ascii(seed.repeat(2)),
  SHA256: ascii(seed.repeat(4).slice(0, 32)),
  SHA512: ascii(seed.repeat(7).slice(0, 64)),
} as const;

const hashes = { SHA1: sha1, SHA256: sha256, SHA512: sha512 } as const;

const rfc4226 = [
  ...['755224', '287082', '359152', '969429', '338314'],
  ...['254676', '287922', '162583', '399871', '520489'],
];

const rfc6238 = [
  [59, '94287082', '46119246', '90693936'],
  [1_111_111_109, '07081804', '68084774', '25091201'],
  [1_111_111_111, '14050471', '67062674', '99943326'],
  [1_234_567_890, '89005924', '91819424', '93441116'],
  [2_000_000_000, '69279037', '90698825', '38618901'],
  [20_000_000_000, '65353130', '77737706', '47863826'],
] as const;

it.each(rfc4226.map((code, counter) => [counter, code] as const))('RFC 4226 appendix D: %i is %s', (counter, code) => {
  expect(totpCode(keys.SHA1, counter)).toBe(code);
});

describe('RFC 6238 appendix B', () => {
  const vectors = rfc6238.flatMap(([at, ...codes]) =>
    (['SHA1', 'SHA256', 'SHA512'] as const).map((algorithm, n) => [at, algorithm, codes[n] ?? ''] as const),
  );
  it.each(vectors)('%i s, %s: %s', (at, algorithm, code) => {
    const counter = Math.floor(at / 30);
    const secret = keys[algorithm];
    expect(hotp({ secret, counter, digits: 8, hmac: (key, message) => hmac(hashes[algorithm], key, message) })).toBe(
      code,
    );
  });
  it('are eighteen', () => expect(vectors).toHaveLength(18));
});

describe('which step a code shows', () => {
  const secret = keys.SHA1;
  const now = 1_111_111_111_000;
  const step = Math.floor(now / 30_000);
  const code = (offset: number): string => totpCode(secret, step + offset);

  it('is one of three, in milliseconds since 1970', () => {
    const shown = [-2, -1, 0, 1, 2].map((offset) => totpStep(secret, { code: code(offset), now, after: 0 }));
    expect(shown).toEqual([null, step - 1, step, step + 1, null]);
    expect(totpStep(secret, { code: code(0), now: step * 30_000 - 1, after: 0 })).toBe(step);
    expect(totpStep(secret, { code: code(0), now: (step + 2) * 30_000 - 1, after: 0 })).toBe(step);
    expect(totpStep(secret, { code: code(0), now: (step + 2) * 30_000, after: 0 })).toBeNull();
  });

  it('is none of those that were accepted, nor of those before', () => {
    expect(totpStep(secret, { code: code(0), now, after: step })).toBeNull();
    expect(totpStep(secret, { code: code(-1), now, after: step })).toBeNull();
    expect(totpStep(secret, { code: code(1), now, after: step })).toBe(step + 1);
  });

  it('MFA-12: of a secret that is empty or short is nothing to answer', () => {
    for (const length of [0, 1, 15])
      expect(() => totpStep(secret.slice(0, length), { code: '000000', now, after: 0 })).toThrow(RangeError);
    expect(totpStep(secret.slice(0, 16), { code: 'nothing', now, after: 0 })).toBeNull();
  });
});

it('six ASCII digits are a code, and nothing else is', () => {
  expect(['000000', '012345', '999999'].map(isTotpCode)).toEqual([true, true, true]);
  const others = [
    '',
    '12345',
    '1234567',
    ' 123456',
    '123456 ',
    '123456\n',
    '+12345',
    '1.2345',
    '12345e',
    '１２３４５６',
    '१२३४५६',
  ];
  expect(others.filter(isTotpCode)).toEqual([]);
});

it('spells what an app reads: RFC 4648 base 32, and an issuer and an account of any letters', () => {
  expect(base32(ascii('foobar'))).toBe('MZXW6YTBOI');
  const uri = new URL(keyUri({ issuer: 'Bäcker & Söhne', account: 'a+b@example.com', secret: keys.SHA1 }));
  expect(decodeURIComponent(uri.pathname)).toBe('/Bäcker & Söhne:a+b@example.com');
  expect(uri.searchParams.get('issuer')).toBe('Bäcker & Söhne');
  expect(uri.searchParams.get('secret')).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
});
