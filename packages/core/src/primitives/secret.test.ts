import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isId, isSecret, mintId, mintSecret } from './secret.ts';

/** Counts what was asked for. */
const source = () => {
  const asked: number[] = [];
  return {
    asked,
    bytes: (length: number) => {
      asked.push(length);
      return crypto.getRandomValues(new Uint8Array(length));
    },
  };
};

describe('minted values', () => {
  it('TOK-17, CRY-09: a secret is 32 random bytes, an id 16, asked for once each', () => {
    const random = source();
    expect(mintSecret(random)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(mintId(random)).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(random.asked).toEqual([32, 16]);
  });

  it('are what the source gave, all of it', () => {
    const fixed = { bytes: (length: number) => Uint8Array.from({ length }, (_, i) => 255 - i) };
    expect(mintSecret(fixed)).toBe('__79_Pv6-fj39vX08_Lx8O_u7ezr6uno5-bl5OPi4eA');
    expect(mintId(fixed)).toBe('__79_Pv6-fj39vX08_Lx8A');
  });

  it('are told by their form alone', () => {
    expect([isSecret('A'.repeat(43)), isId('A'.repeat(22))]).toEqual([true, true]);
    for (const text of [
      '',
      'A'.repeat(42),
      'A'.repeat(44),
      `${'A'.repeat(42)}=`,
      `${'A'.repeat(43)}\n`,
      `${'A'.repeat(42)}é`,
    ])
      expect([text, isSecret(text)]).toEqual([text, false]);
    fc.assert(
      fc.property(fc.string({ maxLength: 50 }), (text) => {
        expect(isSecret(text)).toBe(text.length === 43 && /^[\w-]+$/.test(text));
        expect(isId(text)).toBe(text.length === 22 && /^[\w-]+$/.test(text));
      }),
    );
  });
});
