import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type OneShotHash, oneShotHash } from '../vendor/node-crypto.ts';
import { base64url } from './bytes.ts';
import { digest, hashBy, mac, sha256Text } from './digest.ts';

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

describe('hashBy', () => {
  const ofNode = oneShotHash();
  const none = (): undefined => undefined;
  const sum = (text: string): string => createHash('sha256').update(text).digest('base64url');
  const garbled = fc.array(fc.nat(0xffff), { maxLength: 200 }).map((units) => String.fromCharCode(...units));

  it('TOK-07: what runtimes without a hash of their own compute is what Node computes, surrogates alone and all', () => {
    const portable = hashBy(none);
    fc.assert(
      fc.property(garbled, (given) => {
        expect(portable(given)).toBe(sum(given));
        expect(sha256Text(given)).toBe(sum(given));
      }),
    );
    expect(portable('\ud800')).toBe(sha256Text('\ud800'));
  });

  it('asks the platform, where that answers the same', () => {
    const hash = vi.fn<OneShotHash>((_algorithm, text) => sum(text));
    expect(hashBy(() => hash)('some text')).toBe(sum('some text'));
    expect(hash).toHaveBeenLastCalledWith('sha256', 'some text', 'base64url');
    expect(ofNode).toBeTypeOf('function');
  });

  it.each<[string, () => OneShotHash | undefined]>([
    ['has none', none],
    [
      'throws when it is asked for',
      () => {
        throw new Error('not implemented');
      },
    ],
    [
      'throws when it is called',
      () => () => {
        throw new Error('not implemented');
      },
    ],
    ['knows no base64url', () => (_algorithm, text) => createHash('sha256').update(text).digest('hex')],
    [
      'has Latin-1 for UTF-8',
      () => (_algorithm, text) => createHash('sha256').update(text, 'latin1').digest('base64url'),
    ],
    ['stops at NUL', () => (_algorithm, text) => sum(text.split('\0', 1)[0] ?? '')],
    ['drops half a pair', () => (_algorithm, text) => sum(text.replace(/[\ud800-\udfff]/g, ''))],
    ['answers nothing', () => () => undefined as unknown as string],
    ['answers later', () => (async () => sum('')) as unknown as OneShotHash],
  ])('leaves alone a platform that %s', (_what, platform) => {
    const hash = hashBy(platform);
    expect(hash('\0é\ud800')).toBe(sum('\0é\ud800'));
    expect(hash('session')).toBe(sum('session'));
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
