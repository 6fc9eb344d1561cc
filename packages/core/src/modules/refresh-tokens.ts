import type { KeyRing } from '../ports/keyring.ts';
import type { Random } from '../ports/random.ts';
import { base64url, equalBytes, fromBase64url } from '../primitives/bytes.ts';
import { digest, mac } from '../primitives/digest.ts';

/** What a refresh token says, once its MAC has been found to be ours. */
export interface ReadRefreshToken {
  /** The id of the family's record: a digest of the handle, so that nothing at rest is a token. */
  readonly familyId: string;
  readonly handle: string;
  readonly generation: number;
}

export interface RefreshTokens {
  /** A new family's handle, 128 random bits, and the id that it leads to. */
  newHandle(): Pick<ReadRefreshToken, 'familyId' | 'handle'>;
  /** `kid.base64url(handle[16] generation[4] HMAC[16])`. */
  write(handle: string, generation: number): string;
  /** `null` for anything that we did not make. Asks no store. */
  read(token: string): ReadRefreshToken | null;
}

const form = /^([A-Za-z0-9_-]{1,16})\.([A-Za-z0-9_-]{48})$/;
const tagLength = 16;

/** Any old generation is recognised without being stored; a forged one fails before anything is read. */
export const refreshTokens = (keys: KeyRing, random: Random): RefreshTokens => {
  const tagOf = (kid: string, handle: string, generation: number): Uint8Array | null => {
    const key = keys.derive(kid, 'refresh');
    return key === null ? null : mac(key, 'rt1', kid, handle, String(generation)).subarray(0, tagLength);
  };
  return {
    newHandle: () => {
      const handle = base64url(random.bytes(16));
      return { handle, familyId: digest('refresh', handle) };
    },
    write: (handle, generation) => {
      const tag = tagOf(keys.activeKid, handle, generation);
      const bytes = fromBase64url(handle);
      if (tag === null || bytes === null) throw new Error('the active key is missing');
      return `${keys.activeKid}.${base64url(Uint8Array.of(...bytes, ...bigEndian(generation), ...tag))}`;
    },
    read: (token) => {
      const [, kid, body] = form.exec(token) ?? [];
      const bytes = body === undefined ? null : fromBase64url(body);
      if (kid === undefined || bytes === null) return null;
      const handle = base64url(bytes.subarray(0, 16));
      const generation = new DataView(bytes.buffer).getUint32(16);
      const wanted = tagOf(kid, handle, generation);
      if (wanted === null || !equalBytes(wanted, bytes.subarray(20))) return null;
      return { familyId: digest('refresh', handle), handle, generation };
    },
  };
};

const bigEndian = (generation: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, generation);
  return bytes;
};
