import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64url, equalBytes, fromBase64url, utf8 } from './bytes.ts';

const bytes = (max = 80) => fc.uint8Array({ maxLength: max });

describe('base64url', () => {
  it.each([
    ['', ''],
    ['66', 'Zg'],
    ['666f', 'Zm8'],
    ['666f6f', 'Zm9v'],
    ['666f6f62', 'Zm9vYg'],
    ['666f6f6261', 'Zm9vYmE'],
    ['666f6f626172', 'Zm9vYmFy'],
    ['fbefbe', '----'],
    ['ffffff', '____'],
  ])('RFC 4648 §10: %s is %s', (hex, text) => {
    const given = Uint8Array.from(Buffer.from(hex, 'hex'));
    expect(base64url(given)).toBe(text);
    expect(fromBase64url(text)).toEqual(given);
  });

  it('goes there and back, agrees with Buffer, and never pads', () => {
    fc.assert(
      fc.property(bytes(), (given) => {
        const text = base64url(given);
        expect(text).toBe(Buffer.from(given).toString('base64url'));
        expect(text).toMatch(/^[A-Za-z0-9_-]*$/);
        expect(fromBase64url(text)).toEqual(given);
      }),
    );
  });

  it('reads padding, and nothing that is not of the alphabet', () => {
    expect(fromBase64url('Zg==')).toEqual(utf8('f'));
    for (const text of ['Zg+', 'Z/g', 'Zg Zg', 'Zg\n', 'é', 'Zm9v!', '=', '\0', 'A']) {
      expect([text, fromBase64url(text)]).toEqual([text, null]);
    }
  });
});

describe('equalBytes', () => {
  it('is equality, whatever the bytes', () => {
    fc.assert(
      fc.property(bytes(), bytes(), (a, b) => {
        expect(equalBytes(a, Uint8Array.from(a))).toBe(true);
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
      }),
    );
  });

  it('CRY-08: one bit anywhere tells two apart, and another length is false, never an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(), fc.nat(7), (a, at, bit) => {
        const b = Uint8Array.from(a);
        b[at % b.length] = (b[at % b.length] ?? 0) ^ (1 << bit);
        expect(equalBytes(a, b)).toBe(false);
        expect(equalBytes(a, Uint8Array.of(...a, 0))).toBe(false);
        expect(equalBytes(a, a.subarray(1))).toBe(false);
      }),
    );
  });
});
