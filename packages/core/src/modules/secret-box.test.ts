import { describe, expect, it } from 'vitest';
import { base64url, utf8 } from '../primitives/bytes.ts';
import { parseSecrets } from '../primitives/master-secret.ts';
import { keyring } from './keyring.ts';
import { secretBox } from './secret-box.ts';

const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
const secret = (): string => base64url(random.bytes(32));
const one = `1:${secret()}`;
const two = `2:${secret()}`;

const boxOf = (secrets: string, purpose = 'mfa_factor') => {
  const parsed = parseSecrets(secrets);
  if (!parsed.ok) throw new Error(parsed.flaw);
  return secretBox({ keys: keyring(parsed.secrets), random, purpose });
};

const plain = utf8('twenty bytes exactly');
const aad = '10:mfa_factor5:usr_a5:fac_a';
const flipped = (text: string, at: number): string =>
  `${text.slice(0, at)}${text.charAt(at) === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;

describe('a secret box', () => {
  it('opens what it sealed, and says nothing of it', async () => {
    const box = boxOf(one);
    const sealed = await box.seal(plain, aad);
    expect(sealed).toMatch(/^1\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{48}$/);
    expect(await box.open(sealed, aad)).toEqual({ plain, stale: false });
    expect(sealed).not.toContain(base64url(plain));
  });

  it('CRY-02: does not open for another user, another record, another kind or another purpose', async () => {
    const box = boxOf(one);
    const sealed = await box.seal(plain, aad);
    const others = [
      '10:mfa_factor5:usr_b5:fac_a',
      '10:mfa_factor5:usr_a5:fac_b',
      '7:account5:usr_a5:fac_a',
      '',
      `${aad} `,
    ];
    for (const other of others) expect(await box.open(sealed, other)).toBeNull();
    expect(await boxOf(one, 'other').open(sealed, aad)).toBeNull();
  });

  it('CRY-07: does not open when anything of it is changed, cut, added or said under another key', async () => {
    const box = boxOf(`${one},${two}`);
    const sealed = await box.seal(plain, aad);
    const [kid = '', nonce = '', text = ''] = sealed.split('.');
    // The last character of 36 bytes carries six bits, that of 12 bytes as well: every flip changes a byte.
    for (let at = kid.length + 1; at < sealed.length; at += 1) {
      if (sealed.charAt(at) !== '.') expect([at, await box.open(flipped(sealed, at), aad)]).toEqual([at, null]);
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect([length, await box.open(sealed.slice(0, length), aad)]).toEqual([length, null]);
    const forged = [
      `2.${nonce}.${text}`,
      `3.${nonce}.${text}`,
      `.${nonce}.${text}`,
      `${sealed}.`,
      `${sealed}A`,
      `${sealed}=`,
      ` ${sealed}`,
      `1.${nonce}AAAA.${text}`,
      `1.${text}.${nonce}`,
      `1..${text}`,
      `1.${nonce}.`,
      '',
    ];
    for (const box_ of forged) expect([box_, await box.open(box_, aad)]).toEqual([box_, null]);
  });

  it('CRY-07: opens as it was spelt, and not by another spelling of the same bytes', async () => {
    const box = boxOf(one);
    const sealed = await box.seal(utf8('nineteen bytes long'), aad);
    // 35 bytes leave two bits of the last character unused.
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = digits.indexOf(sealed.slice(-1));
    const spelt = [0, 1, 2, 3].map((bits) => `${sealed.slice(0, -1)}${digits.charAt((last & ~3) | bits)}`);
    const opened = await Promise.all([...spelt, `${sealed}=`].map((text) => box.open(text, aad)));
    expect(opened.map((one_) => one_ !== null)).toEqual([...spelt.map((text) => text === sealed), false]);
  });

  it('uses no nonce twice, and so seals the same differently each time', async () => {
    const box = boxOf(one);
    const sealed = await Promise.all(Array.from({ length: 2_000 }, () => box.seal(plain, aad)));
    expect(new Set(sealed.map((text) => text.split('.')[1])).size).toBe(2_000);
  });

  it('CRY-04: opens what an older key sealed, and says that it is to be sealed again; not what a removed one did', async () => {
    const old = await boxOf(one).seal(plain, aad);
    expect(await boxOf(`${two},${one}`).open(old, aad)).toEqual({ plain, stale: true });
    const renewed = await boxOf(`${two},${one}`).seal(plain, aad);
    expect(renewed).toMatch(/^2\./);
    expect(await boxOf(two).open(renewed, aad)).toEqual({ plain, stale: false });
    expect(await boxOf(two).open(old, aad)).toBeNull();
  });
});
