import type { KeyRing } from '../ports/keyring.ts';
import { base64url, equalBytes, fromBase64url } from '../primitives/bytes.ts';
import { mac } from '../primitives/digest.ts';
import { isId } from '../primitives/secret.ts';

/** What a value was signed for; each has a key of its own. */
export type SignedPurpose = 'flow' | 'device' | 'csrf';

export interface SignedValues {
  /** `kid.id.mac`: an id that we made, bound to what it is good for. */
  sign(purpose: SignedPurpose, id: string, ...boundTo: readonly string[]): string;
  /** The id, or `null` for a value that we did not make, or made for something else. */
  read(purpose: SignedPurpose, value: string, ...boundTo: readonly string[]): string | null;
}

/** Values that a browser keeps for us and that must not be chosen by it: no store call needed to tell. */
export const signedValues = (keys: KeyRing): SignedValues => {
  const tag = (kid: string, purpose: SignedPurpose, parts: readonly string[]): Uint8Array | null => {
    const key = keys.derive(kid, purpose);
    return key === null ? null : mac(key, ...parts);
  };
  return {
    sign: (purpose, id, ...boundTo) => {
      const made = tag(keys.activeKid, purpose, [id, ...boundTo]);
      if (made === null) throw new Error('the active key is missing');
      return `${keys.activeKid}.${id}.${base64url(made)}`;
    },
    read: (purpose, value, ...boundTo) => {
      const [kid, id, given, ...rest] = value.length > 200 ? [] : value.split('.');
      if (kid === undefined || id === undefined || given === undefined || rest.length > 0 || !isId(id)) return null;
      const wanted = tag(kid, purpose, [id, ...boundTo]);
      const bytes = fromBase64url(given);
      return wanted !== null && bytes !== null && equalBytes(wanted, bytes) ? id : null;
    },
  };
};
