/** Cryptographic; the only source of tokens, ids, salts and nonces. */
export interface Random {
  bytes(length: number): Uint8Array<ArrayBuffer>;
}
