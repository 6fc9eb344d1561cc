import type { KeyRing } from '../../ports/keyring.ts';
import { base64url } from '../../primitives/bytes.ts';
import { mac } from '../../primitives/digest.ts';
import type { Attempt } from './client.ts';

export interface Attempts {
  readonly activeKid: string;
  /** `null` = made with a key that is gone. */
  of(state: string, kid: string): Attempt | null;
}

/** Verifier and nonce follow from the state and a key of ours: the record of an attempt holds neither, and a state that leaked gives neither away. */
export const attempts = (keys: KeyRing): Attempts => ({
  activeKid: keys.activeKid,
  of: (state, kid) => {
    const key = keys.derive(kid, 'oauth');
    if (key === null) return null;
    const drawn = (name: string): string => base64url(mac(key, name, state));
    return { state, verifier: drawn('verifier'), nonce: drawn('nonce') };
  },
});
