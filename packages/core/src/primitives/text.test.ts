import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, hasControl, isWellFormed, printable } from './text.ts';

const anything = fc.string({ unit: 'binary' });
const units = fc.array(fc.nat(0xffff)).map((list) => String.fromCharCode(...list));

describe('text', () => {
  it('is well-formed exactly when UTF-8 can carry it there and back', () => {
    const there = new TextEncoder();
    const back = new TextDecoder();
    fc.assert(
      fc.property(fc.oneof(units, anything), (text) => {
        // A decoder drops one byte order mark in front.
        const marked = `x${text}`;
        expect(isWellFormed(text)).toBe(back.decode(there.encode(marked)) === marked);
      }),
    );
    for (const text of ['\ud83d', '\ude00', 'a\ud83db', '\ude00\ud83d']) expect(isWellFormed(text)).toBe(false);
    expect(isWellFormed('😀')).toBe(true);
  });

  it('EMAIL-07, INJ-11: every character that could end a line or drive a terminal is a control', () => {
    const controls = [...Array(0x20).keys(), 0x7f, ...Array.from({ length: 32 }, (_, i) => 0x80 + i), 0x2028, 0x2029];
    const found = Array.from({ length: 0x10000 }, (_, code) => code).filter((code) =>
      hasControl(String.fromCharCode(code)),
    );
    expect(found).toEqual(controls);
  });

  it('INJ-11: what is printable has no control, is no longer than asked, and is otherwise what it was', () => {
    fc.assert(
      fc.property(fc.oneof(units, anything), fc.nat(40), (text, max) => {
        const shown = printable(text, max);
        expect(hasControl(shown.replaceAll(/[\u2028\u2029]/g, ''))).toBe(false);
        expect(shown.length).toBeLessThanOrEqual(max);
        if (!hasControl(text)) expect(shown).toBe(text.slice(0, max));
      }),
    );
    expect(printable('curl\n[31mlevel=admin\r\n', 256)).toBe('curl[31mlevel=admin');
    expect(printable('a\u2028b\u2029c', 256)).toBe('abc');
  });

  it('RED-06: escaped text opens no tag and leaves no attribute', () => {
    fc.assert(
      fc.property(fc.oneof(anything, fc.constant("\"><script>alert('1')</script>&")), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"']|&(?!#\d{2};)/);
        expect(escaped.replace(/&#(\d{2});/g, (_, code: string) => String.fromCharCode(Number(code)))).toBe(text);
      }),
    );
  });
});
