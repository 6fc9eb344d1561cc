import type { KeyRing } from '../ports/keyring.ts';
import type { Random } from '../ports/random.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { base64url, fromBase64url, utf8 } from '../primitives/bytes.ts';

interface Needs {
  readonly keys: KeyRing;
  readonly random: Random;
  /** What is sealed; each purpose has a key of its own. */
  readonly purpose: string;
}

const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM by WebCrypto. Nonces are 96 random bits: one key may seal 2^32 times before two meet with any likelihood
 * (NIST SP 800-38D §8.3). A factor is sealed when it is enrolled and once a rotation; whoever seals often takes several purposes.
 */
export const secretBox = ({ keys, random, purpose }: Needs): SecretBox => {
  const keyOf = async (kid: string) => {
    const raw = keys.derive(kid, `box:${purpose}`);
    return raw === null ? null : crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  };
  return {
    seal: async (plain, aad) => {
      const kid = keys.activeKid;
      const key = await keyOf(kid);
      if (key === null) throw new Error('the active key is missing');
      const iv = random.bytes(nonceBytes);
      const sealed = await crypto.subtle.encrypt(cipher(iv, kid, aad), key, plain);
      return `${kid}.${base64url(iv)}.${base64url(new Uint8Array(sealed))}`;
    },
    open: async (box, aad) => {
      const [kid, nonce, text, ...rest] = box.split('.');
      if (kid === undefined || nonce === undefined || text === undefined || rest.length > 0) return null;
      const key = await keyOf(kid);
      const iv = exactly(nonce);
      const sealed = exactly(text);
      if (key === null || iv?.length !== nonceBytes || sealed === null || sealed.length < tagBytes) return null;
      try {
        const plain = await crypto.subtle.decrypt(cipher(iv, kid, aad), key, sealed);
        return { plain: new Uint8Array(plain), stale: kid !== keys.activeKid };
      } catch {
        return null;
      }
    },
  };
};

const cipher = (iv: Uint8Array<ArrayBuffer>, kid: string, aad: string) => ({
  name: 'AES-GCM',
  iv,
  additionalData: utf8(`${kid.length}:${kid}${aad}`),
  tagLength: tagBytes * 8,
});

/** Base64url has spellings that decode alike; only the one that we wrote is ours. */
const exactly = (text: string): Uint8Array<ArrayBuffer> | null => {
  const bytes = fromBase64url(text);
  return bytes !== null && base64url(bytes) === text ? bytes : null;
};
