import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64url } from './bytes.ts';
import { digest, mac } from './digest.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const key = new Uint8Array(32).fill(7);
const macText = (...parts: string[]) => base64url(mac(key, ...parts));

describe('digest', () => {
  it('CRY-05: frozen vectors: what is stored today is found tomorrow', () => {
    const token = 'A'.repeat(43);
    expect(digest('session', token)).toBe('sE_tbhLZZNvF_06hy4SEfk8Lo8Nck-G48FgyEYM6_aQ');
    expect(digest('verify_email', token)).toBe('6LBS6dyvnNMbc1nSdo8Apo0ZD3ubllCwy8aUgCK4gyo');
    expect(digest('', '')).toBe('bjQLnP-zepicpUTmu3gKLHiQHT-zNzh2hRGjBhevoB0');
  });

  it('is SHA-256 over purpose NUL token', () => {
    fc.assert(
      fc.property(text, text, (purpose, token) => {
        const wanted = createHash('sha256').update(`${purpose}\0${token}`).digest('base64url');
        expect(digest(purpose, token)).toBe(wanted);
        expect(wanted).toMatch(/^[A-Za-z0-9_-]{43}$/);
      }),
    );
  });

  it('TOK-07: one token under two purposes is two digests', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z_:]{1,16}$/), fc.stringMatching(/^[a-z_:]{1,16}$/), text, (a, b, token) => {
        expect(digest(a, token) === digest(b, token)).toBe(a === b);
      }),
    );
  });
});

describe('mac', () => {
  it('CRY-05: frozen vectors', () => {
    expect(macText('ab', 'c')).toBe('Yu0HgvbQd-EooUX00ogud6qODyU-3VQQj-CcV0909x4');
    expect(macText('a', 'bc')).toBe('1NTxDOU1_ZcGmsTT-kdQgcvr92HkvvK0yZT1CGbOThE');
  });

  it('is HMAC-SHA-256 over length-prefixed parts', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (parts) => {
        const message = parts.map((part) => `${part.length}:${part}`).join('');
        expect(macText(...parts)).toBe(createHmac('sha256', key).update(message).digest('base64url'));
      }),
    );
  });

  it('PWD-02: two lists of parts meet only when they are the same list', () => {
    const part = fc.stringMatching(/^[0-9:ab]{0,6}$/);
    const list = fc.array(part, { maxLength: 4 });
    fc.assert(
      fc.property(list, list, (a, b) => {
        expect(macText(...a) === macText(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
    expect(macText('ab', 'c')).not.toBe(macText('a', 'bc'));
    expect(macText('1:a')).not.toBe(macText('', '1', 'a'));
  });
});
