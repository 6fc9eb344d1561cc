import { Buffer } from 'node:buffer';
import { hkdfSync, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyring } from '../modules/keyring.ts';
import { base64url } from './bytes.ts';
import { parseSecrets } from './master-secret.ts';

const one = 'iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk';
const two = 'KXK7BE2W3yhxugNMld4ncLkCS5TdJm-4AUqT3CVutwA';
const kidsOf = (given: string | readonly string[]): readonly string[] | string => {
  const parsed = parseSecrets(given);
  return parsed.ok ? parsed.secrets.map(({ kid }) => kid) : parsed.flaw;
};
const bytesOf = (given: string): readonly string[] => {
  const parsed = parseSecrets(given);
  return parsed.ok ? parsed.secrets.map(({ key }) => base64url(key.reveal())) : [];
};
const ringOf = (given: string) => {
  const parsed = parseSecrets(given);
  if (!parsed.ok) throw new Error(parsed.flaw);
  return keyring(parsed.secrets);
};

describe('AUTH_SECRETS', () => {
  it('CRY-04: the first entry is the active one, the others follow in their order', () => {
    expect(kidsOf(`2:${two},1:${one}`)).toEqual(['2', '1']);
    expect(kidsOf([`2:${two}`, `1:${one}`])).toEqual(['2', '1']);
    expect(kidsOf(` 2:${two} , 1:${one}\n,`)).toEqual(['2', '1']);
    expect(kidsOf(one)).toEqual(['1']);
    expect(kidsOf(`__proto__:${one},constructor:${two}`)).toEqual(['__proto__', 'constructor']);
  });

  it('reads base64 and base64url, padded or not, as the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 64 }), (bytes) => {
        fc.pre(new Set(bytes).size >= 16);
        const buffer = Buffer.from(bytes);
        const url = buffer.toString('base64url');
        for (const text of [url, buffer.toString('base64'), url.replaceAll('-', '+')]) {
          expect(bytesOf(`k:${text}`)).toEqual([url]);
        }
      }),
    );
  });

  it.each([
    ['secret_missing', ''],
    ['secret_missing', ' , ,'],
    ['secret_missing', '1:'.padEnd(50, '!')],
    ['secret_missing', `a b:${one}`],
    ['secret_missing', `:${one}`],
    ['secret_missing', `${'k'.repeat(17)}:${one}`],
    ['secret_missing', `1:${one}:x`],
    ['secret_missing', `2:${two},1:%%%`],
    ['secret_short', '1:'],
    ['secret_short', `1:${base64url(randomBytes(31))}`],
    ['secret_short', `2:${two},1:changeme`],
    ['secret_short', 'changeme'],
    ['secret_weak', `1:${'A'.repeat(43)}`],
    ['secret_weak', `1:${'_'.repeat(64)}`],
    ['secret_weak', `1:${Buffer.from('passwordpasswordpasswordpassword').toString('base64url')}`],
    ['secret_weak', `1:${Buffer.from('abcdefgh'.repeat(8)).toString('base64url')}`],
    ['secret_kid_duplicate', `1:${two},1:${one}`],
    ['secret_kid_duplicate', `${two},${one}`],
  ])('CRY-06: %s: %j', (flaw, given) => {
    expect(kidsOf(given)).toBe(flaw);
  });

  it('CRY-06: nothing at all is no secret', () => {
    expect(parseSecrets(undefined)).toEqual({ ok: false, flaw: 'secret_missing' });
    expect(parseSecrets([])).toEqual({ ok: false, flaw: 'secret_missing' });
  });

  it('CRY-06: 32 random bytes are never called weak', () => {
    for (let i = 0; i < 500; i += 1) expect(kidsOf(`1:${base64url(randomBytes(32))}`)).toEqual(['1']);
  });

  it('INJ-09: what is parsed does not show itself', () => {
    const parsed = parseSecrets(`1:${one}`);
    const shown = [inspect(parsed, { depth: null, showHidden: true }), JSON.stringify(parsed)];
    if (parsed.ok) shown.push(String(parsed.secrets[0].key), `${parsed.secrets[0].key}`);
    for (const text of shown) {
      expect(text).toMatch(/redacted/i);
      expect(text).not.toContain(one.slice(0, 12));
      expect(text).not.toContain('0x88');
    }
  });
});

/** HKDF-SHA-256(AUTH_SECRETS kid 1, empty salt, "sallyport/1/" + purpose), computed with OpenSSL. A changed one signs everybody out. */
const frozen = {
  flow: 'eFjsBDOblJ6Nvatlreo0jpUuqSr1J9KPsppjHd24bWE',
  device: '_MwxqAprQ6VWvp9i4U10bQVhcRgYzHE-lRGhWNPDjxc',
  csrf: 'GULCmwELplekOmXtzbXix7ntbd3tf-LIdVs2RNvVSGs',
  'rate-key': 'FG8HVsADMMGCD4Cq-heGdKPjQb5rllllgzG-vsiKwQs',
  session: 'N_IJXMMm-c4sGMMY0YK8UNj__ZjcSZmfWXc8hxLET_8',
  refresh: '7C-AXxsvfrsMNhBDupuUVKRqkfZHsXN9XwGFCKocMok',
  'box:totp': 'vzxJudcwgifDMI3KSRIlnxDugxHhG3pzQgyqYUJf-c0',
} as const;

describe('derived keys', () => {
  it.each(Object.entries(frozen))('CRY-05: frozen vector for %s', (purpose, wanted) => {
    expect(base64url(ringOf(`1:${one}`).derive('1', purpose) ?? new Uint8Array())).toBe(wanted);
  });

  it('CRY-05: are HKDF-SHA-256 of OpenSSL, 32 bytes, one a purpose and secret', () => {
    const ring = ringOf(`2:${two},1:${one}`);
    const masters: Record<string, string> = { 1: one, 2: two };
    const seen = new Set<string>();
    for (const kid of ring.kids) {
      for (const purpose of Object.keys(frozen)) {
        const key = ring.derive(kid, purpose);
        const wanted = hkdfSync(
          'sha256',
          Buffer.from(masters[kid] ?? '', 'base64url'),
          '',
          `sallyport/1/${purpose}`,
          32,
        );
        expect(base64url(key ?? new Uint8Array())).toBe(Buffer.from(wanted).toString('base64url'));
        seen.add(base64url(key ?? new Uint8Array()));
      }
    }
    expect(seen.size).toBe(2 * Object.keys(frozen).length);
  });

  it('CRY-04: the active one is the first; an unknown id derives nothing', () => {
    const ring = ringOf(`2:${two},1:${one}`);
    expect([ring.activeKid, ring.kids]).toEqual(['2', ['2', '1']]);
    for (const kid of ['3', '', '__proto__', 'constructor', '1 ', 'toString'])
      expect(ring.derive(kid, 'flow')).toBeNull();
  });

  it('CRY-05: kid and purpose are no concatenation', () => {
    const ring = ringOf(`a:${two},ab:${one}`);
    expect(base64url(ring.derive('a', 'bflow') ?? new Uint8Array())).not.toBe(
      base64url(ring.derive('ab', 'flow') ?? new Uint8Array()),
    );
  });
});
