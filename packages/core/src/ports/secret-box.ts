/** Authenticated encryption of what must be read back. `aad` names record kind and id, so a box cannot be moved to another row. */
export interface SecretBox {
  /** Resolves with `kid.nonce.ciphertext`. */
  seal(plain: Uint8Array<ArrayBuffer>, aad: string): Promise<string>;
  /** `null` = not ours, or altered; `stale` = opened with a key that is no longer active: seal it again. */
  open(box: string, aad: string): Promise<{ readonly plain: Uint8Array; readonly stale: boolean } | null>;
}
